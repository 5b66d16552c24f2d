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
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.stores.unit_of_work import UnitOfWork

NO_SUCH_COLUMN = "must be a column of this task's board, with a matching status"


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
        prepared(
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
        prepared(
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
    asked = neighbours_query(
        task_id=task_id, column_id=column_id, before_id=before_id, after_id=after_id
    )
    found = uow.row(_BETWEEN_ALONE, {**asked.parameters, "board_id": board.board_id})
    return place_found(found, before_id=before_id, after_id=after_id)


def neighbours_query(
    *, task_id: str, column_id: str, before_id: str | None, after_id: str | None
) -> JoinedQuery:
    """What `place_between` reads, to be joined to the board's lock; `place_found` makes a place of its row."""
    return JoinedQuery(
        _BETWEEN,
        {
            "task_id": task_id,
            "column_id": column_id,
            "before_id": before_id,
            "after_id": after_id,
        },
    )


def place_found(found: sql.Row | None, *, before_id: str | None, after_id: str | None) -> Place:
    """The place that the row of `neighbours_query` leads to. Raises like `place_between`."""
    assert found is not None  # it is one row, even where there is no column
    for name, given in (("before_id", before_id), ("after_id", after_id)):
        if given and given not in (found["above_id"], found["below_id"]):
            raise InvalidInput.about(name, "must be a task on the same board")
    if found["column_id"] is None:
        raise InvalidInput.about("column_id", NO_SUCH_COLUMN)
    if not found["inside"]:
        _refuse_full(found["name"], found["wip_limit"], found["in_column"])
    if found["upper"] is not None:
        low, high = found["nearest"], found["upper"]
    elif found["lower"] is not None:
        low, high = found["lower"], found["nearest"]
    else:
        low, high = found["nearest"], None
    return Place(found["column_id"], found["status"], generate_key_between(low, high))


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
        prepared(
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
        prepared(
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
        prepared(
            "SELECT task_id FROM tasks WHERE board_id = :board_id AND column_id = :column_id"
            " AND deleted_at IS NULL ORDER BY rank, task_id"
        ),
        {"board_id": board.board_id, "column_id": column_id},
    ).scalars()
    task_ids = list(ordered)
    ranks = dict(zip(task_ids, generate_n_keys_between(None, None, len(task_ids)), strict=True))
    uow.execute(
        prepared(
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
        prepared(
            "SELECT column_id, name, status, wip_limit FROM columns WHERE board_id = :board_id AND deleted_at IS NULL"
            " AND (CAST(:column_id AS uuid) IS NULL OR column_id = CAST(:column_id AS uuid))"
            " AND (CAST(:status AS text) IS NULL OR status = :status) ORDER BY rank LIMIT 1"
        ),
        {"board_id": board.board_id, "column_id": column_id, "status": status},
    ).first()
    if found is not None:
        return found
    if column_id is not None:
        raise InvalidInput.about("column_id", NO_SUCH_COLUMN)
    raise InvalidInput.about("status", "has no column on this board")


def _check_limit(
    uow: UnitOfWork, board: LockedBoard, column: Row[tuple[str, str, str, int]], task_id: str | None
) -> None:
    if column.wip_limit is None:
        return
    held = uow.execute(
        prepared(
            "SELECT count(*) AS others, coalesce(bool_or(task_id = CAST(:task_id AS uuid)), false) AS inside"
            " FROM tasks WHERE board_id = :board_id AND column_id = :column_id AND deleted_at IS NULL"
        ),
        {"board_id": board.board_id, "column_id": column.column_id, "task_id": task_id},
    ).one()
    if not held.inside:
        _refuse_full(column.name, column.wip_limit, held.others)


def _refuse_full(name: str, limit: int | None, held: int | None) -> None:
    if limit is not None and held is not None and held >= limit:
        raise WipLimitReached(
            f"“{name}” is full: {held} of {limit} tasks. Finish or move one first."
        )


# All that a place between neighbours needs to know. ``upper`` and ``lower`` are the neighbours' ranks as far as they
# are in the column; ``nearest`` is the rank on the other side of the gap: of the last task, if there is no neighbour.
_OTHERS = "FROM tasks k WHERE k.board_id = b.board_id AND k.column_id = c.column_id AND k.deleted_at IS NULL"
_BETWEEN = (
    "SELECT c.column_id, c.name, c.status, c.wip_limit, above.task_id AS above_id, below.task_id AS below_id,"
    f" CASE WHEN c.wip_limit IS NOT NULL THEN (SELECT count(*) {_OTHERS}) END AS in_column,"
    f" EXISTS (SELECT {_OTHERS} AND k.task_id = :task_id) AS inside, near.upper, near.lower,"
    f" CASE WHEN near.upper IS NOT NULL THEN (SELECT max(k.rank) {_OTHERS} AND k.task_id <> :task_id"
    f" AND k.rank < near.upper) WHEN near.lower IS NOT NULL THEN (SELECT min(k.rank) {_OTHERS}"
    f" AND k.task_id <> :task_id AND k.rank > near.lower)"
    f" ELSE (SELECT max(k.rank) {_OTHERS} AND k.task_id <> :task_id) END AS nearest"
    " FROM (SELECT) one"
    " LEFT JOIN columns c ON c.board_id = b.board_id AND c.column_id = :column_id AND c.deleted_at IS NULL"
    " LEFT JOIN tasks above ON above.board_id = b.board_id AND above.task_id = CAST(:before_id AS uuid)"
    " LEFT JOIN tasks below ON below.board_id = b.board_id AND below.task_id = CAST(:after_id AS uuid)"
    " CROSS JOIN LATERAL (SELECT"
    " CASE WHEN above.column_id = c.column_id AND above.deleted_at IS NULL THEN above.rank END AS upper,"
    " CASE WHEN below.column_id = c.column_id AND below.deleted_at IS NULL THEN below.rank END AS lower) near"
)
_BETWEEN_ALONE = prepared(
    f"SELECT joined.* FROM boards b CROSS JOIN LATERAL ({_BETWEEN}) joined WHERE b.board_id = :board_id"
)
