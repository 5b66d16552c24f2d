"""The strict JSON reader agrees with the standard one on good input and refuses the rest."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforge.errors import InvalidInput, Malformed, TaskForgeError
from taskforge.http.strict_json import MAX_DEPTH, loads, loads_object
from tests.corpus import select
from tests.processor_time import processor_seconds

good_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\t\n\r"\\[]{}'), max_size=20
)
good_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | good_text,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(good_text.filter(lambda key: key != "__proto__"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(good_values, st.booleans())
def test_good_json_is_read_as_the_standard_reader_reads_it(value: object, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert loads(raw) == value


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_named_error(raw: bytes) -> None:
    try:
        value = loads(raw)
    except (Malformed, InvalidInput) as error:
        error.message.encode("utf-8")
        return
    assert json.loads(raw) == value


@given(st.text(st.sampled_from('[]{}":,\\au01 \n\t"'), max_size=80))
def test_json_shaped_noise_gives_a_value_or_a_named_error(noise: str) -> None:
    try:
        value = loads(noise.encode())
    except TaskForgeError:
        return
    assert json.loads(noise) == value


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_counted_exactly(opening: str, closing: str) -> None:
    def nested(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    loads(nested(MAX_DEPTH))
    with pytest.raises(Malformed, match="nested"):
        loads(nested(MAX_DEPTH + 1))


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    text = "[{" * 500 + '\\"' + "\\"
    assert loads(json.dumps({"a": text}).encode()) == {"a": text}


def test_many_shallow_values_are_not_deep() -> None:
    assert len(loads(b"[" + b",".join([b"[]"] * 5000) + b"]")) == 5000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 200_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 40_000,
        b"[{" * 20 + b'"' + b'\\"' * 120_000,
        b"[" * 40 + b'"' * 200_000,
        b"[" + b'"",' * 60_000,
        b"9" * 250_000,
        b"[" + b"1," * 120_000 + b"1]",
        b'"' + b"\\u0041" * 40_000 + b'"',
        b"-" * 250_000,
        b" " * 250_000,
    ],
    ids=lambda raw: raw[:12].decode(),
)
def test_hostile_bodies_are_answered_quickly(raw: bytes) -> None:
    def read() -> None:
        with contextlib.suppress(Malformed):
            loads(raw)

    assert processor_seconds(read) < 0.5


def test_a_normal_body_costs_little() -> None:
    raw = json.dumps(
        {"title": "x" * 80, "description": 'line\n"q" é ' * 50, "tags": ["a"]}
    ).encode()
    assert processor_seconds(lambda: [loads(raw) for _ in range(1_000)]) < 0.5


def test_control_characters_win_over_half_characters() -> None:
    with pytest.raises(Malformed):
        loads(b'{"a": "\\ud800", "b": "\\u0000"}')


def test_a_half_character_names_its_field() -> None:
    with pytest.raises(InvalidInput) as caught:
        loads(b'{"title": ["x", "\\ud800"]}')
    assert list(caught.value.fields) == ["title"]


def test_an_escaped_pair_is_one_character() -> None:
    assert loads(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}
    assert loads(b'{"a": "\\\\u0000 \\\\ud800"}') == {"a": "\\u0000 \\ud800"}


@pytest.mark.parametrize("raw", [b"[]", b"1", b"null", b'"a"', b"true"])
def test_the_api_takes_objects_only(raw: bytes) -> None:
    loads(raw)
    with pytest.raises(Malformed, match="JSON object"):
        loads_object(raw)


@pytest.mark.parametrize(
    "case",
    [
        c
        for c in select(where={"body"})
        if c.content_type == "application/json"
        and c.group in {"json", "utf8", "surrogate", "control"}
    ],
    ids=lambda case: case.name,
)
def test_json_bodies_of_the_corpus_are_refused(case) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises((Malformed, InvalidInput)) as caught:
        loads_object(case.payload)
    assert caught.value.status in case.statuses
