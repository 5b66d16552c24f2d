"""Use cases of a board's columns: create and move. What needs to know a column's tasks is in `taskforge.tasks.columns`.

The public functions below the use cases change columns inside the unit of work of the caller.
"""

from __future__ import annotations

from typing import Any

from fractional_indexing import generate_key_between, generate_n_keys_between
from sqlalchemy import insert, text

from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.models import MAX_RANK_LENGTH, Column
from taskforge.boards.service import record_board_change
from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.permissions import Permission

COLUMNS_PER_BOARD = 30

_ENDS = text("""
    SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS column_count, max(rank) AS last_rank
    FROM   columns
    WHERE  board_id = :board_id
""")
_RANK = text("""
    SELECT rank
    FROM   columns
    WHERE  column_id = :column_id AND board_id = :board_id AND deleted_at IS NULL
""")
# The ranks of deleted columns count: the database lets no two columns of a board have the same one.
_NEXT_RANK = text("""
    SELECT min(rank)
    FROM   columns
    WHERE  board_id = :board_id AND rank > coalesce(:rank, '')
           AND column_id IS DISTINCT FROM CAST(:ignored_id AS uuid)
""")
_ALL_RANKS = text("""
    SELECT column_id, rank
    FROM   columns
    WHERE  board_id = :board_id
    ORDER  BY rank
""")
_MOVE = text("UPDATE columns SET rank = :rank, updated_at = :at WHERE column_id = :column_id")
_SPREAD = text("""
    UPDATE columns
    SET    rank = fresh.rank
    FROM   unnest(CAST(:column_ids AS uuid[]), CAST(:ranks AS text[])) AS fresh (column_id, rank)
    WHERE  columns.column_id = fresh.column_id
""")
_UPDATE = text("""
    UPDATE columns
    SET    name = :name, status = :status, hue = :hue, wip_limit = :wip_limit, updated_at = :at
    WHERE  column_id = :column_id
""")


@idempotent
def create_column(
    actor: Actor,
    board_id: str,
    *,
    name: str,
    status: str,
    hue: int,
    wip_limit: int | None = None,
    after_id: str | None = None,
) -> Change:
    """Add a column to the right of `after_id`, or at the right end; ``extra`` holds the ``column_id``.

    Raises:
        NotFound, Forbidden: no access, no permission ``board.edit``, or no such left neighbour.
        Conflict: the board has too many columns.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    column_id = new_id()
    with UnitOfWork(actor, entity_id=board_id, version=0, extra={"column_id": column_id}) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT)
        ends = uow.execute(_ENDS, {"board_id": board_id}).one()
        require_room(ends.column_count)
        shown = {"name": name, "status": status, "hue": hue, "wip_limit": wip_limit}
        left = ends.last_rank if after_id is None else _rank_of(uow, board, after_id)
        rank = generate_key_between(left, _next_rank(uow, board, left))
        place = {"column_id": column_id, "board_id": board_id, "rank": rank}
        uow.execute(insert(Column), {**shown, **place, "created_at": uow.at, "updated_at": uow.at})
        after = {"column_id": column_id, **shown, "rank": rank}
        record_board_change(uow, board, Event.BOARD_COLUMN_CREATED, before=None, after=after)
    return uow.change


@idempotent
def move_column(actor: Actor, board_id: str, column_id: str, *, after_id: str | None) -> Change:
    """Put a column to the right of another one, or first when `after_id` is None.

    Raises:
        NotFound, Forbidden: no access, no permission ``board.edit``, or no such column.
        Conflict: the column was to follow itself.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT)
        old_rank = _rank_of(uow, board, column_id)
        if after_id == column_id:
            raise Conflict(
                "A column can't follow itself. Name another one, or none to put it first."
            )
        left = None if after_id is None else _rank_of(uow, board, after_id)
        rank = generate_key_between(left, _next_rank(uow, board, left, ignored_id=column_id))
        uow.execute(_MOVE, {"rank": rank, "at": uow.at, "column_id": column_id})
        after: dict[str, Any] = {"rank": rank}
        if len(rank) > MAX_RANK_LENGTH:
            after["spread_ranks"] = _spread_ranks(uow, board)
        before = {"rank": old_rank}
        record_column_change(uow, board, Event.BOARD_COLUMN_MOVED, column_id, before, after)
    return uow.change


def update_column(
    uow: UnitOfWork,
    board: LockedBoard,
    column_id: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Write name, status, hue and WIP limit (all of them in `before` and `after`) of a column of a locked board."""
    uow.execute(_UPDATE, {**after, "at": uow.at, "column_id": column_id})
    record_column_change(uow, board, Event.BOARD_COLUMN_EDITED, column_id, before, after)


def require_room(column_count: int) -> None:
    """Raise Conflict when a board has as many columns as it may have."""
    if column_count >= COLUMNS_PER_BOARD:
        raise Conflict(f"A board can have at most {COLUMNS_PER_BOARD} columns. Delete one first.")


def record_column_change(
    uow: UnitOfWork,
    board: LockedBoard,
    event: Event,
    column_id: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Raise the board's version and write the audit event of a change of one of its columns."""
    place = {"column_id": column_id}
    record_board_change(uow, board, event, before={**place, **before}, after={**place, **after})


def _rank_of(uow: UnitOfWork, board: LockedBoard, column_id: str) -> str:
    place = {"column_id": column_id, "board_id": board.board_id}
    rank = uow.execute(_RANK, place).scalar()
    if rank is None:
        raise NotFound()
    return str(rank)


def _next_rank(
    uow: UnitOfWork, board: LockedBoard, rank: str | None, *, ignored_id: str | None = None
) -> str | None:
    """The next rank on the board, without the column `ignored_id`; None at the right end."""
    parameters = {"board_id": board.board_id, "rank": rank, "ignored_id": ignored_id}
    found: str | None = uow.execute(_NEXT_RANK, parameters).scalar()
    return found


def _spread_ranks(uow: UnitOfWork, board: LockedBoard) -> dict[str, str]:
    """Give the columns short ranks again, in the same order; the new ranks by column id.

    They follow all present ones, so that none is taken. Deleted columns get new ranks too: one that is restored comes
    back to its old place.
    """
    ordered = uow.execute(_ALL_RANKS, {"board_id": board.board_id}).all()
    fresh = generate_n_keys_between(ordered[-1].rank, None, len(ordered))
    ranks = dict(zip([column.column_id for column in ordered], fresh, strict=True))
    uow.execute(_SPREAD, {"column_ids": list(ranks), "ranks": list(ranks.values())})
    return ranks
