"""The rows of a purged task's comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import text

from taskforge.stores.sql import Row
from taskforge.stores.unit_of_work import UnitOfWork


def delete_comments(uow: UnitOfWork, task_id: str) -> Sequence[Row]:
    """Delete all comments of a task; answers their ``comment_id``, ``version`` and ``files_version``."""
    found = uow.execute(
        text(
            "DELETE FROM comments WHERE task_id = :task_id RETURNING comment_id, version, files_version"
        ),
        {"task_id": task_id},
    )
    return cast(Sequence[Row], found.mappings().all())
