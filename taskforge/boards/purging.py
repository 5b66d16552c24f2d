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
_OF_TEAM = text("""
    SELECT board_id
    FROM   boards
    WHERE  team_id = :team_id
    ORDER  BY board_id
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


def list_of_team(team_id: str, limit: int) -> Sequence[str]:
    """The ids of boards of a team, deleted or not."""
    return [row["board_id"] for row in sql.rows(_OF_TEAM, {"team_id": team_id, "limit": limit})]


def has_boards(uow: UnitOfWork, team_id: str) -> bool:
    """Whether a team has boards, deleted or not."""
    return uow.row(_OF_TEAM, {"team_id": team_id, "limit": 1}) is not None


def delete_board_rows(uow: UnitOfWork, board_id: str) -> None:
    """Delete the row of a board, its columns and how people look at it. Nothing else must refer to it any more."""
    for statement in _ROWS:
        uow.execute(statement, {"board_id": board_id})
