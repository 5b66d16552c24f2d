"""Cleaning text, e-mail addresses, tags and custom fields."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforge.errors import InvalidInput
from taskforge.text.validation import (
    clean_custom_fields,
    clean_email,
    clean_line,
    clean_tags,
    clean_text,
    fold,
)
from tests.processor_time import processor_seconds

any_text = st.text(st.characters(), max_size=60)  # surrogates and controls included


def line(value: object, max_length: int = 200, required: bool = True) -> str:
    return clean_line(value, field="firstName", max_length=max_length, required=required)


def test_a_line_is_trimmed_and_composed() -> None:
    assert line("  Cafe\u0301 \u00a0") == "Café"
    assert line("\ufeffTitle\ufeff") == "Title"


@pytest.mark.parametrize(
    "bad", ["a\nb", "a\rb", "a\tb", "a\u2028b", "a\x00b", "a\x1bb", "a\x85b", "a\ud800", "a\uffff"]
)
def test_a_line_refuses_breaks_controls_and_half_characters(bad: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        line(bad)
    assert list(caught.value.fields) == ["firstName"]
    assert caught.value.fields["firstName"].startswith("First name ")


@pytest.mark.parametrize("empty", [None, "", "   ", "\u200b\u200d", "\u3164", "\u2800 ", "\ufeff"])
def test_text_that_shows_nothing_is_empty(empty: str | None) -> None:
    assert line(empty, required=False) == ""
    with pytest.raises(InvalidInput, match="First name is required"):
        line(empty)


@pytest.mark.parametrize("wrong", [1, 1.5, True, [], ["a"], {}, b"bytes"])
def test_only_text_is_text(wrong: object) -> None:
    with pytest.raises(InvalidInput, match="must be text"):
        line(wrong)


def test_length_counts_code_points_and_bytes_separately() -> None:
    assert line("😀" * 200) == "😀" * 200
    with pytest.raises(InvalidInput, match="at most 200 characters; it has 201"):
        line("😀" * 201)
    with pytest.raises(InvalidInput, match="at most 10 bytes"):
        clean_line("é" * 6, field="title", max_length=200, max_bytes=10)


def test_decomposed_text_is_measured_after_composing() -> None:
    assert line("e\u0301" * 200) == "é" * 200


def test_marks_within_the_limit_are_kept_and_endless_marks_are_refused_quickly() -> None:
    tall = "Z" + "\u0335" * 150
    assert line(tall) == tall

    def clean_endless_marks() -> None:
        with pytest.raises(InvalidInput, match="too many accents"):
            clean_text("e" + "\u0301\u0323" * 100_000, field="description", max_length=200_000)

    assert processor_seconds(clean_endless_marks) < 1


def test_text_keeps_its_lines_with_one_kind_of_line_end() -> None:
    cleaned = clean_text("\r\n \r\n    code\r\n\tb\rc  \n\n", field="description", max_length=100)
    assert cleaned == "    code\n\tb\nc"


def test_bidirectional_marks_are_kept() -> None:
    assert line("a\u202eb\u2066c") == "a\u202eb\u2066c"


@given(any_text)
def test_cleaning_text_twice_changes_nothing_and_the_result_can_be_stored(text: str) -> None:
    for clean in (clean_line, clean_text):
        try:
            once = clean(text, field="x", max_length=100, required=False)
        except InvalidInput:
            continue
        assert clean(once, field="x", max_length=100, required=False) == once
        assert unicodedata.is_normalized("NFC", once)
        assert "\x00" not in once
        assert once.encode("utf-8").decode("utf-8") == once


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ada@Example.COM ", "ada@example.com"),
        ("ADA.LOVELACE+x@example.com", "ada.lovelace+x@example.com"),
        ("ａｄａ@example.com", "ada@example.com"),
        ("info@xn--mnchen-3ya.de", "info@münchen.de"),
        ("info@MÜNCHEN.de", "info@münchen.de"),
        ("ada@site.test", "ada@site.test"),
    ],
)
def test_an_address_has_one_spelling(typed: str, stored: str) -> None:
    assert clean_email(typed) == stored
    assert clean_email(stored) == stored


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "",
        "a",
        "a@",
        "@b.de",
        "a@b",
        "a b@c.de",
        "a@b\n.de",
        "a@b.de\nBcc: x@y.de",
        "a@b@c.de",
        "<a@b.de>",
        "Ada <a@b.de>",
        "a@[127.0.0.1]",
        "x" * 65 + "@b.de",
        "a@" + "b." * 130 + "de",
        "a@localhost",
        "a\x00@b.de",
        "a\ud800@b.de",
        1,
        ["a@b.de"],
        {"$gt": ""},
        "é" * 300,
    ],
)
def test_what_is_not_an_address_is_refused(bad: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean_email(bad)
    assert "email" in caught.value.fields


@given(st.emails())
def test_cleaning_an_address_twice_changes_nothing(address: str) -> None:
    try:
        once = clean_email(address)
    except InvalidInput:
        return
    assert clean_email(once) == once
    assert clean_email(once.upper()) == clean_email(once.upper().lower())


@given(any_text)
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_tags_keep_their_order_and_lose_their_doubles() -> None:
    assert clean_tags([" b ", "A", "a", "B", "ß", "SS"]) == ["b", "A", "ß"]
    assert clean_tags(None) == []


@pytest.mark.parametrize(
    "bad",
    [
        "a,b",
        {"a": 1},
        1,
        [1],
        [None],
        [""],
        ["a,b"],
        ["a\nb"],
        ["x" * 41],
        [["a"]],
        ["\ud800"],
        [f"t{n}" for n in range(21)],
        ["a"] * 201,
    ],
)
def test_bad_tags_are_refused(bad: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean_tags(bad)
    assert "tags" in caught.value.fields


def test_custom_fields_become_a_sorted_list_of_pairs() -> None:
    fields = clean_custom_fields(
        {"b": 1, "a": " x ", "c": None, "d": True, "e": 2.5, "f": -(2**53)}
    )
    assert fields == [
        {"k": "a", "v": " x"},
        {"k": "b", "v": 1},
        {"k": "c", "v": None},
        {"k": "d", "v": True},
        {"k": "e", "v": 2.5},
        {"k": "f", "v": -(2**53)},
    ]
    assert clean_custom_fields(None) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "A",
        "1a",
        "$gt",
        "a.b",
        "a b",
        "é",
        "__proto__",
        "constructor",
        "prototype",
        "_id",
        "-a",
        "a\x00",
        "a\n",
        "a" * 33,
        "ａ",
    ],
)
def test_custom_field_names_that_a_store_could_misread_are_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="name that is not allowed"):
        clean_custom_fields({key: 1})


@pytest.mark.parametrize(
    "value",
    [[], {}, {"$gt": 1}, 2**53 + 1, float("nan"), float("inf"), "x" * 2001, "\x00", "\ud800", b"x"],
)
def test_custom_field_values_that_not_every_store_can_hold_are_refused(value: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean_custom_fields({"a": value})
    assert list(caught.value.fields) == ["customFields"]


def test_there_are_at_most_thirty_custom_fields() -> None:
    assert len(clean_custom_fields({f"f{n}": n for n in range(30)})) == 30
    with pytest.raises(InvalidInput, match="at most 30"):
        clean_custom_fields({f"f{n}": n for n in range(31)})
