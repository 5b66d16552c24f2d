"""Filters by groups of values that the filter itself defines: days that are near, ranges of numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Numeric,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from taskforge.boards.statuses import Status
from taskforge.errors import InvalidInput
from taskforge.tasks.board.filter_base import (
    DAYS_OF_WEEK,
    NONE,
    OVERDUE,
    TASKS,
    WEEK,
    Filter,
    constant,
    interval,
)
from taskforge.tasks.number_kind import Number


class BucketFilter(Filter):
    """By groups of values that the filter itself defines: each card is in none, one or several of them."""

    @abstractmethod
    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """Whether a card of `source` is in the bucket `value`; ``:menu_today`` is bound to today's first moment."""

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """The cards of each bucket."""
        return [
            self._counted(
                constant(value), and_(shown, self.in_bucket(cards, name, value))
            ).select_from(cards)
            for value in self.offered()
        ]


class DueFilter(BucketFilter):
    """By day: overdue, within a week, or without a day. What is done is neither overdue nor due."""

    takes_many = False
    NAMES: ClassVar[Mapping[str, str]] = {
        OVERDUE: "Overdue",
        WEEK: "Next 7 days",
        NONE: "No date",
    }

    def accepts(self, value: str) -> bool:
        """One of the three."""
        return value in self.NAMES

    def condition(self, name: str) -> ColumnElement[bool]:
        """The one that is chosen."""
        chosen: ColumnElement[Any] = bindparam(self.bind("value"))
        today = cast(bindparam(self.bind("today")), DateTime(timezone=True))
        return case(
            (chosen == constant(""), true()),
            (chosen == constant(NONE), TASKS.c[name].is_(None)),
            (chosen == constant(OVERDUE), self._is_due(TASKS, name, None, today)),
            else_=self._is_due(TASKS, name, today, today + interval("7 days")),
        )

    def binds(self, values: Sequence[str], today: date | None) -> dict[str, Any]:
        """The value, and the first moment of today in UTC."""
        return {
            self.bind("value"): values[0] if values else "",
            self.bind("today"): datetime.combine(today or date.min, time(), UTC),
        }

    def needs_today(self, values: Sequence[str]) -> bool:
        """Those with a day do."""
        return any(value != NONE for value in values)

    def fits(self, card: Mapping[str, Any], name: str, value: str, today: date) -> bool:
        """Whether the card was in the bucket on the day that is looked at."""
        if value == NONE:
            return card[name] is None
        if card[name] is None or card["status"] == Status.DONE:
            return False
        due = date.fromisoformat(card[name][:10])
        return due < today if value == OVERDUE else today <= due < today + DAYS_OF_WEEK

    def offered(self) -> Sequence[str]:
        """All three."""
        return tuple(self.NAMES)

    def value_name(self, value: str) -> str | None:
        """The name of the bucket."""
        return self.NAMES.get(value)

    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """The same conditions, for today."""
        today = cast(bindparam("menu_today"), DateTime(timezone=True))
        if value == NONE:
            return source.c[name].is_(None)
        if value == OVERDUE:
            return self._is_due(source, name, None, today)
        return self._is_due(source, name, today, today + interval("7 days"))

    def _is_due(
        self,
        source: FromClause,
        name: str,
        start: ColumnElement[Any] | None,
        end: ColumnElement[Any],
    ) -> ColumnElement[bool]:
        after = [] if start is None else [source.c[name] >= start]
        open_ = source.c.status != constant(Status.DONE.value)
        return and_(open_, *after, source.c[name] < end)


@dataclass(frozen=True, kw_only=True)
class NumberFilter(BucketFilter):
    """By number: ranges such as ``0-3`` (both included) or ``8-``, or none. The menu offers the kind's ranges."""

    kind: Number

    def accepts(self, value: str) -> bool:
        """None, or a range within the bounds of the kind."""
        return value == NONE or self._bounds(value) is not None

    def clean(self, value: str) -> str:
        """The range in its one spelling, without spaces and needless zeros; up to the maximum is open."""
        bounds = self._bounds(value)
        if bounds is None:
            return value
        low, high = bounds
        end = "" if high == self.kind.maximum else self.kind.form_text(high)
        return f"{self.kind.form_text(low)}-{end}"

    def condition(self, name: str) -> ColumnElement[bool]:
        """Within one of the ranges, or without a number."""
        ranges = func.unnest(
            cast(bindparam(self.bind("low")), ARRAY(Numeric)),
            cast(bindparam(self.bind("high")), ARRAY(Numeric)),
        ).table_valued(column("low", Numeric), column("high", Numeric))
        ranges = ranges.render_derived(self.bind("ranges"))
        # Not TASKS.c: the condition is compiled on its own, and the subquery would list the table anew.
        number = literal_column(f"k.{name}", Numeric)
        inside = exists(
            select(1).select_from(ranges).where(number.between(ranges.c.low, ranges.c.high))
        )
        return or_(not_(self._is_chosen()), and_(self._none(), number.is_(None)), inside)

    def binds(self, values: Sequence[str], today: date | None) -> dict[str, Any]:
        """The ends of the ranges."""
        bounds = [found for value in values if (found := self._bounds(value))]
        return {
            self.bind("is_chosen"): bool(values),
            self.bind("none"): NONE in values,
            self.bind("low"): [low for low, _ in bounds],
            self.bind("high"): [high for _, high in bounds],
        }

    def fits(self, card: Mapping[str, Any], name: str, value: str, today: date) -> bool:
        """Whether the card's number was in the range."""
        number = self.kind.from_log(card[name])
        bounds = self._bounds(value)
        if number is None or bounds is None:
            return number is None and value == NONE
        return bounds[0] <= number <= bounds[1]

    def offered(self) -> Sequence[str]:
        """The ranges of the kind, and none."""
        return (*self.kind.ranges, NONE)

    def value_name(self, value: str) -> str | None:
        """The range with a dash, or “8 or more”."""
        if value == NONE:
            return "None"
        low, _, high = value.partition("-")
        return f"{low}–{high}" if high else f"{low} or more"

    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """Within the range."""
        bounds = self._bounds(value)
        if bounds is None:
            return source.c[name].is_(None)
        low, high = (literal_column(str(bound), Numeric) for bound in bounds)
        return source.c[name].between(low, high)

    def _bounds(self, value: str) -> tuple[Decimal, Decimal] | None:
        low_text, dash, high_text = (part.strip() for part in value.partition("-"))
        if not dash or not low_text or "-" in high_text:
            return None
        try:
            low = self.kind.clean(low_text, field=self.parameter)
            high = self.kind.clean(high_text or str(self.kind.maximum), field=self.parameter)
        except InvalidInput:
            return None
        return (low, high) if low is not None and high is not None and low <= high else None
