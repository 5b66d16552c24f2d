"""What tasks are sorted and grouped by in SQL, by the kind of a field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from taskforge.tasks.board.filter_base import NONE
from taskforge.tasks.board.filter_kinds import ChoiceFilter
from taskforge.tasks.field_kinds import BoardColumn, Choice, Line, Person
from taskforge.tasks.moment_kind import Moment
from taskforge.tasks.number_kind import Number
from taskforge.tasks.task_field import TaskField


@dataclass(frozen=True)
class Key:
    """One expression over a task `k`, its column `c` and its assignee; tasks without a value come last."""

    sql: str
    descending: bool = False

    @property
    def ordering(self) -> str:
        """Its part of an ORDER BY."""
        return f"{self.sql} {'DESC' if self.descending else 'ASC'} NULLS LAST"


# Of every order: in a column by rank, and at last by number, which no two tasks of a board share.
PLACE = (Key("c.rank"), Key("k.rank"), Key("k.number"))


def _by_choice(field: TaskField) -> str:
    assert isinstance(field.kind, Choice)
    words = ", ".join(f"'{word}'" for word in field.kind.options)
    return f"array_position(ARRAY[{words}], CAST(k.{field.name} AS text))"


_SORTED: dict[type, Callable[[TaskField], str]] = {
    Line: lambda field: f"lower(k.{field.name})",
    Choice: _by_choice,
    Person: lambda field: "lower(assignee.display_name)",
    BoardColumn: lambda field: "c.rank",
    Moment: lambda field: f"k.{field.name}",
    Number: lambda field: f"k.{field.name}",
}
_GROUPED = (Choice, Person, BoardColumn)


def is_order(field: TaskField) -> bool:
    """Whether tasks can be sorted by the field."""
    return type(field.kind) in _SORTED


def is_group(field: TaskField) -> bool:
    """Whether tasks can be grouped by the field: it has few values, and a task one of them."""
    return isinstance(field.kind, _GROUPED)


def order_keys(field: TaskField | None, *, descending: bool) -> tuple[Key, ...]:
    """The keys of an order by a field; by None as the board shows its columns, one after the other."""
    if field is None:
        return PLACE
    first = Key(_SORTED[type(field.kind)](field), descending)
    return (first, *(key for key in PLACE if key.sql != first.sql))


def group_key(field: TaskField) -> Key:
    """The key that orders the groups of a field: people by name, words in their order or that of the menu."""
    return Key(_SORTED[type(field.kind)](field), descending=isinstance(field.filter, ChoiceFilter))


def group_value(field: TaskField) -> str:
    """The expression of a task's group, as text: an id, a word, or none."""
    return f"coalesce(CAST(k.{field.name} AS text), '{NONE}')"


def is_behind(keys: Sequence[Key]) -> str:
    """The condition that a task is behind the one whose keys are ``p.key_0``, ``p.key_1`` … of the same keys."""
    condition = "false"
    for index, key in reversed(list(enumerate(keys))):
        mine, last = key.sql, f"p.key_{index}"
        further = f"{mine} {'<' if key.descending else '>'} {last}"
        condition = (
            f"({further} OR ({mine} IS NULL AND {last} IS NOT NULL)"
            f" OR ({mine} IS NOT DISTINCT FROM {last} AND {condition}))"
        )
    return condition


def selected(keys: Sequence[Key]) -> str:
    """The keys as columns of a SELECT."""
    return ", ".join(f"{key.sql} AS key_{index}" for index, key in enumerate(keys))


def ordering(keys: Sequence[Key]) -> str:
    """The keys as an ORDER BY."""
    return ", ".join(key.ordering for key in keys)


def sums_of(fields: Sequence[Any]) -> tuple[TaskField, ...]:
    """The fields among some whose values are summed up."""
    return tuple(field for field in fields if isinstance(field.kind, Number))
