"""Filters by groups of values that the filter itself defines: ranges of numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from taskforge.clock import ReaderTime
from taskforge.errors import InvalidInput
from taskforge.tasks.board.filter_base import (
    NONE,
    Filter,
    constant,
)
from taskforge.tasks.number_kind import Number


class BucketFilter(Filter):
    """By groups of values that the filter itself defines: each card is in none, one or several of them."""

    @abstractmethod
    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """Whether a card of `source` is in the bucket `value`; its binds are those of `menu_binds`."""

    def menu_binds(self, at: ReaderTime) -> dict[str, Any]:
        """What the conditions of all buckets are bound to."""
        return {}

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

    def binds(self, values: Sequence[str], at: ReaderTime | None) -> dict[str, Any]:
        """The ends of the ranges."""
        bounds = [found for value in values if (found := self._bounds(value))]
        return {
            self.bind("is_chosen"): bool(values),
            self.bind("none"): NONE in values,
            self.bind("low"): [low for low, _ in bounds],
            self.bind("high"): [high for _, high in bounds],
        }

    def fits(self, card: Mapping[str, Any], name: str, value: str, at: ReaderTime) -> bool:
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
