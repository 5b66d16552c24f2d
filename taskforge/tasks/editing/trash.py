"""Putting a task into the trash and taking it out again, and the place to which it comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from taskforge.boards.access import LockedBoard, lock_board
from taskforge.errors import InvalidInput
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.editing.placement import Place, place_at_end, place_back
from taskforge.tasks.editing.queries import LIVE_COLUMNS
from taskforge.tasks.editing.writer import update_task
from taskforge.teams.permissions import Permission


def put_into_trash(actor: Actor, row: Mapping[str, Any], *, undoes: str | None = None) -> Change:
    """Put a task that was read as `row` into the trash.

    Raises:
        StaleVersion: another change came first.
    """
    with UnitOfWork(actor, entity_id=row["task_id"], version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], Permission.TASK_DELETE)
        after = {**row, "deleted_at": uow.at}
        update_task(uow, board, Event.TASK_DELETED, row, after, undoes=undoes)
    return uow.change


def take_from_trash(actor: Actor, row: Mapping[str, Any], *, undoes: str | None = None) -> Change:
    """Take a task that was read as `row` out of the trash: to the end of its column, or where it was as an undo.

    Raises:
        StaleVersion: another change came first.
        WipLimitReached: the column is full.
    """
    with UnitOfWork(actor, entity_id=row["task_id"], version=row["version"] + 1) as uow:
        board = lock_board(uow, row["board_id"], Permission.TASK_RESTORE)
        columns = list_columns(uow, board)
        place = place_restored(uow, board, row, columns, at_old_rank=undoes is not None)
        after = {**row, **asdict(place), "deleted_at": None}
        update_task(uow, board, Event.TASK_RESTORED, row, after, undoes=undoes)
    return uow.change


def list_columns(uow: UnitOfWork, board: LockedBoard) -> list[sql.Row]:
    """The columns that a board has now (``column_id``, ``status``), from left to right.

    Raises:
        InvalidInput: it has none.
    """
    found = uow.execute(LIVE_COLUMNS, {"board_id": board.board_id})
    columns: list[sql.Row] = [dict(column) for column in found.mappings()]
    if not columns:
        raise InvalidInput.about("column", "is missing: this board has none, add one first")
    return columns


def place_restored(
    uow: UnitOfWork,
    board: LockedBoard,
    row: sql.Row,
    columns: Sequence[sql.Row],
    *,
    at_old_rank: bool,
) -> Place:
    """The place of a task that comes out of the trash; `columns` are those of the board (`list_columns`).

    In its column: where it was with `at_old_rank`, else at the end. If its column was deleted: at the end of the first
    one with its status, else of the first.

    Raises:
        WipLimitReached: the column is full.
    """
    if any(column["column_id"] == row["column_id"] for column in columns):
        if not at_old_rank:
            return place_at_end(uow, board, column_id=row["column_id"])
        here = {name: row[name] for name in ("task_id", "column_id", "rank")}
        return place_back(uow, board, **here)
    alike = next((one for one in columns if one["status"] == row["status"]), columns[0])
    return place_at_end(uow, board, column_id=alike["column_id"])
