"""Use cases of a board's columns: create, edit, move, delete."""

from __future__ import annotations

from typing import Any

from fractional_indexing import generate_key_between, generate_n_keys_between
from sqlalchemy import insert, text

from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.models import LONGEST_RANK, Column
from taskforge.boards.service import record_board_change
from taskforge.errors import Conflict, NotFound, StaleVersion
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

COLUMNS_PER_BOARD = 30


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
    access_board(actor.user_id, board_id, "board.edit")
    column_id = new_id()
    with UnitOfWork(actor, entity_id=board_id, version=0, extra={"column_id": column_id}) as uow:
        board = lock_board(uow, board_id, "board.edit")
        ends = uow.execute(
            text(
                "SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS living, max(rank) AS last_rank"
                " FROM columns WHERE board_id = :board_id"
            ),
            {"board_id": board_id},
        ).one()
        if ends.living >= COLUMNS_PER_BOARD:
            raise Conflict(
                f"A board can have at most {COLUMNS_PER_BOARD} columns. Delete one first."
            )
        shown = {"name": name, "status": status, "hue": hue, "wip_limit": wip_limit}
        left = ends.last_rank if after_id is None else _column(uow, board, after_id)["rank"]
        rank = generate_key_between(left, _rank_right_of(uow, board, left))
        uow.execute(
            insert(Column),
            {
                **shown,
                "column_id": column_id,
                "board_id": board_id,
                "rank": rank,
                "created_at": uow.at,
                "updated_at": uow.at,
            },
        )
        after = {"column_id": column_id, **shown, "rank": rank}
        record_board_change(uow, board, "board.column_created", before=None, after=after)
    return uow.change


@idempotent
def edit_column(
    actor: Actor,
    board_id: str,
    column_id: str,
    *,
    changes: dict[str, Any],
    version: int | None = None,
) -> Change:
    """Change name, hue or WIP limit of a column, and its status while it is empty.

    A lower limit than the number of tasks is allowed: it stops new ones. `version` is the board's.

    Raises:
        NotFound, Forbidden: no access, no permission ``board.edit``, or no such column.
        StaleVersion: the board is not at `version` any more.
        Conflict: the status of a column with tasks can't change.
    """
    access_board(actor.user_id, board_id, "board.edit")
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, "board.edit")
        _check_version(board, version)
        column = _column(uow, board, column_id)
        before = {name: column[name] for name in ("name", "status", "hue", "wip_limit")}
        after = {**before, **{name: value for name, value in changes.items() if name in before}}
        if after["status"] != before["status"] and column["task_count"] > 0:
            raise Conflict(
                "Tasks take their status from the column. Empty the column before changing its status."
            )
        uow.execute(
            text(
                "UPDATE columns SET name = :name, status = :status, hue = :hue, wip_limit = :wip_limit,"
                " updated_at = :at WHERE column_id = :column_id"
            ),
            {**after, "at": uow.at, "column_id": column_id},
        )
        _record(uow, board, "board.column_edited", column_id, before, after)
    return uow.change


@idempotent
def move_column(actor: Actor, board_id: str, column_id: str, *, after_id: str | None) -> Change:
    """Put a column to the right of another one, or first when `after_id` is None.

    Raises:
        NotFound, Forbidden: no access, no permission ``board.edit``, or no such column.
        Conflict: the column was to follow itself.
    """
    access_board(actor.user_id, board_id, "board.edit")
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, "board.edit")
        column = _column(uow, board, column_id)
        if after_id == column_id:
            raise Conflict(
                "A column can't follow itself. Name another one, or none to put it first."
            )
        left = None if after_id is None else _column(uow, board, after_id)["rank"]
        rank = generate_key_between(left, _rank_right_of(uow, board, left, but=column_id))
        uow.execute(
            text("UPDATE columns SET rank = :rank, updated_at = :at WHERE column_id = :column_id"),
            {"rank": rank, "at": uow.at, "column_id": column_id},
        )
        after: dict[str, Any] = {"rank": rank}
        if len(rank) > LONGEST_RANK:
            after["spread_ranks"] = _spread_ranks(uow, board)
        _record(uow, board, "board.column_moved", column_id, {"rank": column["rank"]}, after)
    return uow.change


