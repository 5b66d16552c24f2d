"""What the filters of all fields have in common: values in an address, a condition in SQL, a part of the menu.

A field declares its filter in `taskforge.tasks.fields`. A condition is true for a card that fits one of the chosen
values, and where none is chosen, so that the statement of a board is the same text for every filter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
)

from taskforge.clock import ReaderTime
from taskforge.tasks.models import Task

TASKS = Task.__table__.alias("k")
NONE = "none"  # the filter value of cards without a value
OVERDUE, TODAY, WEEK = "overdue", "today", "week"
FORMER_MEMBER = "Someone who left"


@dataclass(frozen=True, kw_only=True)
class Filter(ABC):
    """The filter of one field: the name of its parameter in an address, and its title in the menu.

    ``takes_many``: whether several values may be chosen. ``is_counted``: whether the menu lists its values, each with
    the number of its cards.
    """

    parameter: str
    title: str
    takes_many: ClassVar[bool] = True
    is_counted: ClassVar[bool] = True

    @abstractmethod
    def accepts(self, value: str) -> bool:
        """Whether a text of an address is a value of this filter."""

    def clean(self, value: str) -> str:
        """A value in its canonical form."""
        return value

    def key(self, value: str) -> str:
        """What is the same for two values that mean the same."""
        return value

    @abstractmethod
    def condition(self, name: str) -> ColumnElement[bool]:
        """The condition for the tasks `k` whose column `name` fits; its binds are those of `binds`."""

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns that the condition for a field reads."""
        return (name,)

    def binds(self, values: Sequence[str], at: ReaderTime | None) -> dict[str, Any]:
        """What the condition is bound to; `at` is given where a value depends on the time (`needs_time`)."""
        return {
            self.bind("is_chosen"): bool(values),
            self.bind("values"): [value for value in values if value != NONE],
            self.bind("none"): NONE in values,
        }

    def needs_time(self, values: Sequence[str]) -> bool:
        """Whether the meaning of the chosen values depends on the time."""
        return False

    def fits(self, card: Mapping[str, Any], name: str, value: str, at: ReaderTime) -> bool:
        """Whether a card of a board's past, with values as the audit log keeps them, fits one value."""
        return bool(card[name] == (None if value == NONE else value))

    def offered(self) -> Sequence[str]:
        """The values that the menu always offers, in its order; none where they are read with their cards."""
        return ()

    def value_name(self, value: str) -> str | None:
        """What a value is called; None where that is not known from the value alone."""
        return None

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """Selects of (kind, value, name, cards): how many of the `cards` that are `shown` has each value.

        None for a filter that is not counted.
        """
        return []

    def bind(self, what: str) -> str:
        """The name of one of the bound values."""
        return f"{self.parameter}_{what}"

    def _is_chosen(self) -> ColumnElement[bool]:
        return bindparam(self.bind("is_chosen"), type_=Boolean)

    def _none(self) -> ColumnElement[bool]:
        return bindparam(self.bind("none"), type_=Boolean)

    def _counted(
        self, value: ColumnElement[Any], shown: ColumnElement[bool], name: Any = None
    ) -> Select[Any]:
        return select(
            constant(self.parameter).label("kind"),
            cast(value, Text).label("value"),
            (constant("") if name is None else name).label("name"),
            cast(null(), Text).label("picture"),
            func.count().filter(shown).label("cards"),
        )


def constant(word: str) -> ColumnElement[str]:
    """A constant in the text of a statement; a bound value would have to be one of `CardFilter.parameters`."""
    return literal_column(f"'{word}'", Text)
