"""The orders of a list of tasks, by the names that ``sort:`` and the API know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, func, literal_column

from taskforge.tasks.field_kinds import Choice as ChoiceKind
from taskforge.tasks.field_kinds import Kind
from taskforge.tasks.fields import SORTABLE
from taskforge.tasks.moment_kind import Moment
from taskforge.tasks.query.errors import QueryError
from taskforge.tasks.query.nodes import SORT, Choice, Range, Value
from taskforge.tasks.query.term_base import Scope, TermKind, unknown_value

DESCENDING = "-"


@dataclass(frozen=True)
class OrderType:
    """An order by a column of the row: its name in a query and in JSON, and the kind of its values."""

    name: str
    json_name: str
    column: str
    kind: Kind = field(compare=False)

    def value(self, tasks: FromClause) -> ColumnElement[Any]:
        """What tasks are sorted by; of words in an order, their place in it."""
        column = tasks.c[self.column]
        if not isinstance(self.kind, ChoiceKind):
            return column
        words = ", ".join(f"'{word}'" for word in self.kind.options)
        return func.array_position(literal_column(f"ARRAY[{words}]"), column, type_=Integer)

    def bound(self, value: Any) -> Any:
        """A value of the column as `value` has it."""
        return (
            list(self.kind.options).index(value) + 1 if isinstance(self.kind, ChoiceKind) else value
        )


ORDERS = (
    *(OrderType(field.address, field.json_name, field.name, field.kind) for field in SORTABLE),
    OrderType("created", "createdAt", "created_at", Moment()),
    OrderType("updated", "updatedAt", "updated_at", Moment()),
)
ORDER_BY_NAME = {order.name: order for order in ORDERS}


class SortBy(TermKind):
    """An order, ``-`` before it where it is descending. It selects everything."""

    keywords = ()

    def check(self, name: str, value: Choice) -> None:
        """The name of an order."""
        if isinstance(value, Range) or value.comparison:
            raise QueryError(f"“{SORT}:” takes one name.", value.position, value.length)
        if sort_word(value).removeprefix(DESCENDING) not in ORDER_BY_NAME:
            raise unknown_value(SORT, value, tuple(ORDER_BY_NAME))

    def condition(self, value: Choice, scope: Scope) -> str:
        """Everything."""
        return "true"

    def examples(self) -> Sequence[str]:
        """All orders in both directions."""
        return tuple(sign + name for name in ORDER_BY_NAME for sign in ("", DESCENDING))


def sort_word(value: Value) -> str:
    """The order that a value names, as `Query.sort` has it."""
    return value.text.lower()