@idempotent
def delete_column(actor: Actor, board_id: str, column_id: str) -> Change:
    """Delete an empty column. Trashed tasks of it are restored to another one.

    Raises:
        NotFound, Forbidden: no access, no permission ``board.edit``, or no such column.
        Conflict: it holds tasks, or is the board's last column.
    """
    access_board(actor.user_id, board_id, "board.edit")
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, "board.edit")
        column = _column(uow, board, column_id)
        if column["task_count"] > 0:
            raise Conflict("This column still holds tasks. Move them first.")
        others = uow.execute(
            text(
                "SELECT count(*) FROM columns WHERE board_id = :board_id AND deleted_at IS NULL"
                " AND column_id <> :column_id"
            ),
            {"board_id": board_id, "column_id": column_id},
        ).scalar_one()
        if others == 0:
            raise Conflict("A board needs at least one column.")
        uow.execute(
            text("UPDATE columns SET deleted_at = :at WHERE column_id = :column_id"),
            {"at": uow.at, "column_id": column_id},
        )
        _record(
            uow,
            board,
            "board.column_deleted",
            column_id,
            {"name": column["name"]},
            {"deleted": True},
        )
    return uow.change


def _column(uow: UnitOfWork, board: LockedBoard, column_id: str) -> sql.Row:
    found = uow.row(
        text(
            "SELECT c.*, (SELECT count(*) FROM tasks k WHERE k.board_id = c.board_id"
            " AND k.column_id = c.column_id AND k.deleted_at IS NULL) AS task_count"
            " FROM columns c WHERE c.column_id = :column_id AND c.board_id = :board_id"
            " AND c.deleted_at IS NULL"
        ),
        {"column_id": column_id, "board_id": board.board_id},
    )
    if found is None:
        raise NotFound()
    return found


def _rank_right_of(
    uow: UnitOfWork, board: LockedBoard, rank: str | None, *, but: str | None = None
) -> str | None:
    """The next rank on the board, that of a deleted column too; None at the right end. `but` is passed over."""
    found: str | None = uow.execute(
        text(
            "SELECT min(rank) FROM columns WHERE board_id = :board_id"
            " AND column_id IS DISTINCT FROM CAST(:but AS uuid) AND rank > coalesce(:rank, '')"
        ),
        {"board_id": board.board_id, "but": but, "rank": rank},
    ).scalar()
    return found


def _spread_ranks(uow: UnitOfWork, board: LockedBoard) -> dict[str, str]:
    """Give the columns short ranks again, in the same order; the new ranks by column id.

    They come behind all present ones, those of deleted columns too, so that none is taken.
    """
    ordered = uow.execute(
        text(
            "SELECT column_id, rank, deleted_at FROM columns WHERE board_id = :board_id ORDER BY rank"
        ),
        {"board_id": board.board_id},
    ).all()
    living = [column.column_id for column in ordered if column.deleted_at is None]
    fresh = generate_n_keys_between(ordered[-1].rank, None, len(living))
    ranks = dict(zip(living, fresh, strict=True))
    uow.execute(
        text(
            "UPDATE columns SET rank = fresh.rank FROM unnest(CAST(:column_ids AS uuid[]), CAST(:ranks AS text[]))"
            " AS fresh(column_id, rank) WHERE columns.column_id = fresh.column_id"
        ),
        {"column_ids": list(ranks), "ranks": list(ranks.values())},
    )
    return ranks


def _check_version(board: LockedBoard, version: int | None) -> None:
    if version is not None and board.version != version:
        raise StaleVersion()


def _record(
    uow: UnitOfWork,
    board: LockedBoard,
    event: str,
    column_id: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    place = {"column_id": column_id}
    record_board_change(uow, board, event, before={**place, **before}, after={**place, **after})
