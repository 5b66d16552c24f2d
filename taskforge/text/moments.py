"""Moments: values that are a day, which has no zone, or an instant; in Python a ``date`` or an aware ``datetime``.

A moment is stored as the instant with which it begins (of a day: its first one in UTC), and a flag whether it has a
time. What an older version of TaskForge wrote has no flag: there the first instant of a day in UTC means the day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.text.values import parse_date, parse_datetime

Moment = date  # a `datetime` is a `date` too: `has_time` tells them apart
_DAY, _SHORT_DAY = "%-d %b %Y", "%-d %b"
ISO_DAY_LENGTH = len("2026-12-24")


class OpenDay(date):
    """A day that was chosen without a word about the time: an instant that it replaces keeps its time (`keep_time`)."""


def has_time(moment: Moment) -> bool:
    """Whether a moment is an instant."""
    return isinstance(moment, datetime)


def parse_moment(value: object, *, field: str) -> Moment:
    """A moment in strict ISO 8601: ``2026-12-24``, or a time with its offset, which is cut to milliseconds in UTC.

    Raises:
        InvalidInput: it is neither.
    """
    if isinstance(value, str) and len(value) == ISO_DAY_LENGTH:
        return parse_date(value, field=field)
    if isinstance(value, str) and "T" in value:
        return parse_datetime(value, field=field)
    raise InvalidInput.about(
        field, "must be a day like 2026-12-24, or a time like 2026-12-24T16:30:00Z"
    )


def iso_text(moment: Moment) -> str:
    """A moment as the API and the audit log have it: ``2026-12-24``, or ``2026-12-24T14:30:00.000Z``."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    utc = moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_logged(text: str) -> Moment:
    """A moment of the audit log. Older versions wrote an instant with ``+00:00``, also for a day."""
    if len(text) == ISO_DAY_LENGTH:
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    return instant if text.endswith("Z") else from_stored(instant, None)


def from_stored(at: datetime, flag: bool | None) -> Moment:
    """The moment that is stored as an instant and a flag; one within a day has a time, whatever the flag says."""
    utc = at.astimezone(UTC)
    return at if flag or utc.time() != time() else utc.date()


def first_instant(moment: Moment) -> datetime:
    """The instant that is stored of a moment: itself, or the first one of the day in UTC."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(), UTC)


def reader_day(moment: Moment) -> date:
    """The day of a moment in the reader's zone."""
    if isinstance(moment, datetime):
        return moment.astimezone(clock.reader_zone()).date()
    return moment


def keep_time(chosen: Moment | None, current: Moment | None) -> Moment | None:
    """A chosen moment in place of the current one: an `OpenDay` gets its time of the day in the reader's zone."""
    if not isinstance(chosen, OpenDay):
        return chosen
    if not isinstance(current, datetime):
        return date(chosen.year, chosen.month, chosen.day)
    zone = clock.reader_zone()
    return at_time(chosen, current.astimezone(zone).time())


def at_time(day: date, of_day: time) -> datetime:
    """A time of a day in the reader's zone, in UTC. One that the change to summer time skips is an hour later."""
    return datetime.combine(day, of_day, clock.reader_zone()).astimezone(UTC)


def show_moment(moment: Moment, *, zone: ZoneInfo | None = None, with_year: bool = True) -> str:
    """A moment as people read it: ``24 Dec 2026``, ``24 Dec 2026, 15:30``; in the reader's zone. UTC is named."""
    if not isinstance(moment, datetime):
        return f"{moment:{_DAY}}" if with_year else f"{moment:{_SHORT_DAY}}"
    zone = zone or clock.reader_zone()
    local = moment.astimezone(zone)
    name = " UTC" if zone == clock.UTC_ZONE else ""
    return f"{show_moment(local.date(), with_year=with_year)}, {local:%H:%M}{name}"


def show_when(instant: datetime) -> str:
    """An instant within a sentence, in the reader's zone: ``on 24 Dec 2026 at 15:30``. UTC is named."""
    return f"on {show_moment(instant).replace(', ', ' at ')}"


def form_text(moment: Moment) -> str:
    """A moment as a form holds it, in the reader's zone: ``2026-12-24``, or ``2026-12-24 15:30``."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return f"{moment.astimezone(clock.reader_zone()):%Y-%m-%d %H:%M}"


def begins_after(start: Moment, end: Moment) -> bool:
    """Whether one moment lies after another: by the instant if both have a time, else by the reader's days."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return start > end
    return reader_day(start) > reader_day(end)
