"""Custom fields as lines of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforge.errors import InvalidInput
from taskforge.tasks.custom_fields import read_custom_fields, write_custom_fields
from taskforge.text.validation import CustomField, clean_custom_fields

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.just("\n"))
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from(["true", "a\u2028b", "3", "-0", "1e3", '"', '"x"', "none", " x ", "a: b"])
)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True), VALUES, max_size=5))
def test_what_is_written_reads_as_the_same(values: dict[str, object]) -> None:
    try:
        fields = clean_custom_fields(values)
    except InvalidInput:
        return
    again = read_custom_fields(write_custom_fields(fields), field="custom_fields")
    assert again == fields
    assert [type(one["v"]) for one in again] == [type(one["v"]) for one in fields]


def test_plain_words_mean_what_they_say() -> None:
    text = "effort: 3\nratio: 0.5\nurgent: true\ncustomer: ACME: the second\n\nnote: none"
    assert read_custom_fields(text, field="f") == [
        CustomField(k="customer", v="ACME: the second"),
        CustomField(k="effort", v=3),
        CustomField(k="note", v=None),
        CustomField(k="ratio", v=0.5),
        CustomField(k="urgent", v=True),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "effort",
        "Effort: 3",
        "a: 1\na: 2",
        'a: "x',
        "__proto__: 1",
        "a: 9007199254740993",
        "a: 1e999",
    ],
)
def test_what_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_custom_fields(text, field="custom_fields")


@pytest.mark.parametrize("separator", ["\n", "\u2028", "\u2029"])
def test_a_text_of_several_lines_stands_on_one(separator: str) -> None:
    fields = [CustomField(k="note", v=f"above{separator}below")]
    written = write_custom_fields(fields)
    assert len(written.splitlines()) == 1
    assert read_custom_fields(written, field="custom_fields") == fields
