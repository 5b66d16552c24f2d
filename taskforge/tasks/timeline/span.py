"""The weeks that a timeline shows, as its address names them: a day of the first one, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from taskforge.tasks.calendar.span import shown_day, week_start

FROM, ZOOM = "from", "zoom"  # the parameters of an address
MONTH, QUARTER = "month", "quarter"
WEEKS = {MONTH: 6, QUARTER: 14}
_STEPS = {MONTH: 4, QUARTER: 12}  # weeks to the previous and the next span
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class TimelineSpan:
    """Whole weeks from ``first`` on, which is the first day of a week."""

    zoom: str
    first: date

    @property
    def week_count(self) -> int:
        """How many weeks it has."""
        return WEEKS[self.zoom]

    @property
    def day_count(self) -> int:
        """How many days it has."""
        return self.week_count * 7

    @property
    def end(self) -> date:
        """The day after its last one."""
        return self.first + timedelta(days=self.day_count)

    @property
    def days(self) -> list[date]:
        """All days, in their order."""
        return [self.first + timedelta(days=number) for number in range(self.day_count)]

    @property
    def name(self) -> str:
        """``23 Feb to 5 Apr 2026``."""
        return f"{self.first:%-d %b} to {self.end - timedelta(days=1):%-d %b %Y}"

    def holds(self, day: date) -> bool:
        """Whether a day is shown."""
        return self.first <= day < self.end

    def query(self) -> dict[str, str]:
        """The parameters of an address that names it."""
        return {FROM: self.first.isoformat(), ZOOM: self.zoom}

    def beside(self, step: int) -> TimelineSpan:
        """The span before (-1) or behind (1) it, which has two of its weeks."""
        return TimelineSpan(self.zoom, self.first + step * _STEPS[self.zoom] * _WEEK)


def read_timeline_span(given: Mapping[str, str], today: date) -> TimelineSpan:
    """What an address names, `given` by name; without a day the weeks around today, without a zoom those of a month."""
    zoom = given.get(ZOOM, MONTH)
    if zoom not in WEEKS:
        zoom = MONTH
    day = shown_day(given.get(FROM, ""))
    return around(today, zoom) if day is None else TimelineSpan(zoom, week_start(day))


def around(day: date, zoom: str, *, before: int = 1) -> TimelineSpan:
    """The span in which so many weeks stand before that of a day."""
    return TimelineSpan(zoom, week_start(day) - before * _WEEK)
