"""The rows of deleted boards, for the purge that removes them for good (`taskforge.admin.trash`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

_DELETED_BEFORE = text("""
    SELECT board_id
    FROM   boards
    WHERE  deleted_at < :before
    ORDER  BY deleted_at
    LIMIT  :limit
""")
# In this order: the rows of the others refer to the board's.
_ROWS = tuple(
    text(f"DELETE FROM {table} WHERE board_id = :board_id")
    for table in ("board_view_preferences", "board_people", "columns", "boards")
)


def list_deleted(before: datetime, limit: int) -> Sequence[str]:
    """The ids of boards that were deleted before an instant, oldest deletion first."""
    return [
        row["board_id"] for row in sql.rows(_DELETED_BEFORE, {"before": before, "limit": limit})
    ]


def delete_board_rows(uow: UnitOfWork, board_id: str) -> None:
    """Delete the row of a board, its columns and how people look at it. Nothing else must refer to it any more."""
    for statement in _ROWS:
        uow.execute(statement, {"board_id": board_id})
