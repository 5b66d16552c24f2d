"""Deleting a column of a locked board, and taking that back, inside the unit of work of the caller.

A deleted column keeps its row, with its rank: the histories name it, and it can come back to its place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskforge.boards.access import LockedBoard
from taskforge.boards.columns import record_column_change, require_room
from taskforge.boards.queries import COLUMN_COLUMNS, COLUMNS
from taskforge.errors import Conflict, NotFound, StaleVersion
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.retention import RESTORABLE_FOR, TOO_LATE
from taskforge.stores.unit_of_work import UnitOfWork

STATE = ("name", "status", "hue", "wip_limit", "rank")
LAST_COLUMN = "A board needs at least one column."
NOT_DELETED = "This column is not deleted."

_COUNT_OTHERS = text("""
    SELECT count(*)
    FROM   columns
    WHERE  board_id = :board_id AND column_id <> :column_id AND deleted_at IS NULL
""")
_DELETE = text("UPDATE columns SET deleted_at = :at WHERE column_id = :column_id")
_RESTORE = text("""
    UPDATE columns
    SET    deleted_at = NULL, updated_at = :at
    WHERE  column_id = :column_id AND board_id = :board_id AND deleted_at = :deleted_at
    RETURNING column_id, name, status, hue, wip_limit, rank
""")
_COLUMN = text(f"""
    SELECT {COLUMN_COLUMNS}, c.deleted_at
    FROM   {COLUMNS}
    WHERE  c.column_id = :column_id AND c.board_id = :board_id
""")
# The audit event of a column's deletion. Both have the same instant.
_DELETION = text(f"""
    SELECT l.board_seq, coalesce(CAST(l.new_state ->> 'cards' AS integer), 0) AS cards,
           l.new_state ->> 'moved_to' AS moved_to
    FROM   audit_logs l
    WHERE  l.board_id = :board_id AND l.action_timestamp = :deleted_at
           AND l.event = '{Event.BOARD_COLUMN_DELETED}' AND l.new_state ->> 'column_id' = :column_id
    ORDER  BY l.board_seq DESC
    LIMIT  1
""")


def mark_column_deleted(
    uow: UnitOfWork, board: LockedBoard, column: sql.Row, *, cards: int, moved_to: str | None
) -> None:
    """Mark a column of a locked board as deleted, whose tasks have just gone elsewhere.

    The audit event says how many ``cards`` these were: their own events are the ones just before it.

    Raises:
        Conflict: it is the board's last column.
    """
    column_id = column["column_id"]
    place = {"board_id": board.board_id, "column_id": column_id}
    if uow.execute(_COUNT_OTHERS, place).scalar_one() == 0:
        raise Conflict(LAST_COLUMN)
    uow.execute(_DELETE, {"at": uow.at, "column_id": column_id})
    after: dict[str, Any] = {"deleted": True}
    if cards:
        after |= {"cards": cards, "moved_to": moved_to}
    before = {name: column[name] for name in STATE}
    record_column_change(uow, board, Event.BOARD_COLUMN_DELETED, column_id, before, after)


def find_deletion(board_id: str, column_id: str) -> tuple[sql.Row, sql.Row | None]:
    """A deleted column of a board, and the audit event of its deletion. The caller has checked access.

    Raises:
        NotFound: no such column, or it is not deleted.
    """
    place = {"board_id": board_id, "column_id": column_id}
    column = sql.row(_COLUMN, place)
    if column is None:
        raise NotFound()
    if column["deleted_at"] is None:
        raise NotFound(NOT_DELETED)
    return column, sql.row(_DELETION, {**place, "deleted_at": column["deleted_at"]})


def mark_column_restored(
    uow: UnitOfWork, board: LockedBoard, column_id: str, *, deleted_at: datetime
) -> None:
    """Take the deletion of a column of a locked board back; it was read as deleted at that instant.

    Raises:
        StaleVersion: it was restored meanwhile.
        Conflict: it was deleted more than 30 days ago, or the board has too many columns.
    """
    if deleted_at < uow.at - RESTORABLE_FOR:
        raise Conflict(TOO_LATE)
    place = {"board_id": board.board_id, "column_id": column_id}
    require_room(uow.execute(_COUNT_OTHERS, place).scalar_one())
    parameters = {**place, "at": uow.at, "deleted_at": deleted_at}
    column = uow.row(_RESTORE, parameters)
    if column is None:
        raise StaleVersion()
    after = {**{name: column[name] for name in STATE}, "deleted": False}
    record_column_change(
        uow, board, Event.BOARD_COLUMN_RESTORED, column_id, {"deleted": True}, after
    )
