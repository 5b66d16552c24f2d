"""Making the words of a text takes a bounded time, however hard the text is."""

from __future__ import annotations

import pytest

from taskforge.text.search_words import MAX_TEXT, MAX_VECTOR_BYTES, Weight, vector_of
from tests.processor_time import processor_seconds

HARD = {
    "hyphens": "a-",
    "apostrophes": "a'",
    "letters that are sentences": "\ufdfa",
    "no spaces": "\u0e01",
    "symbols": "\u2600",
    "marks": "e\u0301",
}


@pytest.mark.parametrize("unit", HARD.values(), ids=HARD.keys())
def test_the_longest_text_of_hard_words_takes_a_few_seconds_at_most(unit: str) -> None:
    text = (unit * MAX_TEXT)[:MAX_TEXT]
    assert processor_seconds(lambda: vector_of([(Weight.TEXT, text)])) < 10


def test_a_vector_is_never_too_long_for_postgresql() -> None:
    words = " ".join(f"word{number:06}" for number in range(MAX_VECTOR_BYTES // 10 + 500))
    halves = [(Weight.TEXT, words[:MAX_TEXT]), (Weight.TEXT, words[MAX_TEXT:])]
    assert len(vector_of([*halves, (Weight.TEXT, words[2 * MAX_TEXT :])]).encode()) < 2**20
