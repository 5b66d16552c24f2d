"""Words for days and times, which quick-add and date fields read; whole lines are in the table of quick-add."""

from __future__ import annotations

from datetime import date, time

import pytest

from taskforge.text.spoken_days import Spoken, can_end_phrase, read_spoken

TUESDAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("words", "day", "of_day"),
    [
        ("today", date(2026, 5, 12), None),
        ("Tomorrow", date(2026, 5, 13), None),
        ("tue", date(2026, 5, 19), None),
        ("next tue", date(2026, 5, 19), None),
        ("this wed", date(2026, 5, 13), None),
        ("next wed", date(2026, 5, 20), None),
        ("in a day", date(2026, 5, 13), None),
        ("in 2 weeks", date(2026, 5, 26), None),
        ("12 may", date(2026, 5, 12), None),
        ("may 11", date(2027, 5, 11), None),
        ("29 feb", None, None),
        ("29 feb 2028", date(2028, 2, 29), None),
        ("3rd of june, 2027", date(2027, 6, 3), None),
        ("fri 0:00", date(2026, 5, 15), time(0)),
        ("fri 12 am", date(2026, 5, 15), time(0)),
        ("fri 12 pm", date(2026, 5, 15), time(12)),
        ("fri at 9:30am", date(2026, 5, 15), time(9, 30)),
        ("23:59 on 24 dec", date(2026, 12, 24), time(23, 59)),
        ("noon tomorrow", date(2026, 5, 13), time(12)),
        ("fri 24:00", None, None),
        ("fri 13 pm", None, None),
        ("15:00", None, None),
        ("may", None, None),
        ("Tom", None, None),
        ("second", None, None),
    ],
)
def test_words_name_a_day_and_a_time_of_it(
    words: str, day: date | None, of_day: time | None
) -> None:
    found = read_spoken(words.split(), TUESDAY)
    assert (found.day, found.time) == (day, of_day) if found else day is None


def test_a_day_says_whether_it_is_counted_from_today_or_written_as_a_date() -> None:
    assert read_spoken(["tomorrow"], TUESDAY) == Spoken(date(2026, 5, 13), is_relative=True)
    assert read_spoken(["2026-05-13"], TUESDAY) == Spoken(date(2026, 5, 13), is_date=True)
    assert read_spoken(["wed"], TUESDAY) == Spoken(date(2026, 5, 13))


@pytest.mark.parametrize(
    "word", ["friday", "Fri.", "tomorrow", "15:00", "3pm", "24th", "2027", "days"]
)
def test_the_last_word_of_a_phrase_can_be_escaped(word: str) -> None:
    assert can_end_phrase(word)


@pytest.mark.parametrize("word", ["share", "temp", "friday's", "12:345", ""])
def test_a_backslash_before_another_word_is_text(word: str) -> None:
    assert not can_end_phrase(word)
