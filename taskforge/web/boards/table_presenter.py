"""A board's table: its heads, its groups, and its rows, which are rendered once for all who may do the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, url_for
from markupsafe import Markup

from taskforge import clock
from taskforge.boards.statuses import STATUS_NAMES
from taskforge.tasks.board.filter_base import FORMER_MEMBER, NONE
from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.queries import BoardView
from taskforge.tasks.field_kinds import BoardColumn, Choice, Person
from taskforge.tasks.table.layout import (
    COLUMNS,
    DESCENDING,
    GROUP,
    OFFERED_COLUMNS,
    OFFERED_GROUPS,
    OFFERED_ORDERS,
    SORT,
    TABLE_FIELDS,
    TableLayout,
)
from taskforge.tasks.table.queries import ALL, SUMMED, Group, Table
from taskforge.teams.access import Membership
from taskforge.text.people import person_of
from taskforge.web.boards.cards import PLACEHOLDER_ID
from taskforge.web.boards.parameters import pairs_of

MAX_KEPT_ROWS = 5_000
Query = Mapping[str, Any]


class Row(NamedTuple):
    """All that a row's HTML depends on: the key of the rows that are kept. Of the viewer it holds rights and zone."""

    task_id: str
    key: str
    status: str
    version: int
    values: tuple[Any, ...]  # of the columns, the title first
    names: tuple[str, ...]  # the addresses of their fields
    may: tuple[bool, ...]  # whether each of them may be changed
    may_move: bool
    column: tuple[str, int, str]  # name, hue, status
    assignee: Any
    url: str
    zone: str | None  # in which the times among the values are written; None where there are none
    board: tuple[str, str] | None = None  # name and address, in a table of several boards


def render_rows(
    rows: Iterable[Mapping[str, Any]], layout: TableLayout, membership: Membership
) -> list[Markup]:
    """The HTML of each row; equal rows are rendered once."""
    render = _render_row.__wrapped__ if current_app.debug else _render_row
    root = url_for("tasks.show", task_id=PLACEHOLDER_ID).removesuffix(PLACEHOLDER_ID)
    names = tuple(field.address for field in layout.fields)
    may = tuple(membership.may(field.permission) for field in layout.fields)
    may_move = membership.may(TABLE_FIELDS["column"].permission)
    return [render(_show_row(row, root, names, may, may_move)) for row in rows]


def render_rows_of_boards(
    rows: Iterable[Mapping[str, Any]], names: tuple[str, ...]
) -> list[Markup]:
    """The HTML of rows of several boards, each with the ``permissions`` on its own; `names` are the columns."""
    root = url_for("tasks.show", task_id=PLACEHOLDER_ID).removesuffix(PLACEHOLDER_ID)
    boards = url_for("boards.show", board_id=PLACEHOLDER_ID).removesuffix(PLACEHOLDER_ID)
    fields = [TABLE_FIELDS[name] for name in names]
    rendered = []
    for row in rows:
        held = row["permissions"]
        may = tuple(field.permission in held for field in fields)
        shown = _show_row(row, root, names, may, TABLE_FIELDS["column"].permission in held)
        board = (row["board_name"], boards + row["board_id"])
        rendered.append(_render_row(shown._replace(board=board)))
    return rendered


def _show_row(
    row: Mapping[str, Any],
    root: str,
    names: tuple[str, ...],
    may: tuple[bool, ...],
    may_move: bool,
) -> Row:
    values = tuple(_hashable(row[TABLE_FIELDS[name].name]) for name in names)
    has_times = any(isinstance(value, datetime) for value in values)
    return Row(
        task_id=row["task_id"],
        key=row["key"],
        status=row["status"],
        version=row["version"],
        values=values,
        names=names,
        may=may,
        may_move=may_move,
        column=(row["column_name"], row["column_hue"], row["status"]),
        assignee=person_of(
            row["assignee_id"], row["assignee_name"], picture=row["assignee_picture"]
        ),
        url=root + row["task_id"],
        zone=clock.reader_zone().key if has_times else None,
    )


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=MAX_KEPT_ROWS)
def _render_row(row: Row) -> Markup:
    macros = current_app.jinja_env.get_template("_macros/table.html").module
    cells = [
        (TABLE_FIELDS[name], value, may)
        for name, value, may in zip(row.names, row.values, row.may, strict=True)
    ]
    rendered: Markup = macros.table_row(row, cells)  # type: ignore[attr-defined]
    return rendered


