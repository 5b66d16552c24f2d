"""Where a task goes: columns, WIP limits and rank strings, all under the board's lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fractional_indexing import generate_key_between, generate_n_keys_between
from sqlalchemy import Row

from taskforge.boards.access import LockedBoard
from taskforge.errors import Conflict, InvalidInput, WipLimitReached
from taskforge.stores import sql
from taskforge.stores.sql import JoinedQuery
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.editing.queries import (
    COLUMN_EVEN_DELETED,
    COUNT_AND_INSIDE,
    COUNT_AND_LAST_RANK,
    FIRST_COLUMN,
    LAST_RANK,
    NEIGHBOURS,
    NEIGHBOURS_ALONE,
    RANK_ABOVE,
    TASK_IDS_BY_RANK,
    WRITE_RANKS,
)
from taskforge.teams.permissions import Permission

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
    column = _find_column(uow, board, column_id, status)
    over_limit = _check_limit(uow, board, column, task_id)
    last = uow.execute(
        LAST_RANK,
        {"board_id": board.board_id, "column_id": column.column_id, "task_id": task_id},
    ).scalar()
    return Place(column.column_id, column.status, generate_key_between(last, None), over_limit)


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
    column = _find_column(uow, board, column_id, status)
    held = uow.execute(
        COUNT_AND_LAST_RANK,
        {"board_id": board.board_id, "column_id": column.column_id},
    ).one()
    limit = column.wip_limit
    if board.hard_limits and limit is not None and held.tasks + number > limit:
        raise WipLimitReached(
            f"“{column.name}” has {held.tasks} of {limit} tasks:"
            f" {number} more {'does' if number == 1 else 'do'} not fit. {refused}"
        )
    ranks = generate_n_keys_between(held.last_rank, None, number)
    return [
        Place(column.column_id, column.status, rank, _over(limit, held.tasks + step))
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
    over_limit = None
    if not found["inside"] and found["wip_limit"] is not None:
        over_limit = _over(found["wip_limit"], found["in_column"] + 1)
        _refuse_over(board, found["name"], over_limit, anyway=anyway)
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
    column = uow.execute(
        COLUMN_EVEN_DELETED,
        {"board_id": board.board_id, "column_id": column_id},
    ).one()
    if column.deleted_at is not None:
        raise Conflict(
            f"The column “{column.name}” is gone, so the card can't go back there. Move it to another one."
        )
    over_limit = _check_limit(uow, board, column, task_id)
    around = uow.execute(
        RANK_ABOVE,
        {"board_id": board.board_id, "column_id": column_id, "task_id": task_id, "rank": rank},
    ).one()
    free = generate_key_between(around.above, rank) if around.taken else rank
    return Place(column_id, column.status, free, over_limit)


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


def spread_ranks(uow: UnitOfWork, board: LockedBoard, column_id: str) -> dict[str, str]:
    """Give the tasks of a column short ranks again, in the same order; the new ranks by task id.

    Needed only after some hundred insertions into one gap have made the strings long.
    """
    ordered = uow.execute(
        TASK_IDS_BY_RANK,
        {"board_id": board.board_id, "column_id": column_id},
    ).scalars()
    task_ids = list(ordered)
    ranks = dict(zip(task_ids, generate_n_keys_between(None, None, len(task_ids)), strict=True))
    uow.execute(WRITE_RANKS, {"task_ids": list(ranks), "ranks": list(ranks.values())})
    return ranks


def _find_column(
    uow: UnitOfWork, board: LockedBoard, column_id: str | None, status: str | None
) -> Row[tuple[str, str, str, int]]:
    found = uow.execute(
        FIRST_COLUMN,
        {"board_id": board.board_id, "column_id": column_id, "status": status},
    ).first()
    if found is not None:
        return found
    if column_id is not None:
        raise InvalidInput.about("column_id", NO_SUCH_COLUMN)
    raise InvalidInput.about("status", "has no column on this board")


def _check_limit(
    uow: UnitOfWork, board: LockedBoard, column: Row[tuple[str, str, str, int]], task_id: str | None
) -> Mapping[str, int] | None:
    """What `Place.over_limit` says of a column that takes a task; raises WipLimitReached where limits are hard."""
    if column.wip_limit is None:
        return None
    counted = uow.execute(
        COUNT_AND_INSIDE,
        {"board_id": board.board_id, "column_id": column.column_id, "task_id": task_id},
    ).one()
    if counted.inside:
        return None
    over_limit = _over(column.wip_limit, counted.held + 1)
    _refuse_over(board, column.name, over_limit, anyway=False)
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
