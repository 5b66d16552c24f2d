"""Where a task goes: columns, WIP limits and rank strings, all under the board's lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fractional_indexing import generate_key_between, generate_n_keys_between

from taskforge.boards.access import LockedBoard
from taskforge.errors import Conflict, InvalidInput, WipLimitReached
from taskforge.stores import sql
from taskforge.stores.sql import JoinedQuery
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.editing.queries import (
    COLUMN_EVEN_DELETED,
    END_OF_COLUMN,
    END_OF_COLUMN_ALONE,
    NEIGHBOURS,
    NEIGHBOURS_ALONE,
    RANK_ABOVE,
)
from taskforge.teams.permissions import Permission

NO_MEMBER = "must be a member of this team"
NO_SUCH_COLUMN = "must be a column of this task's board, with a matching status"


@dataclass(frozen=True)
class Place:
    """A column, the status that goes with it, and a rank inside it.

    ``over_limit`` says that the column is above its WIP limit with this task: its ``limit``, and the ``count`` of its
    tasks then. It is recorded in the audit event, and is no field of the task.
    """

    column_id: str
    status: str
    rank: str
    over_limit: Mapping[str, int] | None = None


def place_at_end(
    uow: UnitOfWork,
    board: LockedBoard,
    *,
    column_id: str | None = None,
    status: str | None = None,
    task_id: str | None = None,
) -> Place:
    """The place below all tasks of a column: the named one, else the first of a status, else the board's first.

    Raises:
        InvalidInput: the board has no such column or none with that status.
        WipLimitReached: the column is full (a task that is in it already counts as no new one), and limits are hard.
    """
    end = end_query(column_id=column_id, status=status, task_id=task_id)
    return place_found_at_end(board, _read_end(uow, board, end), column_id=column_id)


def end_query(
    *,
    column_id: str | None = None,
    status: str | None = None,
    task_id: str | None = None,
    assignee_id: str | None = None,
) -> JoinedQuery:
    """What `place_at_end` reads, to be joined to the board's lock; `place_found_at_end` makes a place of its row."""
    task = {"task_id": task_id, "assignee_id": assignee_id}
    return JoinedQuery(END_OF_COLUMN, {"column_id": column_id, "status": status, **task})


def place_found_at_end(
    board: LockedBoard,
    found: sql.Row | None,
    *,
    column_id: str | None = None,
    assignee_id: str | None = None,
) -> Place:
    """The place that the row of `end_query` leads to.

    Raises:
        InvalidInput, WipLimitReached: like `place_at_end`; or the assignee does not belong to the team.
    """
    assert found is not None
    if assignee_id is not None and not found["may_assign"]:
        raise InvalidInput.about("assignee_id", NO_MEMBER)
    if found["column_id"] is None:
        raise _no_column(column_id)
    over_limit = _limit_found(board, found)
    rank = generate_key_between(found["last_rank"], None)
    return Place(found["column_id"], found["status"], rank, over_limit)


def places_at_end(
    uow: UnitOfWork,
    board: LockedBoard,
    *,
    column_id: str | None = None,
    status: str | None = None,
    number: int,
    refused: str = "Nothing was added.",
) -> list[Place]:
    """The places of several tasks that come to a column, or to the first of a status, below all others, in their order.

    Raises:
        InvalidInput: the board has no such column.
        WipLimitReached: the column has no room for all of them, and limits are hard; ends with the sentence `refused`.
    """
    found = _read_end(uow, board, end_query(column_id=column_id, status=status))
    if found["column_id"] is None:
        raise _no_column(column_id)
    limit, held = found["wip_limit"], found["in_column"] or 0
    if board.hard_limits and limit is not None and held + number > limit:
        raise WipLimitReached(
            f"“{found['name']}” has {held} of {limit} tasks:"
            f" {number} more {'does' if number == 1 else 'do'} not fit. {refused}"
        )
    ranks = generate_n_keys_between(found["last_rank"], None, number)
    return [
        Place(found["column_id"], found["status"], rank, _over(limit, held + step))
        for step, rank in enumerate(ranks, start=1)
    ]


def place_between(
    uow: UnitOfWork,
    board: LockedBoard,
    *,
    task_id: str,
    column_id: str,
    before_id: str | None,
    after_id: str | None,
    anyway: bool = False,
) -> Place:
    """The place just above `before_id`, else just below `after_id`, else at the end of the column.

    A neighbour that was moved to another column in the meantime is ignored.

    Raises:
        InvalidInput: no such column on this board, or a neighbour that never was on it.
        WipLimitReached: the column is full, limits are hard, and this is not to be done `anyway` by somebody who may.
    """
    neighbours = neighbours_query(
        task_id=task_id, column_id=column_id, before_id=before_id, after_id=after_id
    )
    found = uow.row(NEIGHBOURS_ALONE, {**neighbours.parameters, "board_id": board.board_id})
    return place_found(board, found, before_id=before_id, after_id=after_id, anyway=anyway)


