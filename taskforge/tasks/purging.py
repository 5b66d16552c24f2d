"""The rows of deleted tasks, for the purge that removes them for good (`taskforge.admin.trash`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.queries import DELETE_TASK_ROW, LOCK_TASK, SOME_OF_BOARD, TRASHED_BEFORE


def list_trashed(before: datetime, limit: int) -> Sequence[sql.Row]:
    """``task_id`` and ``board_id`` of tasks that were put into the trash before an instant, oldest first."""
    return sql.rows(TRASHED_BEFORE, {"before": before, "limit": limit})


def list_tasks_of_board(board_id: str, limit: int) -> Sequence[sql.Row]:
    """``task_id`` and ``board_id`` of some tasks of a board, in the trash or not."""
    return sql.rows(SOME_OF_BOARD, {"board_id": board_id, "limit": limit})


def has_tasks(uow: UnitOfWork, board_id: str) -> bool:
    """Whether a board has tasks, in the trash or not."""
    return uow.row(SOME_OF_BOARD, {"board_id": board_id, "limit": 1}) is not None


def lock_task(uow: UnitOfWork, task_id: str, board_id: str) -> sql.Row | None:
    """The locked row of a task of a board, in the trash or not; None when there is none (any more).

    The lock of the task's board must be held: every change of a task takes the locks in this order.
    """
    return uow.row(LOCK_TASK, {"task_id": task_id, "board_id": board_id})


def delete_task_row(uow: UnitOfWork, task_id: str) -> None:
    """Delete the row of a task, which nothing must refer to any more."""
    uow.execute(DELETE_TASK_ROW, {"task_id": task_id})
