"""Where a task goes: columns, WIP limits and rank strings, all under the board's lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fractional_indexing import generate_key_between, generate_n_keys_between
from sqlalchemy import Row, text

from taskforge.boards.access import LockedBoard
from taskforge.errors import Conflict, InvalidInput, WipLimitReached
from taskforge.stores.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Place:
    """A column, the status that goes with it, and a rank inside it."""

    column_id: str
    status: str
    rank: str


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
        WipLimitReached: the column is full (a task that is in it already counts as no new one).
    """
    column = _find_column(uow, board, column_id, status)
    _check_limit(uow, board, column, task_id)
    last = uow.execute(
        text(
            "SELECT max(rank) FROM tasks WHERE board_id = :board_id AND column_id = :column_id"
            " AND deleted_at IS NULL AND task_id IS DISTINCT FROM CAST(:task_id AS uuid)"
        ),
        {"board_id": board.board_id, "column_id": column.column_id, "task_id": task_id},
    ).scalar()
    return Place(column.column_id, column.status, generate_key_between(last, None))


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
        WipLimitReached: the column has no room for all of them; ends with the sentence `refused`.
    """
    column = _find_column(uow, board, column_id, status)
    held = uow.execute(
        text(
            "SELECT count(*) AS tasks, max(rank) AS last_rank FROM tasks"
            " WHERE board_id = :board_id AND column_id = :column_id AND deleted_at IS NULL"
        ),
        {"board_id": board.board_id, "column_id": column.column_id},
    ).one()
    if column.wip_limit is not None and held.tasks + number > column.wip_limit:
        raise WipLimitReached(
            f"“{column.name}” has {held.tasks} of {column.wip_limit} tasks:"
            f" {number} more {'does' if number == 1 else 'do'} not fit. {refused}"
        )
    ranks = generate_n_keys_between(held.last_rank, None, number)
    return [Place(column.column_id, column.status, rank) for rank in ranks]


def place_between(
    uow: UnitOfWork,
    board: LockedBoard,
    *,
    task_id: str,
    column_id: str,
    before_id: str | None,
    after_id: str | None,
) -> Place:
    """The place just above `before_id`, else just below `after_id`, else at the end of the column.

    A neighbour that somebody moved away in the meantime is passed over.

    Raises:
        InvalidInput: no such column on this board, or a neighbour that never was on it.
        WipLimitReached: the column is full.
    """
    named = {"before_id": before_id, "after_id": after_id}
    neighbours = _neighbour_ranks(
        uow, board, column_id, {name: given for name, given in named.items() if given}
    )
    upper = neighbours.get(before_id) if before_id else None
    lower = neighbours.get(after_id) if after_id else None
    if upper is None and lower is None:
        return place_at_end(uow, board, column_id=column_id, task_id=task_id)
    column = _find_column(uow, board, column_id, None)
    _check_limit(uow, board, column, task_id)
    comparison, anchor = ("<", upper) if upper is not None else (">", lower)
    extreme = "max" if upper is not None else "min"
    other = uow.execute(
        text(
            f"SELECT {extreme}(rank) FROM tasks WHERE board_id = :board_id AND column_id = :column_id"
            f" AND deleted_at IS NULL AND task_id <> :task_id AND rank {comparison} :anchor"
        ),
        {"board_id": board.board_id, "column_id": column_id, "task_id": task_id, "anchor": anchor},
    ).scalar()
    low, high = (other, anchor) if upper is not None else (anchor, other)
    return Place(column_id, column.status, generate_key_between(low, high))


def place_back(
    uow: UnitOfWork, board: LockedBoard, *, task_id: str, column_id: str, rank: str
) -> Place:
    """The place that a task had before: in the same column between the same neighbours, where its old rank leads.

    Where somebody took just that rank in the meantime, the place is above theirs.

    Raises:
        Conflict: the column is gone.
        WipLimitReached: the column is full.
    """
    column = uow.execute(
        text(
            "SELECT column_id, name, status, wip_limit, deleted_at FROM columns"
            " WHERE board_id = :board_id AND column_id = :column_id"
        ),
        {"board_id": board.board_id, "column_id": column_id},
    ).one()
    if column.deleted_at is not None:
        raise Conflict(
            f"The column “{column.name}” is gone, so the card can't go back there. Move it to another one."
        )
    _check_limit(uow, board, column, task_id)
    around = uow.execute(
        text(
            "SELECT max(rank) FILTER (WHERE rank < :rank) AS above, bool_or(rank = :rank) AS taken FROM tasks"
            " WHERE board_id = :board_id AND column_id = :column_id AND deleted_at IS NULL AND task_id <> :task_id"
        ),
        {"board_id": board.board_id, "column_id": column_id, "task_id": task_id, "rank": rank},
    ).one()
    free = generate_key_between(around.above, rank) if around.taken else rank
    return Place(column_id, column.status, free)


def place_wished(
    uow: UnitOfWork, board: LockedBoard, task_id: str, wished: Mapping[str, Any]
) -> Place:
    """The place that an edit asks for by column_id, status, before_id, after_id. Raises like `place_between`."""
    column_id = wished.get("column_id")
    neighbours = {name: wished[name] for name in ("before_id", "after_id") if name in wished}
    if not neighbours or column_id is None:
        return place_at_end(
            uow, board, column_id=column_id, status=wished.get("status"), task_id=task_id
        )
    return place_between(
        uow,
        board,
        task_id=task_id,
        column_id=column_id,
        before_id=neighbours.get("before_id"),
        after_id=neighbours.get("after_id"),
    )


def spread_ranks(uow: UnitOfWork, board: LockedBoard, column_id: str) -> dict[str, str]:
    """Give the tasks of a column short ranks again, in the same order; the new ranks by task id.

    Needed only after some hundred insertions into one gap have made the strings long.
    """
    ordered = uow.execute(
        text(
            "SELECT task_id FROM tasks WHERE board_id = :board_id AND column_id = :column_id"
            " AND deleted_at IS NULL ORDER BY rank, task_id"
        ),
        {"board_id": board.board_id, "column_id": column_id},
    ).scalars()
    task_ids = list(ordered)
    ranks = dict(zip(task_ids, generate_n_keys_between(None, None, len(task_ids)), strict=True))
    uow.execute(
        text(
            "UPDATE tasks SET rank = fresh.rank FROM unnest(CAST(:task_ids AS uuid[]), CAST(:ranks AS text[]))"
            " AS fresh(task_id, rank) WHERE tasks.task_id = fresh.task_id"
        ),
        {"task_ids": list(ranks), "ranks": list(ranks.values())},
    )
    return ranks


def _find_column(
    uow: UnitOfWork, board: LockedBoard, column_id: str | None, status: str | None
) -> Row[tuple[str, str, str, int]]:
    found = uow.execute(
        text(
            "SELECT column_id, name, status, wip_limit FROM columns WHERE board_id = :board_id AND deleted_at IS NULL"
            " AND (CAST(:column_id AS uuid) IS NULL OR column_id = CAST(:column_id AS uuid))"
            " AND (CAST(:status AS text) IS NULL OR status = :status) ORDER BY rank LIMIT 1"
        ),
        {"board_id": board.board_id, "column_id": column_id, "status": status},
    ).first()
    if found is not None:
        return found
    if column_id is not None:
        raise InvalidInput.about(
            "column_id", "must be a column of this task's board, with a matching status"
        )
    raise InvalidInput.about("status", "has no column on this board")


def _check_limit(
    uow: UnitOfWork, board: LockedBoard, column: Row[tuple[str, str, str, int]], task_id: str | None
) -> None:
    if column.wip_limit is None:
        return
    held = uow.execute(
        text(
            "SELECT count(*) AS others, coalesce(bool_or(task_id = CAST(:task_id AS uuid)), false) AS inside"
            " FROM tasks WHERE board_id = :board_id AND column_id = :column_id AND deleted_at IS NULL"
        ),
        {"board_id": board.board_id, "column_id": column.column_id, "task_id": task_id},
    ).one()
    if not held.inside and held.others >= column.wip_limit:
        raise WipLimitReached(
            f"“{column.name}” is full: {held.others} of {column.wip_limit} tasks. Finish or move one first."
        )


def _neighbour_ranks(
    uow: UnitOfWork, board: LockedBoard, column_id: str, wanted: Mapping[str, str]
) -> dict[str, str]:
    """The ranks of those neighbours that are in the column, by id; `wanted` holds ids by the field that named them."""
    if not wanted:
        return {}
    found = uow.execute(
        text(
            "SELECT task_id, rank, column_id, deleted_at FROM tasks WHERE board_id = :board_id"
            " AND task_id = ANY(CAST(:task_ids AS uuid[]))"
        ),
        {"board_id": board.board_id, "task_ids": list(wanted.values())},
    ).all()
    on_board = {near.task_id for near in found}
    for name, task_id in wanted.items():
        if task_id not in on_board:
            raise InvalidInput.about(name, "must be a task on the same board")
    return {
        near.task_id: near.rank
        for near in found
        if near.column_id == column_id and near.deleted_at is None
    }
