"""Terms of days: the spans that words such as ``friday``, ``2026-12`` and ``7d`` mean, in the reader's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from taskforge import clock
from taskforge.boards.statuses import Status
from taskforge.clock import ReaderTime
from taskforge.tasks.moment_kind import flag_of
from taskforge.tasks.query.errors import QueryError, suggestion
from taskforge.tasks.query.nodes import Choice, Range, Value
from taskforge.tasks.query.term_base import DAY, NONE, Scope, TermKind, is_keyword
from taskforge.text.spoken_days import WEEKDAYS, read_spoken
from taskforge.text.values import FIRST_YEAR, LAST_YEAR

OVERDUE = "overdue"
NEAR = ("today", "tomorrow", "yesterday")
WEEKS = {"lastweek": -1, "thisweek": 0, "nextweek": 1}
MONTHS = {"lastmonth": -1, "thismonth": 0, "nextmonth": 1}
_COUNTED = re.compile(r"(-?)([1-9][0-9]{0,3})([dw])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_YEAR = re.compile(r"[0-9]{4}")
_SHORT = {day[:3]: day for day in WEEKDAYS}


@dataclass(frozen=True)
class Days:
    """Days from the first one up to `after`, which is not among them; None: without an end on that side."""

    first: date | None
    after: date | None


@dataclass(frozen=True)
class DayIn(TermKind):
    """Days in the column of an instant, or of a moment with its flag. ``looks_back``: it holds the past.

    ``is_deadline``: what is open and past it is overdue.
    """

    column: str
    has_flag: bool
    may_be_empty: bool = True
    looks_back: bool = False
    is_deadline: bool = False

    @property
    def keywords(self) -> tuple[str, ...]:  # type: ignore[override]
        """None, where there may be no day; and overdue, of deadlines."""
        return ((NONE,) if self.may_be_empty else ()) + ((OVERDUE,) if self.is_deadline else ())

    def check(self, name: str, value: Choice) -> None:
        """Words that mean days; also a comparison and a range."""
        if any(is_keyword(value, word) for word in self.keywords):
            return
        self._days(value, clock.reader_time(), name)

    def condition(self, value: Choice, scope: Scope) -> str:
        """The moment is on one of the days, as the reader sees them."""
        if is_keyword(value, NONE):
            return f"k.{self.column} IS NULL"
        if is_keyword(value, OVERDUE) and self.is_deadline:
            return self.overdue(scope)
        return self._within(self._days(value, scope.at, self.column), scope)

    def overdue(self, scope: Scope) -> str:
        """The task is open, and its day is over or its instant has come."""
        today = scope.bind(_as_stored(scope.today), "timestamptz")
        minute = scope.bind(scope.at.minute, "timestamptz")
        return f"""(k.status <> '{Status.DONE}' AND CASE WHEN {self._has_time}
            THEN k.{self.column} < {minute} ELSE k.{self.column} < {today} END)"""

    def examples(self) -> tuple[str, ...]:
        """What completion offers."""
        counted = ("7d", "30d")
        near = ("today", "yesterday") if self.looks_back else NEAR[:2]
        weeks = ("thisweek", "lastweek") if self.looks_back else ("thisweek", "nextweek")
        return (*near, *weeks, *counted, *self.keywords)

    @property
    def _has_time(self) -> str:
        """The rule of `taskforge.text.moments.from_stored`."""
        at = f"k.{self.column}"
        return f"(k.{flag_of(self.column)} IS TRUE OR {at} <> date_trunc('day', {at}, 'UTC'))"

    def _within(self, days: Days, scope: Scope) -> str:
        ends = [(">=", days.first), ("<", days.after)]
        given = [(sign, day) for sign, day in ends if day is not None]
        if not given:
            return f"k.{self.column} IS NOT NULL"

        def between(bounds: list[tuple[str, datetime]]) -> str:
            sides = [
                f"k.{self.column} {sign} {scope.bind(at, 'timestamptz')}" for sign, at in bounds
            ]
            return " AND ".join(sides)

        instants = between([(sign, scope.at.start_of(day)) for sign, day in given])
        if not self.has_flag:
            return f"({instants})"
        stored = between([(sign, _as_stored(day)) for sign, day in given])
        return f"(CASE WHEN {self._has_time} THEN {instants} ELSE {stored} END)"

    def _days(self, value: Choice, at: ReaderTime, name: str) -> Days:
        """What a value means to a reader.

        Raises:
            QueryError: nothing.
        """
        if isinstance(value, Range):
            low = self._days(value.low, at, name).first if value.low else None
            high = self._days(value.high, at, name).after if value.high else None
            return Days(low, high)
        days = self._read(value.text.strip().lower(), at, is_bound=bool(value.comparison))
        if days is None:
            raise self._unknown(name, value)
        return {
            "<": Days(None, days.first),
            "<=": Days(None, days.after),
            ">": Days(days.after, None),
            ">=": Days(days.first, None),
        }.get(value.comparison, days)

    def _read(self, word: str, at: ReaderTime, *, is_bound: bool) -> Days | None:
        """The days of one word. Counted ones are all up to there; compared with, they are the last one alone."""
        today = at.today
        if word in NEAR:
            return _one(today + timedelta(days=(0, 1, -1)[NEAR.index(word)]))
        if word in WEEKS:
            start = clock.next_week(today) + timedelta(days=7 * (WEEKS[word] - 1))
            return Days(start, start + timedelta(days=7))
        if word in MONTHS:
            return _month(today.year, today.month + MONTHS[word])
        if counted := _COUNTED.fullmatch(word):
            count = int(counted[2]) * (7 if counted[3] == "w" else 1)
            is_past = self.looks_back != bool(counted[1])
            return _counted(today, -count if is_past else count, is_bound=is_bound)
        if _DAY.fullmatch(word):
            return _calendar_day(word)
        if found := _MONTH.fullmatch(word):
            return _month(int(found[1]), int(found[2])) if 1 <= int(found[2]) <= 12 else None
        if _YEAR.fullmatch(word):
            return _year(int(word))
        return self._spoken(word, today)

    def _spoken(self, word: str, today: date) -> Days | None:
        words = word.replace("-", " ").split()
        if len(words) == 1 and self.looks_back and (name := _SHORT.get(words[0][:3])) is not None:
            if words[0] not in (name, name[:3]):
                return None
            return _one(today - timedelta(days=(today.weekday() - WEEKDAYS.index(name)) % 7))
        spoken = read_spoken(words, today) if 0 < len(words) <= 4 else None
        return _one(spoken.day) if spoken is not None and spoken.time is None else None

    def _unknown(self, name: str, value: Value) -> QueryError:
        words = (*self.keywords, *NEAR, *WEEKS, *MONTHS, *WEEKDAYS)
        hint = suggestion(value.text, words) or (
            " Write today, friday, 2026-12-24, 2026-12, 7d, thisweek or 2026-12-01..2026-12-24."
        )
        sentence = f"“{value.text}” is no day that “{name}:” knows.{hint}"
        return QueryError(sentence, value.position, value.length)


def _one(day: date) -> Days:
    return Days(day, day + DAY)


def _counted(today: date, count: int, *, is_bound: bool) -> Days:
    """So many days, today among them; or the day that is so far away."""
    if is_bound:
        return _one(today + timedelta(days=count))
    if count < 0:
        return Days(today + timedelta(days=count + 1), today + DAY)
    return Days(today, today + timedelta(days=count))


def _calendar_day(word: str) -> Days | None:
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return None
    return _one(day) if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _month(year: int, month: int) -> Days | None:
    """A month; the first one before and after a year may be its month 0 and 13."""
    first = year * 12 + month - 1
    if not FIRST_YEAR <= first // 12 <= LAST_YEAR:
        return None
    start, after = (date(number // 12, number % 12 + 1, 1) for number in (first, first + 1))
    return Days(start, after)


def _year(year: int) -> Days | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return Days(date(year, 1, 1), date(year + 1, 1, 1))


def _as_stored(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
