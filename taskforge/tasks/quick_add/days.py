"""Days as people say them at the end of a line: "fri", "tomorrow", "in 3 days", "12 may", "2026-05-12".

The browser reads them too (`static/js/quick-add/days.js`); one table of cases tests both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from taskforge.text.values import FIRST_YEAR, LAST_YEAR

MAX_PHRASE_WORDS = 3  # words
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY = re.compile(r"[1-9]|[12][0-9]|3[01]")
_YEAR = re.compile(r"[0-9]{4}")
_COUNT = re.compile(r"[1-9][0-9]{0,2}")
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}


def read_day(words: Sequence[str], today: date) -> date | None:
    """The day that exactly these words name, relative to `today`; None when they name none.

    A weekday is the next such day after today; a day and month without a year the next one from today on. "tom" counts
    in small letters only, since Tom is a name.
    """
    if list(words) == ["tom"]:
        return today + timedelta(days=1)
    match tuple(word.lower() for word in words):
        case ("today",):
            return today
        case ("tomorrow",):
            return today + timedelta(days=1)
        case ("next", "week"):
            return today + timedelta(days=7 - today.weekday())
        case ("in", count, unit) if _COUNT.fullmatch(count) and unit in _UNITS:
            return today + timedelta(days=int(count) * _UNITS[unit])
        case (word,):
            return _read_weekday(word, today) or _read_iso(word)
        case (day, month, *year):
            return _read_day_of_month(day, month, year, today)
    return None


def _read_weekday(word: str, today: date) -> date | None:
    number = _place_of(word, WEEKDAYS)
    if number is None:
        return None
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _read_iso(word: str) -> date | None:
    found = _ISO.fullmatch(word)
    return _make_day(*map(int, found.groups())) if found else None


def _read_day_of_month(day: str, month: str, year: Sequence[str], today: date) -> date | None:
    number = _place_of(month, MONTHS)
    if number is None or not _DAY.fullmatch(day):
        return None
    if year:
        return _make_day(int(year[0]), number + 1, int(day)) if _YEAR.fullmatch(year[0]) else None
    found = _make_day(today.year, number + 1, int(day))
    if found is not None and found >= today:
        return found
    return _make_day(today.year + 1, number + 1, int(day))


def _make_day(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _place_of(word: str, names: Sequence[str]) -> int | None:
    """Which of the names a word is, in full or as its first three letters."""
    return next((at for at, name in enumerate(names) if word in (name, name[:3])), None)
