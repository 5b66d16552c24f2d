"""The kind of field that holds a moment: a day or an instant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any, ClassVar

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.tasks.field_kinds import Kind
from taskforge.text import moments
from taskforge.text.moments import OpenDay
from taskforge.text.spoken_days import read_spoken
from taskforge.text.values import parse_date

EXAMPLES = (
    "must be a day such as fri, 24 dec or 2026-12-24, a day and a time such as tomorrow 15:00, "
    "or a day without one such as fri all day"
)
MAX_TEXT = 60
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})")
_ALL_DAY = re.compile(r"(.*\S)\s+(?:all day|no time)", re.IGNORECASE)
_LEADING = ("on", "by", "due", "until", "till", "before", "for")


class Moment(Kind):
    """A day or an instant, or none: a ``date`` or a ``datetime``.

    The row holds the instant with which it begins, and beside it whether it has a time (`taskforge.text.moments`).
    """

    # The schema version of the mirror that first had the flag.
    FLAG_SINCE: ClassVar[int] = 3

    def clean(self, value: object, *, field: str) -> moments.Moment | None:
        """The moment of a form's text, in the reader's zone; a day without a word about the time is an `OpenDay`."""
        if value in (None, ""):
            return None
        text = " ".join(str(value).split())[: MAX_TEXT + 1]
        all_day = _ALL_DAY.fullmatch(text)
        found = _read(all_day[1] if all_day else text, field)
        if all_day is not None:
            return moments.reader_day(found)
        return found if moments.has_time(found) else OpenDay(found.year, found.month, found.day)

    def form_text(self, value: Any) -> str:
        """The day, and the time if it has one, in the reader's zone."""
        return "" if value is None else moments.form_text(value)

    def from_log(self, value: Any) -> moments.Moment | None:
        """The moment of an ISO text."""
        return None if value is None else moments.read_logged(value)

    def plain(self, value: Any) -> str | None:
        """The moment in ISO 8601."""
        return None if value is None else moments.iso_text(value)

    def cursor_text(self, value: Any) -> str:
        """The instant with which it begins, by which lists are sorted."""
        return "" if value is None else moments.iso_text(moments.first_instant(value))

    def read_cursor(self, text: str) -> Any:
        """That instant."""
        return None if not text else moments.parse_moment(text, field="cursor")

    def text(self, value: Any) -> str:
        """The moment as people write it, in the reader's zone."""
        return moments.show_moment(moments.read_logged(value))

    def replacing(self, chosen: Any, current: Any) -> Any:
        """A day that says nothing of the time keeps the time that the task has."""
        return moments.keep_time(chosen, current)

    def flags(self, name: str) -> Mapping[str, int]:
        """The flag whether it has a time; NULL where there is no moment, or an older version wrote it."""
        return {flag_of(name): self.FLAG_SINCE}

    def to_columns(self, name: str, value: Any) -> dict[str, Any]:
        """The instant and the flag."""
        at, flag = None, None
        if value is not None:
            at, flag = moments.first_instant(value), moments.has_time(value)
        return {name: at, flag_of(name): flag}

    def mirrored(self, name: str, value: Any) -> dict[str, Any]:
        """The same as in the row."""
        return self.to_columns(name, value)

    def from_columns(self, name: str, row: Mapping[str, Any]) -> moments.Moment | None:
        """The moment of both columns."""
        return None if row[name] is None else moments.from_stored(row[name], row[flag_of(name)])


def flag_of(name: str) -> str:
    """``due_has_time`` of ``due_at``."""
    return f"{name.removesuffix('_at')}_has_time"


def _read(text: str, field: str) -> moments.Moment:
    if _ISO_DAY.fullmatch(text):
        return parse_date(text, field=field)
    if local := _LOCAL.fullmatch(text):
        hour, minute = int(local[2]), int(local[3])
        if hour > 23 or minute > 59:
            raise InvalidInput.about(field, "is not a time of the day")
        return moments.at_time(parse_date(local[1], field=field), time(hour, minute))
    if text[:1].isdigit() and "T" in text:
        return moments.parse_moment(text, field=field)
    words = text.split()
    if len(words) > 1 and words[0].lower() in _LEADING:
        words = words[1:]
    spoken = read_spoken(words, clock.reader_time().today) if len(text) <= MAX_TEXT else None
    if spoken is None:
        raise InvalidInput.about(field, EXAMPLES)
    parse_date(spoken.day.isoformat(), field=field)  # within the years that are kept
    return moments.at_time(spoken.day, spoken.time) if spoken.time else spoken.day
