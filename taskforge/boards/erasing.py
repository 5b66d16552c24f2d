"""What boards keep for a person alone, and the deletion of the boards of a team that is gone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.boards.sequence import advance_sequence
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

_DELETE_VIEWS = text("DELETE FROM board_view_preferences WHERE user_id = :user_id")
_OF_TEAM = text("""
    SELECT board_id, deleted_at
    FROM   boards
    WHERE  team_id = :team_id
    ORDER  BY board_id
    LIMIT  :limit
""")
_DELETE = text("""
    UPDATE boards
    SET    deleted_at = :at, version = version + 1, updated_at = :at
    WHERE  board_id = :board_id AND deleted_at IS NULL
    RETURNING version
""")


def delete_views(uow: UnitOfWork, user_id: str) -> None:
    """Delete how a person looked at boards."""
    uow.execute(_DELETE_VIEWS, {"user_id": user_id})


def list_boards_of_team(team_id: str, limit: int) -> Sequence[sql.Row]:
    """``board_id`` and ``deleted_at`` of some boards of a team, deleted ones too."""
    return sql.rows(_OF_TEAM, {"team_id": team_id, "limit": limit})


def delete_abandoned_board(uow: UnitOfWork, board_id: str) -> None:
    """Mark a board of a team that nobody is in any more as deleted, so that it can be purged.

    Raises:
        NotFound: there is none, or it is deleted.
    """
    board = advance_sequence(uow, board_id)
    deleted = uow.row(_DELETE, {"board_id": board_id, "at": uow.at})
    if board is None or deleted is None:
        raise NotFound()
    uow.record(
        Event.BOARD_DELETED,
        entity_type="board",
        entity_id=board_id,
        version=deleted["version"],
        before={"deleted": False},
        after={"deleted": True},
        team_id=board["team_id"],
        board_id=board_id,
        board_seq=board["seq"],
    )
