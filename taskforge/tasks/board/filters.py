"""Which cards of a board are shown: the filter as an address says it, and as PostgreSQL applies it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taskforge.clock import ReaderTime
from taskforge.stores.composed import as_text
from taskforge.tasks.board.filter_base import Filter
from taskforge.tasks.fields import IN_MENUS

MAX_VALUES = 20  # of one field; further ones in an address are ignored


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
    """

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    at: ReaderTime | None = None

    @property
    def count(self) -> int:
        """How many values are chosen."""
        return sum(len(values) for _, values in self.chosen)

    def values(self, parameter: str) -> tuple[str, ...]:
        """The chosen values of one field."""
        return dict(self.chosen).get(parameter, ())

    def query(self) -> dict[str, list[str]]:
        """The filter as parameters of an address."""
        return {parameter: list(values) for parameter, values in self.chosen}

    def parameters(self) -> dict[str, Any]:
        """What the conditions of all fields are bound to."""
        binds: dict[str, Any] = {}
        for parameter, (_, by) in FILTERED.items():
            binds |= by.binds(self.values(parameter), self.at)
        return binds

    def having(self, parameter: str, values: Sequence[str]) -> CardFilter:
        """The same with other values of one field."""
        return _make_filter({**dict(self.chosen), parameter: tuple(values)}, self.at)

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
    return _make_filter(chosen, at)


def _make_filter(chosen: Mapping[str, tuple[str, ...]], at: ReaderTime | None) -> CardFilter:
    not_empty = tuple(
        (parameter, chosen[parameter]) for parameter in ADDRESS_ORDER if chosen.get(parameter)
    )
    by_time = any(FILTERED[parameter][1].needs_time(values) for parameter, values in not_empty)
    return CardFilter(chosen=not_empty, at=at if by_time else None)


# The condition that a task `k` fits what is chosen of every field; bound to `CardFilter.parameters`.
FILTER = " AND ".join(f"({as_text(by.condition(name))})" for name, by in FILTERED.values())
