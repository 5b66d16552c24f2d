"""How a table of tasks is laid out: its columns, its order and its groups, as an address says it.

What is offered follows from the declaration of the fields (`taskforge.tasks.fields`): a field is a column where the
reference row has its value and a form of its own changes it; its kind says whether it sorts and groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taskforge.tasks.fields import COPIED_COLUMNS, IN_MENUS, MIRRORED_FIELDS
from taskforge.tasks.table.keys import is_group, is_order
from taskforge.tasks.task_field import TaskField

TITLE = "title"  # the address of the field that every row begins with
COLUMNS, SORT, GROUP = "columns", "sort", "group"  # the parameters of an address
DESCENDING = "-"  # before the name of a sort

_IN_ROW = {*(field.name for field in MIRRORED_FIELDS), *COPIED_COLUMNS}
# The fields that a table may show, by the address of their forms; properties in their order first.
TABLE_FIELDS: Mapping[str, TaskField] = {
    field.address: field for field in IN_MENUS if field.address and field.name in _IN_ROW
}
OFFERED_COLUMNS = tuple(name for name in TABLE_FIELDS if name != TITLE)
OFFERED_ORDERS = tuple(name for name, field in TABLE_FIELDS.items() if is_order(field))
OFFERED_GROUPS = tuple(name for name, field in TABLE_FIELDS.items() if is_group(field))
DEFAULT_COLUMNS = tuple(
    name for name in OFFERED_COLUMNS if TABLE_FIELDS[name].on_card and name != "status"
)


@dataclass(frozen=True, kw_only=True)
class TableLayout:
    """The columns behind the title, what rows are sorted by (None: as on the board), and by what they are grouped."""

    columns: tuple[str, ...] = DEFAULT_COLUMNS
    sort: str | None = None
    descending: bool = False
    group: str | None = None

    @property
    def fields(self) -> tuple[TaskField, ...]:
        """The fields of the columns, the title first."""
        return tuple(TABLE_FIELDS[name] for name in (TITLE, *self.columns))

    def query(self) -> dict[str, Any]:
        """The layout as parameters of an address, without what is so by default."""
        query: dict[str, Any] = {}
        if self.columns != DEFAULT_COLUMNS:
            query[COLUMNS] = list(self.columns)
        if self.sort is not None:
            query[SORT] = f"{DESCENDING if self.descending else ''}{self.sort}"
        if self.group is not None:
            query[GROUP] = self.group
        return query


def read_layout(given: Mapping[str, Sequence[str]]) -> TableLayout:
    """The layout of an address, `given` by name; what is not offered is ignored."""
    named = given.get(COLUMNS, ())
    columns = tuple(name for name in OFFERED_COLUMNS if name in named)
    sort = "".join(given.get(SORT, ())[:1])
    name = sort.removeprefix(DESCENDING)
    group = "".join(given.get(GROUP, ())[:1])
    is_sorted = name in OFFERED_ORDERS
    return TableLayout(
        columns=columns or DEFAULT_COLUMNS,
        sort=name if is_sorted else None,
        descending=is_sorted and sort.startswith(DESCENDING),
        group=group if group in OFFERED_GROUPS else None,
    )