def neighbours_query(
    *, task_id: str, column_id: str, before_id: str | None, after_id: str | None
) -> JoinedQuery:
    """What `place_between` reads, to be joined to the board's lock; `place_found` makes a place of its row."""
    return JoinedQuery(
        NEIGHBOURS,
        {
            "task_id": task_id,
            "column_id": column_id,
            "before_id": before_id,
            "after_id": after_id,
        },
    )


def place_found(
    board: LockedBoard,
    found: sql.Row | None,
    *,
    before_id: str | None,
    after_id: str | None,
    anyway: bool = False,
) -> Place:
    """The place that the row of `neighbours_query` leads to. Raises like `place_between`."""
    assert found is not None  # it is one row, even where there is no column
    for name, given in (("before_id", before_id), ("after_id", after_id)):
        if given and given not in (found["above_id"], found["below_id"]):
            raise InvalidInput.about(name, "must be a task on the same board")
    if found["column_id"] is None:
        raise InvalidInput.about("column_id", NO_SUCH_COLUMN)
    over_limit = _limit_found(board, found, anyway=anyway)
    if found["upper"] is not None:
        low, high = found["nearest"], found["upper"]
    elif found["lower"] is not None:
        low, high = found["lower"], found["nearest"]
    else:
        low, high = found["nearest"], None
    rank = generate_key_between(low, high)
    return Place(found["column_id"], found["status"], rank, over_limit)


def place_back(
    uow: UnitOfWork, board: LockedBoard, *, task_id: str, column_id: str, rank: str
) -> Place:
    """The place that a task had before: in the same column between the same neighbours, where its old rank leads.

    Where another task has that rank by now, the place is just above that task.

    Raises:
        Conflict: the column was deleted.
        WipLimitReached: the column is full, and limits are hard.
    """
    place = {"board_id": board.board_id, "column_id": column_id, "task_id": task_id}
    column = uow.row(COLUMN_EVEN_DELETED, place)
    assert column is not None
    if column["deleted_at"] is not None:
        raise Conflict(
            f"The column “{column['name']}” is gone, so the card can't go back there. Move it to another one."
        )
    over_limit = _limit_found(board, column)
    around = uow.execute(RANK_ABOVE, {**place, "rank": rank}).mappings().one()
    free = generate_key_between(around["above"], rank) if around["taken"] else rank
    return Place(column_id, column["status"], free, over_limit)


def place_requested(
    uow: UnitOfWork, board: LockedBoard, task_id: str, changes: Mapping[str, Any]
) -> Place:
    """The place that an edit requests by column_id, status, before_id, after_id, anyway.

    Raises like `place_between`.
    """
    column_id = changes.get("column_id")
    neighbours = {name: changes[name] for name in ("before_id", "after_id") if name in changes}
    if not neighbours or column_id is None:
        return place_at_end(
            uow, board, column_id=column_id, status=changes.get("status"), task_id=task_id
        )
    return place_between(
        uow,
        board,
        task_id=task_id,
        column_id=column_id,
        before_id=neighbours.get("before_id"),
        after_id=neighbours.get("after_id"),
        anyway=changes.get("anyway", False),
    )


def _read_end(uow: UnitOfWork, board: LockedBoard, end: JoinedQuery) -> sql.Row:
    found = uow.row(END_OF_COLUMN_ALONE, {**end.parameters, "board_id": board.board_id})
    assert found is not None  # it is one row, even where there is no column
    return found


def _no_column(column_id: str | None) -> InvalidInput:
    if column_id is not None:
        return InvalidInput.about("column_id", NO_SUCH_COLUMN)
    return InvalidInput.about("status", "has no column on this board")


def _limit_found(
    board: LockedBoard, found: sql.Row, *, anyway: bool = False
) -> Mapping[str, int] | None:
    """What `Place.over_limit` says of a column that takes a task; raises WipLimitReached where limits are hard."""
    if found["inside"] or found["wip_limit"] is None:
        return None
    over_limit = _over(found["wip_limit"], found["in_column"] + 1)
    _refuse_over(board, found["name"], over_limit, anyway=anyway)
    return over_limit


def _over(limit: int | None, count: int) -> Mapping[str, int] | None:
    return None if limit is None or count <= limit else {"limit": limit, "count": count}


def _refuse_over(
    board: LockedBoard, name: str, over_limit: Mapping[str, int] | None, *, anyway: bool
) -> None:
    if over_limit is None or not board.hard_limits:
        return
    may_exceed = Permission.TASK_EXCEED_LIMIT in board.permissions
    if anyway and may_exceed:
        return
    raise WipLimitReached(
        f"“{name}” is full: {over_limit['count'] - 1} of {over_limit['limit']} tasks. Finish or move one first.",
        overridable=may_exceed,
    )
