"""Days of a range in a zone, and the instants at which they begin, exact over changes of the clock. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from taskforge.clock import MONDAY

DAY = timedelta(days=1)
PERIODS = ("day", "week", "month")


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both included, in a zone. ``week_start`` as `date.weekday` counts."""

    first: date
    last: date
    zone: ZoneInfo
    week_start: int = MONDAY

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + timedelta(days=step) for step in range(len(self))]

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    @cached_property
    def start(self) -> datetime:
        """The first instant."""
        return start_of(self.first, self.zone)

    @cached_property
    def end(self) -> datetime:
        """The first instant that is not in it any more."""
        return start_of(self.last + DAY, self.zone)

    def holds(self, instant: datetime | None) -> bool:
        """Whether an instant is in it."""
        return instant is not None and self.start <= instant < self.end

    def ends_of_days(self, at: datetime) -> list[datetime]:
        """The instants at which its days end, those days left out that have not begun at an instant."""
        return [
            start_of(day + DAY, self.zone) for day in self.days if start_of(day, self.zone) <= at
        ]

    def parts(self, unit: str) -> Sequence[date]:
        """The first days of its days, weeks or months; the first one may lie before it."""
        found: list[date] = []
        day = first_day_of(self.first, unit, self.week_start)
        while day <= self.last:
            found.append(day)
            day = _next(day, unit)
        return found

    def day_of(self, instant: datetime) -> date:
        """The day on which an instant is, in its zone."""
        return instant.astimezone(self.zone).date()

    def part_of(self, instant: datetime, unit: str) -> date:
        """The first day of the day, week or month in which an instant is."""
        return first_day_of(self.day_of(instant), unit, self.week_start)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone, in UTC.

    Where the clock is put forward at midnight, that is the instant at which it is; where an hour around midnight comes
    twice, the first of them.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def first_day_of(day: date, unit: str, week_start: int = MONDAY) -> date:
    """The first day of the day, week or month in which a day is."""
    if unit == "week":
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    return day.replace(day=1) if unit == "month" else day


def _next(day: date, unit: str) -> date:
    if unit == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=7 if unit == "week" else 1)
