"""Days and times as people write them: "fri", "tomorrow 15:00", "in 3 days", "24 dec", "next friday at 3pm".

The one parser of such words for quick-add and for the fields of forms. The browser reads them too
(`static/js/quick-add/spoken-days.js`); one table of cases tests both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from taskforge import clock
from taskforge.text.values import FIRST_YEAR, LAST_YEAR

MAX_PHRASE_WORDS = 8  # "at 3 pm on 24 of december 2026"
MAX_TIME_WORDS = 3
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip

_MONTH = "|".join((*MONTHS, *(name[:3] for name in MONTHS), "sept"))
_WEEKDAY = "|".join((*WEEKDAYS, *(name[:3] for name in WEEKDAYS)))
_DAY_NUMBER = r"[1-9]|[12][0-9]|3[01]"
_YEAR = r"(?:,? ([0-9]{4}))?"
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SPAN = re.compile(r"in ([1-9][0-9]{0,2}|an?) (day|week)s?")
_WEEKDAY_PHRASE = re.compile(rf"(?:(this|next) )?({_WEEKDAY})")
_DAY_FIRST = re.compile(rf"({_DAY_NUMBER})(?:st|nd|rd|th|\.)? (?:of )?({_MONTH}){_YEAR}")
_MONTH_FIRST = re.compile(rf"({_MONTH}) ({_DAY_NUMBER})(?:st|nd|rd|th)?{_YEAR}")
_TIME = re.compile(
    r"(?:at )?(?:([01]?[0-9]|2[0-3]):([0-5][0-9])|(1[0-2]|[1-9])(?::([0-5][0-9]))? ?(am|pm)|(noon))"
)
# A word that can be the last one of a phrase, so that a backslash before it makes text of the phrase.
_LAST_WORD = re.compile(
    rf"(?:today|tomorrow|tom|week|weeks|days?|am|pm|noon|{_WEEKDAY}|{_MONTH}"
    r"|[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}(?:st|nd|rd|th)?|[0-9]{1,2}(?::[0-9]{2})?(?:am|pm)?)"
    r"[.,;!]*",
    re.IGNORECASE | re.ASCII,
)
_RELATIVE = re.compile(r"today|tomorrow|tom|next week|in .*")


@dataclass(frozen=True)
class Spoken:
    """What some words name: a day, and a time of it if they say one.

    ``is_date`` marks a day in ISO 8601, ``is_relative`` one that is counted from today.
    """

    day: date
    time: time | None = None
    is_date: bool = False
    is_relative: bool = False


def read_spoken(words: Sequence[str], today: date) -> Spoken | None:
    """The day, with its time, that exactly these words name, relative to `today`; None when they name none.

    A weekday is the next such day after today, "next friday" that of the week after this one, as the reader counts
    weeks; a day and month without a year the next one from today on. "tom" counts in small letters only, since Tom is
    a name.
    """
    for count in range(min(MAX_TIME_WORDS, len(words) - 1) + 1):
        cut = len(words) - count
        found = _join(words[:cut], words[cut:], today) if count else _join(words, (), today)
        found = found or (
            _join(_without_on(words[count:]), words[:count], today) if count else None
        )
        if found is not None:
            return found
    return None


def can_end_phrase(word: str) -> bool:
    """Whether a word can be the last one of a phrase that names a day."""
    return _LAST_WORD.fullmatch(word) is not None


def begins_with_month(words: Sequence[str]) -> bool:
    """Whether a phrase begins with the name of a month."""
    return re.fullmatch(_MONTH, words[0].lower()) is not None


def _without_on(words: Sequence[str]) -> Sequence[str]:
    return words[1:] if len(words) > 1 and words[0].lower() == "on" else words


def _join(day_words: Sequence[str], time_words: Sequence[str], today: date) -> Spoken | None:
    of_day = _read_time(time_words) if time_words else None
    if time_words and of_day is None:
        return None
    day = _read_day(day_words, today)
    if day is None:
        return None
    phrase = " ".join(day_words).lower()
    return Spoken(
        day,
        of_day,
        is_date=_ISO.fullmatch(phrase) is not None,
        is_relative=_RELATIVE.fullmatch(phrase) is not None,
    )


def _read_time(words: Sequence[str]) -> time | None:
    found = _TIME.fullmatch(" ".join(words).lower())
    if found is None:
        return None
    hour, minute, short_hour, short_minute, half, noon = found.groups()
    if noon:
        return time(12)
    if half is None:
        return time(int(hour), int(minute))
    return time(int(short_hour) % 12 + (12 if half == "pm" else 0), int(short_minute or 0))


def _read_day(words: Sequence[str], today: date) -> date | None:
    phrase = " ".join(words).lower()
    if phrase == "today":
        return today
    if phrase == "tomorrow" or list(words) == ["tom"]:
        return today + timedelta(days=1)
    if phrase == "next week":
        return clock.next_week(today)
    if found := _SPAN.fullmatch(phrase):
        count = int(found[1]) if found[1].isdigit() else 1
        return today + timedelta(days=count * (7 if found[2] == "week" else 1))
    if found := _WEEKDAY_PHRASE.fullmatch(phrase):
        number = _place_of(found[2], WEEKDAYS)
        if found[1] == "next":
            return clock.next_week(today) + timedelta(days=(number - clock.reader_week_start()) % 7)
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    if found := _ISO.fullmatch(phrase):
        return _make_day(*map(int, found.groups()))
    if found := _DAY_FIRST.fullmatch(phrase):
        return _read_day_of_month(found[1], found[2], found[3], today)
    if found := _MONTH_FIRST.fullmatch(phrase):
        return _read_day_of_month(found[2], found[1], found[3], today)
    return None


def _read_day_of_month(day: str, month: str, year: str | None, today: date) -> date | None:
    number = _place_of(month, MONTHS) + 1
    if year:
        return _make_day(int(year), number, int(day))
    found = _make_day(today.year, number, int(day))
    if found is not None and found >= today:
        return found
    return _make_day(today.year + 1, number, int(day))


def _make_day(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _place_of(word: str, names: Sequence[str]) -> int:
    """Which of the names a word is, in full or as its first letters; it is one of them."""
    return next(at for at, name in enumerate(names) if name.startswith(word[:3]))
