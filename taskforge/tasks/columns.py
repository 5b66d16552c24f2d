"""Columns with their tasks: lists with numbers of tasks, and the changes that depend on whether a column is empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskforge.accounts.field_conflicts import settle_fields
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.columns import update_column
from taskforge.boards.queries import listed_boards
from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.queries import (
    BOARDS_WITH_COUNTS,
    COLUMN_WITH_COUNT,
    COLUMNS_WITH_COUNTS,
)
from taskforge.teams.permissions import Permission

EDITABLE = ("name", "status", "hue", "wip_limit")


def list_boards_with_counts(actor: Actor, team_ids: Sequence[str]) -> Sequence[sql.Row]:
    """The boards of those of some teams that are the actor's, by team and name, each with its number of tasks."""
    return sql.rows(BOARDS_WITH_COUNTS, listed_boards(actor, team_ids))


def list_columns_with_counts(board_ids: Sequence[str]) -> Sequence[sql.Row]:
    """The columns of boards that the caller has been given access to, in order, each with its number of tasks."""
    return sql.rows(COLUMNS_WITH_COUNTS, {"board_ids": list(board_ids)})


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
        StaleVersion: somebody else changed one of these fields since `version`.
        Conflict: the status of a column with tasks can't change.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT)
        column = get_column(uow, board, column_id)
        before = {name: column[name] for name in EDITABLE}
        settled = settle_fields(
            actor,
            ("board", board_id),
            {name: value for name, value in changes.items() if name in before},
            before,
            seen=version,
            current=board.version,
            words={"hue": "colour", "wip_limit": "limit"},
            event=Event.BOARD_COLUMN_EDITED,
            column_id=column_id,
            uow=uow,
        )
        after = {**before, **settled}
        if after["status"] != before["status"] and column["task_count"] > 0:
            raise Conflict(
                "Tasks take their status from the column. Empty the column before changing its status."
            )
        update_column(uow, board, column_id, before=before, after=after)
    return uow.change


def get_column(uow: UnitOfWork, board: LockedBoard, column_id: str) -> sql.Row:
    """A column of a locked board with its ``task_count``. Raises NotFound where there is none."""
    found = uow.row(COLUMN_WITH_COUNT, {"column_id": column_id, "board_id": board.board_id})
    if found is None:
        raise NotFound()
    return found
