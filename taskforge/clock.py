"""The one source of the current time, so that tests and the demo can set it; and the reader's zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UTC_ZONE = ZoneInfo("UTC")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_time", default=None)
_zone: ContextVar[ZoneInfo] = ContextVar("reader_zone", default=UTC_ZONE)
MONDAY = 0  # as `date.weekday` counts
WEEK_STARTS = {"monday": MONDAY, "saturday": 5, "sunday": 6}
_week_start: ContextVar[int] = ContextVar("reader_week_start", default=MONDAY)


@dataclass(frozen=True)
class ReaderTime:
    """A minute as somebody sees it in their zone; equal for all who read in that zone within the minute."""

    minute: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day that it is there."""
        return self.minute.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day there, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def now() -> datetime:
    """The current instant: aware, UTC, whole milliseconds (the precision that all three stores have)."""
    instant = _frozen.get() or datetime.now(UTC)
    return to_milliseconds(instant)


def to_milliseconds(instant: datetime) -> datetime:
    """The same instant cut to whole milliseconds, as MongoDB stores it."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def reader_zone() -> ZoneInfo:
    """The zone of whoever is being answered: chosen by them, else their browser's, UTC where nobody says any."""
    return _zone.get()


def set_reader_zone(zone: ZoneInfo) -> None:
    """Answer in this zone from now on, in this thread; the edge calls it at the beginning of every request."""
    _zone.set(zone)


def reader_week_start() -> int:
    """The weekday with which the weeks of whoever is being answered begin, as `date.weekday` counts."""
    return _week_start.get()


def set_reader_week_start(weekday: int) -> None:
    """Count weeks from this weekday from now on, in this thread; the edge calls it in every request."""
    _week_start.set(weekday)


def next_week(today: date) -> date:
    """The first day of the week after that of `today`, as whoever is being answered counts weeks."""
    return today + timedelta(days=7 - (today.weekday() - reader_week_start()) % 7)


def reader_time(instant: datetime | None = None) -> ReaderTime:
    """The present, or an instant of the past, as whoever is being answered sees it."""
    minute = (instant or now()).replace(second=0, microsecond=0)
    return ReaderTime(minute, reader_zone())


@contextmanager
def read_in(zone: ZoneInfo, *, week_start: int | None = None) -> Iterator[None]:
    """Make `reader_zone`, and `reader_week_start` if it is given, answer these within the block, in this thread."""
    token = _zone.set(zone)
    start = _week_start.set(reader_week_start() if week_start is None else week_start)
    try:
        yield
    finally:
        _zone.reset(token)
        _week_start.reset(start)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Make `now` answer this instant within the block, in this thread only."""
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
