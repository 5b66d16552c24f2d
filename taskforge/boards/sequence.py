"""The sequence number of a board, which counts its changes; taking the next one takes the board's lock."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork


def advance_sequence(uow: UnitOfWork, board_id: str) -> sql.Row | None:
    """Take the board's lock for a change of nobody's: the row of the board, deleted or not, with the new ``seq``.

    No permission is checked; a user's change goes through `taskforge.boards.access.lock_board`. None when there is no
    such board.
    """
    return uow.row(
        text("""
            UPDATE boards
            SET seq = seq + 1
            WHERE board_id = :board_id
            RETURNING board_id, team_id, seq, name, key_prefix, version, created_by, deleted_at
        """),
        {"board_id": board_id},
    )


def current_sequence(board_id: str) -> int:
    """The number of a board's last change.

    Raises:
        Unavailable: PostgreSQL can't be asked.
    """
    found: int = sql.scalar(
        text("SELECT seq FROM boards WHERE board_id = :board_id"), {"board_id": board_id}
    )
    return found
