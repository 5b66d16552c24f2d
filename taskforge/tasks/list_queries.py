"""The list of tasks that the API answers: narrowed by declared fields, in the order of one of them.

A statement is composed of the conditions that are given, once for each set of them, so that each has its own plan.
One with a query is planned each time: there are too many of them to keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    TextClause,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    text,
    true,
)

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.queries import COMPOSED_BOARDS, SEES_BOARD
from taskforge.errors import InvalidInput
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.composed import as_text
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN, task_rows
from taskforge.tasks.board.bucket_filters import NumberFilter
from taskforge.tasks.board.filter_base import TASKS
from taskforge.tasks.fields import BY_NAME
from taskforge.tasks.query.compiler import compile_query
from taskforge.tasks.query.nodes import Query
from taskforge.tasks.query.orders import DESCENDING, ORDERS, OrderType
from taskforge.teams.access import access_team
from taskforge.teams.queries import COMPOSED_MEMBERSHIPS
from taskforge.text.values import is_uuid

MAX_PAGE = 200
# The conditions of a list that is found by an index, whatever other teams have.
NARROW = frozenset({"team_id", "board_id", "assignee_id"})
MAX_STATEMENTS = 512  # that are kept as text, by what they ask for
MAX_KEPT_CONDITION = (
    2_000  # characters of a query's condition: a statement with a longer one is not kept
)
SEPARATOR = " "  # between the value and the id in a place


@dataclass(frozen=True)
class Order:
    """The order of a list: by something, then by id. Tasks without a value come last in both directions."""

    by: OrderType
    descending: bool = False


@dataclass(frozen=True)
class Place:
    """The task behind which a page begins: its id and, in a list with an order, its value."""

    task_id: str
    value: Any = None


@dataclass(frozen=True)
class Fitting:
    """The condition of a query; whether an index finds what fits, whatever other teams have."""

    sql: str
    is_narrow: bool


def read_order(sort: str | None, query: Query | None = None) -> Order | None:
    """The order that the API names (in JSON's words), else that of a query; ``-`` before it means descending.

    None for the oldest first.
    """
    word = sort or (query.sort if query else None)
    if word is None:
        return None
    name = word.removeprefix(DESCENDING)
    by = next(one for one in ORDERS if name == (one.json_name if sort else one.name))
    return Order(by, descending=word != name)


def place_text(row: Mapping[str, Any], order: Order | None) -> str:
    """The place of a task in a list, as the text of a cursor."""
    if order is None:
        return str(row["task_id"])
    return f"{order.by.kind.cursor_text(row[order.by.column])}{SEPARATOR}{row['task_id']}"


def read_place(text: str | None, order: Order | None) -> Place | None:
    """The place that `place_text` wrote; None where the list begins.

    Raises:
        InvalidInput: it is no place of a list in this order.
    """
    if text is None:
        return None
    value_text, separator, task_id = text.rpartition(SEPARATOR)
    if not is_uuid(task_id) or bool(separator) != (order is not None):
        raise InvalidInput.about("cursor", "must be the nextCursor of an earlier answer")
    value = order.by.kind.read_cursor(value_text) if order is not None else None
    return Place(task_id, value)


def list_tasks(
    actor: Actor,
    *,
    team_id: str | None = None,
    board_id: str | None = None,
    limit: int = 50,
    after: Place | None = None,
    order: Order | None = None,
    query: Query | None = None,
    **values: Any,
) -> Sequence[sql.Row]:
    """Live tasks that the actor sees, oldest first or in an `order`, behind a place; at most `limit` (200).

    They fit a `query`, if there is one; its order is not asked (`read_order`).

    `values` narrow it by declared fields (``in_list_filter``): a value, or for numbers a range as in an address.

    Raises:
        NotFound: the team or board is not visible to the actor.
    """
    filters = {"team_id": team_id, "board_id": board_id, **values}
    given = {name: value for name, value in filters.items() if value is not None}
    binds: dict[str, Any] = {"user_id": actor.user_id, "limit": min(limit, MAX_PAGE)}
    for name, value in given.items():
        binds |= _binds(name, value)
    if after is not None:
        value = order.by.bound(after.value) if order and after.value is not None else None
        binds |= {"after_id": after.task_id, "after_value": value}
    behind = None if after is None else "value" if after.value is not None else "id"
    fitting = None
    if query is not None and query.root is not None:
        condition = compile_query(query, actor, at=clock.reader_time())
        fitting = Fitting(condition.sql, bool(NARROW & condition.columns))
        binds |= condition.parameters
    is_kept = fitting is None or len(fitting.sql) <= MAX_KEPT_CONDITION
    make = _kept_statement if is_kept else _make_statement
    found = task_rows(make(tuple(given), order, behind, fitting), binds)
    if not found:  # a task that is visible proves that its board and team are
        if team_id is not None:
            access_team(actor.user_id, team_id)
        if board_id is not None:
            access_board(actor.user_id, board_id)
    return found


def _make_statement(
    given: tuple[str, ...], order: Order | None, behind: str | None, fitting: Fitting | None
) -> TextClause:
    """The statement for just the conditions that are given.

    Names are looked up for the tasks of the page only; a plan that knows no limit would do so for all. How to find
    the tasks of a person depends on how many there are, so that this is planned each time.
    """
    is_planned_once = order is None and fitting is None and "assignee_id" not in given
    page = compose_page(given, order, behind, fitting)
    planned = prepared if is_planned_once else text
    ordering = ", ".join(as_text(part) for part in _ordering(TASKS, order))
    return planned(f"""
    SELECT {REFERENCE}, {SHOWN}
    FROM   ({as_text(page)}) k
           {NAMED_BY}
    ORDER  BY {ordering}
    """)


_kept_statement = lru_cache(MAX_STATEMENTS)(_make_statement)


def compose_page(
    given: Sequence[str], order: Order | None, behind: str | None, fitting: Fitting | None = None
) -> Any:
    """The tasks of one page: those that the user may see and that fit, in their order, behind a place.

    `behind` says what is known of the place: "value" (and id), "id" alone where it has no value, None for the start.

    A list that names neither team nor board nor person takes a page of each of the user's teams, and the first of all
    these: the planner would walk everybody's tasks in the order of ids until it has found enough.
    """
    if not NARROW & set(given) and not (fitting and fitting.is_narrow):
        return _page_of_each_team(given, order, behind, fitting)
    members = COMPOSED_MEMBERSHIPS
    is_member = and_(
        members.c.team_id == TASKS.c.team_id, members.c.user_id == bindparam("user_id")
    )
    return _page(given, order, behind, fitting).join(members, is_member)


def _page_of_each_team(
    given: Sequence[str], order: Order | None, behind: str | None, fitting: Fitting | None
) -> Any:
    members = COMPOSED_MEMBERSHIPS
    of_team = _page(given, order, behind, fitting).where(TASKS.c.team_id == members.c.team_id)
    page = of_team.correlate(members).lateral("page")
    return (
        select(page)
        .select_from(members.join(page, true()))
        .where(members.c.user_id == bindparam("user_id"))
        .order_by(*_ordering(page, order))
        .limit(bindparam("limit"))
    )


def _page(
    given: Sequence[str], order: Order | None, behind: str | None, fitting: Fitting | None
) -> Select[Any]:
    boards = COMPOSED_BOARDS
    conditions: list[ColumnElement[bool]] = [
        TASKS.c.deleted_at.is_(None),
        boards.c.deleted_at.is_(None),
        literal_column(SEES_BOARD, Boolean),
    ]
    conditions += [_condition(name) for name in given]
    if fitting is not None:
        conditions.append(literal_column(f"({fitting.sql})", Boolean))
    if behind is not None:
        conditions.append(_behind(order, behind))
    return (
        select(TASKS)
        .join(boards, boards.c.board_id == TASKS.c.board_id)
        .where(*conditions)
        .order_by(*_ordering(TASKS, order))
        .limit(bindparam("limit"))
    )


def _condition(name: str) -> ColumnElement[bool]:
    """The condition for a given name; its binds are those of `_binds`."""
    by = BY_NAME[name].filter if name in BY_NAME else None
    if isinstance(by, NumberFilter):
        return by.condition(name)
    found: ColumnElement[bool] = TASKS.c[name] == bindparam(name)
    return found


def _binds(name: str, value: Any) -> dict[str, Any]:
    by = BY_NAME[name].filter if name in BY_NAME else None
    return by.binds([value], None) if isinstance(by, NumberFilter) else {name: value}


def _ordering(tasks: FromClause, order: Order | None) -> list[ColumnElement[Any]]:
    by_id: ColumnElement[Any] = tasks.c.task_id
    if order is None:
        return [by_id]
    value = order.by.value(tasks)
    return [(value.desc() if order.descending else value.asc()).nulls_last(), by_id]


def _behind(order: Order | None, behind: str) -> ColumnElement[bool]:
    """Behind the place in the order: further values, the same value with a later id, and at last no value."""
    later: ColumnElement[bool] = TASKS.c.task_id > bindparam("after_id")
    if order is None:
        return later
    value = order.by.value(TASKS)
    if behind == "id":
        return and_(value.is_(None), later)
    last: ColumnElement[Any] = bindparam("after_value")
    further = value < last if order.descending else value > last
    return or_(further, and_(value == last, later), value.is_(None))
