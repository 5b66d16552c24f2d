"""What is pasted from other programs is readable, by its table of cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforge.tasks.quick_add.lines import split_lines
from taskforge.text.pasted import clean_pasted, one_line, split_rows
from tests.corpus.pasted import CASES, Case
from tests.processor_time import processor_seconds


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.origin)
def test_a_pasted_text_is_readable(case: Case) -> None:
    assert clean_pasted(case.text) == case.clean
    assert clean_pasted(case.clean) == case.clean


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.origin)
def test_quick_add_makes_a_card_of_each_line_and_row(case: Case) -> None:
    assert split_lines(case.text) == case.lines


@given(st.text(st.sampled_from("ab \t\n\r\x00\x08\x0b\x0c\x1b[]0m;\x07\\\x85\x9b\x9d\u2028")))
def test_nothing_unseen_is_left_of_any_text(text: str) -> None:
    cleaned = clean_pasted(text)
    assert all(character.isprintable() or character in "\t\n" for character in cleaned)
    assert one_line(cleaned).isprintable()


@pytest.mark.parametrize(
    "unit", ["\x1b", "\x1b]", "\x1b[", "a\x08", "\t", '"', '"\n', '""\t', "\x9d"]
)
def test_hostile_pastes_are_quickly_read(unit: str) -> None:
    assert processor_seconds(lambda: split_rows(unit * 100_000)) < 1.0
