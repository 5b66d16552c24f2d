"""Reads of a board's table: its groups with their totals, and one page of its rows.

Two statements, whatever the number of tasks: the totals look at every task of the board that fits, the page takes the
first rows of the order, and looks names up for these alone. MongoDB is not read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import TextClause, text

from taskforge.accounts.queries import left_join_person
from taskforge.boards.queries import join_column
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN, task_rows
from taskforge.tasks.board.filter_base import NONE
from taskforge.tasks.board.filters import MAX_STATEMENTS, CardFilter, composed
from taskforge.tasks.field_kinds import Choice
from taskforge.tasks.fields import FIELDS
from taskforge.tasks.table.keys import (
    Key,
    group_key,
    group_value,
    is_behind,
    order_keys,
    ordering,
    selected,
    sums_of,
)
from taskforge.tasks.table.layout import TABLE_FIELDS, TableLayout
from taskforge.text.values import is_uuid

ROWS_PER_PAGE = 100
MAX_GROUPS = 500
ALL = "all"  # the one group of a table without groups
SUMMED = sums_of(FIELDS)

_SORTED_TABLES = f"""
    tasks k
    {join_column("k.column_id")}
    {left_join_person("k.assignee_id", "assignee")}
"""


@dataclass(frozen=True)
class Group:
    """The tasks of one value of the field that groups: how many fit, and the sums of their numbers by field."""

    value: str
    count: int
    sums: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """The groups of a table in their order, the totals of all, and the first rows, each with its ``group_value``."""

    groups: Sequence[Group]
    total: Group
    rows: Sequence[Mapping[str, Any]]


def read_table(
    board_id: str, chosen: CardFilter, layout: TableLayout, *, kept: Collection[str] = ()
) -> Table:
    """The groups and the first rows of a board's table; those of `kept` also where they are empty.

    The caller has checked access.
    """
    parameters = {**chosen.parameters(), "board_id": board_id}
    counted = sql.rows(composed(_groups, chosen, layout.group), {**parameters, "limit": MAX_GROUPS})
    groups = [_group(row) for row in counted]
    total = Group(
        ALL,
        sum(group.count for group in groups),
        {name: _sum(group.sums[name] for group in groups) for name in _names(SUMMED)},
    )
    full = {group.value for group in groups}
    empty = [Group(value, 0, dict.fromkeys(_names(SUMMED))) for value in kept if value not in full]
    return Table([*groups, *empty], total, list_rows(board_id, chosen, layout))


def list_rows(
    board_id: str,
    chosen: CardFilter,
    layout: TableLayout,
    *,
    groups: Sequence[str] | None = None,
    after: str | None = None,
    limit: int = ROWS_PER_PAGE,
) -> list[dict[str, Any]]:
    """The next rows behind the task `after`, of some groups or of all; the caller has checked access.

    Raises:
        NotFound: there is no task `after` on the board.
    """
    parameters = {**chosen.parameters(), "board_id": board_id, "limit": limit}
    if groups is not None:
        parameters["groups"] = list(groups)
    if after is not None:
        parameters["after"] = after
        if sql.scalar(_ON_BOARD, {"board_id": board_id, "after": after}) is None:
            raise NotFound()
    how = layout.sort, layout.descending, layout.group
    statement = composed(_page, chosen, *how, groups is not None, after is not None)
    return task_rows(statement, parameters)


def iterate_rows(
    board_id: str, chosen: CardFilter, layout: TableLayout, *, page: int, most: int
) -> Iterator[dict[str, Any]]:
    """The rows of a table, at most so many, read in pages: for a file that is sent while it is read."""
    after = None
    for _ in range(most // page):
        rows = list_rows(board_id, chosen, layout, after=after, limit=page)
        yield from rows
        if len(rows) < page:
            return
        after = rows[-1]["task_id"]


def find_row(board_id: str, task_id: str, group: str | None) -> dict[str, Any] | None:
    """One live task of a board as a row, whatever the filter; None where it is gone. The caller has checked access."""
    found = task_rows(_one(group), {"board_id": board_id, "task_id": task_id})
    return found[0] if found else None


def is_group_value(layout: TableLayout, value: str) -> bool:
    """Whether a text can be the value of a group."""
    if layout.group is None:
        return value == ALL
    kind = TABLE_FIELDS[layout.group].kind
    if isinstance(kind, Choice):
        return value in kind.options
    return value == NONE or is_uuid(value)


_ON_BOARD = text("""
    SELECT 1
    FROM   tasks
    WHERE  board_id = :board_id AND task_id = CAST(:after AS uuid)
""")


def _value(group: str | None) -> str:
    return f"'{ALL}'" if group is None else group_value(TABLE_FIELDS[group])


def _keys(sort: str | None, group: str | None, *, descending: bool) -> tuple[Key, ...]:
    keys = order_keys(None if sort is None else TABLE_FIELDS[sort], descending=descending)
    if group is None:
        return keys
    # Two people may share a name: their groups stay apart by their ids.
    return (group_key(TABLE_FIELDS[group]), Key(_value(group)), *keys)


@lru_cache(MAX_STATEMENTS)
def _groups(group: str | None, fitting: str) -> TextClause:
    key = "1" if group is None else f"min({group_key(TABLE_FIELDS[group]).sql})"
    descending = group is not None and group_key(TABLE_FIELDS[group]).descending
    sums = "".join(f", sum(k.{name}) AS sum_{name}" for name in _names(SUMMED))
    return text(f"""
    SELECT {_value(group)} AS value, count(*) AS tasks, {key} AS place{sums}
    FROM   {_SORTED_TABLES}
    WHERE  k.board_id = :board_id AND k.deleted_at IS NULL AND {fitting}
    GROUP  BY 1
    ORDER  BY {Key("3", descending).ordering}, 1
    LIMIT  :limit
    """)


@lru_cache(MAX_STATEMENTS)
def _page(
    sort: str | None,
    descending: bool,
    group: str | None,
    in_groups: bool,
    is_later: bool,
    fitting: str,
) -> TextClause:
    keys = _keys(sort, group, descending=descending)
    place = f"""
    WITH p AS MATERIALIZED (
        SELECT {selected(keys)}
        FROM   {_SORTED_TABLES}
        WHERE  k.task_id = CAST(:after AS uuid) AND k.board_id = :board_id)"""
    return text(f"""
    {place if is_later else ""}
    SELECT {REFERENCE}, {SHOWN}, {_value(group)} AS group_value
    FROM   (SELECT k.*
            FROM   {"p," if is_later else ""} {_SORTED_TABLES}
            WHERE  k.board_id = :board_id AND k.deleted_at IS NULL AND {fitting}
                   {f"AND {_value(group)} = ANY(CAST(:groups AS text[]))" if in_groups else ""}
                   {f"AND {is_behind(keys)}" if is_later else ""}
            ORDER  BY {ordering(keys)}
            LIMIT  :limit) k
           {NAMED_BY}
    ORDER  BY {ordering(keys)}
    """)


@cache
def _one(group: str | None) -> TextClause:
    return text(f"""
    SELECT {REFERENCE}, {SHOWN}, {_value(group)} AS group_value
    FROM   tasks k
           {NAMED_BY}
    WHERE  k.board_id = :board_id AND k.task_id = CAST(:task_id AS uuid) AND k.deleted_at IS NULL
    """)


def _names(fields: Sequence[Any]) -> list[str]:
    return [field.name for field in fields]


def _group(row: Mapping[str, Any]) -> Group:
    return Group(row["value"], row["tasks"], {name: row[f"sum_{name}"] for name in _names(SUMMED)})


def _sum(values: Any) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
