"""Which cards of a board are shown: the filter as an address says it, and as PostgreSQL applies it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import _lru_cache_wrapper, lru_cache
from typing import Any, TypeVar

from sqlalchemy import TextClause, text

from taskforge.clock import ReaderTime
from taskforge.stores.actor import Actor
from taskforge.stores.composed import as_text
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.board.filter_base import Filter
from taskforge.tasks.fields import IN_MENUS
from taskforge.tasks.query.compiler import Condition, compile_query
from taskforge.tasks.query.errors import PARAMETER, QueryError
from taskforge.tasks.query.nodes import Query
from taskforge.tasks.query.parser import parse

MAX_VALUES = 20  # of one field; further ones in an address are ignored
MAX_STATEMENTS = 256  # with a query, that are kept
MAX_KEPT_CONDITION = (
    2_000  # characters of a query's condition: a statement with a longer one is not kept
)
Composed = TypeVar("Composed")
NO_ORDER = "A board has an order of its own, a table is sorted by its heads: leave “sort:” out."


# The fields with a filter, by its parameter: the name of the field and the filter; properties in their order first.
FILTERED: Mapping[str, tuple[str, Filter]] = {
    field.filter.parameter: (field.name, field.filter)
    for field in IN_MENUS
    if field.filter is not None
}
# The parameters of which an address may name several values.
LISTS = tuple(parameter for parameter, (_, by) in FILTERED.items() if by.takes_many)
# The order of an address and of the chips: those parameters first, then those of one value.
ADDRESS_ORDER = (*LISTS, *(parameter for parameter in FILTERED if parameter not in LISTS))


@dataclass(frozen=True, kw_only=True)
class CardFilter:
    """Which cards are shown: those that fit one chosen value of every field of which some are chosen.

    ``chosen`` holds (parameter, values), in the order of `ADDRESS_ORDER`. ``at`` is set only where the
    meaning of a value depends on the time, so that equal filters show the same cards.

    They also fit ``selection``, a query. It is the reader's, and must be `read_by` them before cards are selected.
    ``unread`` is the text of one that can't be read, with its ``error``; then everything is shown. ``written`` is the
    query as typed.
    """

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    at: ReaderTime | None = None
    selection: Query = field(default_factory=Query)
    unread: str = ""
    written: str = field(default="", compare=False)
    error: QueryError | None = field(default=None, compare=False)
    condition: Condition | None = field(default=None, compare=False)
    # What the condition is bound to: equal filters show the same cards to all readers.
    bound: tuple[object, ...] = ()

    @property
    def count(self) -> int:
        """How many values are chosen, and parts of a query."""
        return sum(len(values) for _, values in self.chosen) + len(self.selection.parts)

    @property
    def text(self) -> str:
        """The query as it is in an address."""
        return self.unread or str(self.selection)

    def read_by(self, reader: Actor, at: ReaderTime) -> CardFilter:
        """The same with the condition of its query, as somebody reads it at a time."""
        if self.selection.root is None:
            return self
        condition = compile_query(self.selection, reader, at=at)
        values = ((name, str(value)) for name, value in condition.parameters.items())
        return replace(self, condition=condition, bound=(condition.sql, *values))

    @property
    def sql(self) -> str:
        """The condition that a task `k` fits; bound to `parameters`."""
        return f"{FILTER} AND ({self.condition.sql})" if self.condition else FILTER

    def values(self, parameter: str) -> tuple[str, ...]:
        """The chosen values of one field."""
        return dict(self.chosen).get(parameter, ())

    def query(self) -> dict[str, list[str]]:
        """The filter as parameters of an address."""
        chosen = {parameter: list(values) for parameter, values in self.chosen}
        return {**chosen, PARAMETER: [self.text]} if self.text else chosen

    def parameters(self) -> dict[str, Any]:
        """What the conditions of all fields and of the query are bound to."""
        binds: dict[str, Any] = dict(self.condition.parameters) if self.condition else {}
        for parameter, (_, by) in FILTERED.items():
            binds |= by.binds(self.values(parameter), self.at)
        return binds

    def having(self, parameter: str, values: Sequence[str]) -> CardFilter:
        """The same with other values of one field."""
        made = _make_filter({**dict(self.chosen), parameter: tuple(values)}, self.at)
        return replace(self, chosen=made.chosen, at=made.at)

    def without(self, parameter: str, value: str) -> CardFilter:
        """The same without one of its values."""
        key = FILTERED[parameter][1].key
        left = [other for other in self.values(parameter) if key(other) != key(value)]
        return self.having(parameter, left)


def read_filter(given: Mapping[str, Sequence[str]], at: ReaderTime) -> CardFilter:
    """The filter of an address, `given` by name, as it is read at a time; unknown parameters and values are ignored."""
    chosen: dict[str, tuple[str, ...]] = {}
    for parameter, (_, by) in FILTERED.items():
        accepted = [by.clean(value) for value in given.get(parameter, ()) if by.accepts(value)]
        different = {
            by.key(value): value for value in reversed(accepted)
        }  # the first spelling stays
        most = MAX_VALUES if by.takes_many else 1
        chosen[parameter] = tuple(reversed(different.values()))[:most]
    made = _make_filter(chosen, at)
    written = " ".join(given.get(PARAMETER, ()))
    made = replace(made, written=written)
    try:
        query = parse(written) if written.strip() else Query()
        if query.sort is not None:
            raise QueryError(NO_ORDER, *query.sort_at)  # noqa: TRY301 - as any other wrong word
    except QueryError as error:
        return replace(made, unread=written, error=error)
    return replace(made, selection=query)


def _make_filter(chosen: Mapping[str, tuple[str, ...]], at: ReaderTime | None) -> CardFilter:
    not_empty = tuple(
        (parameter, chosen[parameter]) for parameter in ADDRESS_ORDER if chosen.get(parameter)
    )
    by_time = any(FILTERED[parameter][1].needs_time(values) for parameter, values in not_empty)
    return CardFilter(chosen=not_empty, at=at if by_time else None)


# The condition that a task `k` fits what is chosen of every field; bound to `CardFilter.parameters`.
FILTER = " AND ".join(f"({as_text(by.condition(name))})" for name, by in FILTERED.values())


def filtered(make: Callable[[str], str], chosen: CardFilter) -> TextClause:
    """The statement that `make` makes of the condition of a filter. Without a query it is planned once."""
    if chosen.condition is None:
        return prepared(make(FILTER))
    return composed(_with_query, chosen, make)


def composed(make: _lru_cache_wrapper[Composed], chosen: CardFilter, *how: Any) -> Composed:
    """What a cached function makes of `how` and the condition of a filter; not cached where its query is long."""
    is_kept = chosen.condition is None or len(chosen.condition.sql) <= MAX_KEPT_CONDITION
    return (make if is_kept else make.__wrapped__)(*how, chosen.sql)


@lru_cache(MAX_STATEMENTS)
def _with_query(make: Callable[[str], str], condition: str) -> TextClause:
    return text(make(condition))
