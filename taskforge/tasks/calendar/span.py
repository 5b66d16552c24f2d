"""The days that a calendar shows, as its address names them: the weeks of a month, or one week."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from taskforge import clock

MONTH, WEEK = "month", "week"  # the parameters of an address
CURRENT = "current"  # as a week: the one of today
SHOWN_YEARS = range(1971, 2201)
_MONTH, _DAY = re.compile(r"\d{4}-\d{2}", re.ASCII), re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WEEK_DAYS = 7


@dataclass(frozen=True)
class Span:
    """Whole weeks from ``first`` on. ``anchor`` is the first day of the month, or of the week, that is looked at."""

    kind: str
    anchor: date
    first: date
    day_count: int

    @property
    def days(self) -> list[date]:
        """All days, in their order."""
        return [self.first + timedelta(days=number) for number in range(self.day_count)]

    @property
    def starts(self) -> list[datetime]:
        """The instants at which they begin where the reader is, and the one at which the last of them ends."""
        ends = [*self.days, self.first + timedelta(days=self.day_count)]
        return [datetime.combine(day, time(), clock.reader_zone()) for day in ends]

    @property
    def name(self) -> str:
        """``November 2026``, or the days of a week: ``23 Nov to 29 Nov 2026``."""
        if self.kind == MONTH:
            return f"{self.anchor:%B %Y}"
        return f"{self.anchor:%-d %b} to {self.days[-1]:%-d %b %Y}"

    def query(self) -> dict[str, str]:
        """The parameters of an address that names it."""
        return {self.kind: f"{self.anchor:%Y-%m}" if self.kind == MONTH else f"{self.anchor}"}

    def holds(self, day: date) -> bool:
        """Whether a day belongs to what is looked at: the month itself, without the rest of its weeks."""
        return self.kind == WEEK or (day.year, day.month) == (self.anchor.year, self.anchor.month)

    def beside(self, step: int) -> Span:
        """The month, or the week, before (-1) or behind (1) it."""
        if self.kind == WEEK:
            return week_of(self.anchor + timedelta(days=step * _WEEK_DAYS))
        months = self.anchor.year * 12 + self.anchor.month - 1 + step
        return month_of(date(months // 12, months % 12 + 1, 1))


def read_span(given: Mapping[str, str], today: date) -> Span:
    """What an address names, `given` by name: ``week`` by one of its days or as the current one, else ``month``.

    Without either, the month of today.
    """
    week, month = given.get(WEEK, ""), given.get(MONTH, "")
    if week == CURRENT:
        return week_of(today)
    if day := shown_day(week):
        return week_of(day)
    if _MONTH.fullmatch(month) and (day := shown_day(f"{month}-01")):
        return month_of(day)
    return month_of(today)


def month_of(day: date) -> Span:
    """The month of a day, with the whole weeks at its ends."""
    anchor = day.replace(day=1)
    after = (anchor + timedelta(days=31)).replace(day=1)
    first = week_start(anchor)
    end = week_start(after - timedelta(days=1)) + timedelta(days=_WEEK_DAYS)
    return Span(MONTH, anchor, first, (end - first).days)


def week_of(day: date) -> Span:
    """The week of a day, which begins when the reader's do."""
    first = week_start(day)
    return Span(WEEK, first, first, _WEEK_DAYS)


def week_start(day: date) -> date:
    """The first day of the week of a day, as whoever is being answered counts weeks."""
    return clock.next_week(day) - timedelta(days=_WEEK_DAYS)


def shown_day(text: str) -> date | None:
    """The day of a text such as ``2026-03-29``, if it is one that calendars and timelines show."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in SHOWN_YEARS else None
