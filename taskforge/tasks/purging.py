"""The rows of trashed tasks, for the purge that removes them for good (`taskforge.admin.trash`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.queries import DELETE_TASK_ROW, LOCK_TRASHED, TRASHED_BEFORE


def list_trashed(before: datetime, limit: int) -> Sequence[sql.Row]:
    """``task_id`` and ``board_id`` of tasks that were put into the trash before an instant, oldest first."""
    return sql.rows(TRASHED_BEFORE, {"before": before, "limit": limit})


def lock_trashed(uow: UnitOfWork, task_id: str, *, before: datetime) -> sql.Row | None:
    """The locked row of a task that was put into the trash before an instant; None when it is not there (any more).

    The lock of the task's board must be held: every change of a task takes the locks in this order.
    """
    return uow.row(LOCK_TRASHED, {"task_id": task_id, "before": before})


def delete_task_row(uow: UnitOfWork, task_id: str) -> None:
    """Delete the row of a task, which nothing must refer to any more."""
    uow.execute(DELETE_TASK_ROW, {"task_id": task_id})