def show_groups(
    table: Table, view: BoardView, card_filter: CardFilter, layout: TableLayout, rows: list[Markup]
) -> list[dict[str, Any]]:
    """The groups with their name, totals and rendered rows, and the address of the rows that follow."""
    shown: dict[str, list[tuple[str, Markup]]] = {}
    for row, html in zip(table.rows, rows, strict=True):
        shown.setdefault(row["group_value"], []).append((row["task_id"], html))
    groups = []
    for group in table.groups:
        own = shown.get(group.value, [])
        last = own[-1][0] if own else None
        groups.append(
            {
                **_name(group.value, view, layout, table.rows),
                "value": group.value,
                "count": group.count,
                "sums": show_sums(group),
                "rows": [html for _, html in own],
                "rest_count": max(0, group.count - len(own)),
                "more_url": more_url(view.row["board_id"], card_filter, layout, group.value, last),
            }
        )
    return groups


def more_url(
    board_id: str, card_filter: CardFilter, layout: TableLayout, value: str, after: str | None
) -> str:
    """The address of the next rows of a group, behind the task `after` or from the start."""
    address: dict[str, Any] = {**card_filter.query(), **layout.query(), "in": value}
    if after is not None:
        address["after"] = after
    return url_for("boards.table_rows", board_id=board_id, **address)


def show_sums(group: Group) -> list[tuple[str, str]]:
    """The label and the text of each sum that is not empty."""
    found = []
    for field in SUMMED:
        value = group.sums[field.name]
        if value is not None:
            found.append((field.label, field.kind.text(value)))
    return found


def show_heads(layout: TableLayout, query: Query) -> list[dict[str, Any]]:
    """The heads of the columns: label, how it is sorted by now ("asc", "desc" or ""), the query that sorts by it."""
    heads = []
    for field in layout.fields:
        name = field.address
        is_sorted = layout.sort == name
        sort = (
            f"{DESCENDING}{name}"
            if is_sorted and not layout.descending
            else None
            if is_sorted
            else name
        )
        heads.append(
            {
                "name": name,
                "label": field.label,
                "sorted": ("desc" if layout.descending else "asc") if is_sorted else "",
                "query": _with(query, SORT, sort) if name in OFFERED_ORDERS else None,
            }
        )
    return heads


def show_choices(layout: TableLayout, query: Query) -> dict[str, Any]:
    """What the menus offer: groups, as (label, query, is chosen), and columns, as (name, label, is shown)."""
    none = ("No groups", _with(query, GROUP, None), layout.group is None)
    return {
        "groups": [
            none,
            *(
                (f"By {TABLE_FIELDS[name].words}", _with(query, GROUP, name), layout.group == name)
                for name in OFFERED_GROUPS
            ),
        ],
        "columns": [
            (name, TABLE_FIELDS[name].label, name in layout.columns) for name in OFFERED_COLUMNS
        ],
        "kept": pairs_of(_with(query, COLUMNS, None)),
    }


def _with(query: Query, name: str, value: str | None) -> dict[str, Any]:
    left = {other: given for other, given in query.items() if other != name}
    return left if value is None else {**left, name: value}


def _name(
    value: str, view: BoardView, layout: TableLayout, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The name of a group, and what is drawn with it: an icon with its hue, or a person."""
    plain: dict[str, Any] = {"name": "", "icon": None, "hue": None, "person": None}
    if value == ALL or layout.group is None:
        return plain
    kind = TABLE_FIELDS[layout.group].kind
    if isinstance(kind, BoardColumn):
        for column in view.columns:
            if column["column_id"] == value:
                icon = f"status-{column['status']}"
                return {**plain, "name": column["name"], "icon": icon, "hue": column["hue"]}
    if isinstance(kind, Choice):
        prefix = "status" if value in STATUS_NAMES else "priority"
        return {**plain, "name": kind.options.get(value, value), "icon": f"{prefix}-{value}"}
    if isinstance(kind, Person) and value != NONE:
        return {**plain, "name": FORMER_MEMBER, **_person(value, view, rows)}
    return {**plain, "name": "Nobody" if isinstance(kind, Person) else value}


def _person(user_id: str, view: BoardView, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    for one in view.people:
        if one["user_id"] == user_id:
            name = one["display_name"]
            return {"name": name, "person": person_of(user_id, name, picture=one["picture"])}
    for row in rows:  # somebody who sees the board no more
        if row["assignee_id"] == user_id and row["assignee_name"]:
            return {
                "name": row["assignee_name"],
                "person": person_of(user_id, row["assignee_name"]),
            }
    return {}
