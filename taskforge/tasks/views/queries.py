"""Reads of saved views: one's own and the shared ones, of boards that one sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from taskforge.boards.access import access_board
from taskforge.boards.queries import HELD_ON_BOARD, IS_LIVE, join_board, join_view
from taskforge.errors import Forbidden, NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.permissions import Permission

MAX_LISTED = 200
NOT_YOURS = "Only those who may change the board can change the views that it shares."

_VISIBLE = f"""
    SELECT s.view_id, s.board_id, s.owner_id, s.is_shared, s.kind, s.name, s.query, s.version, s.created_at,
           s.updated_at, b.team_id, b.name AS board_name, s.owner_id = :user_id AS is_own,
           {HELD_ON_BOARD} AS permissions,
           EXISTS (SELECT FROM view_feeds f WHERE f.view_id = s.view_id AND f.user_id = :user_id) AS has_feed
    FROM   saved_views s
           {join_board("s.board_id")} AND {IS_LIVE}
           {join_view()}
    WHERE  (s.is_shared OR s.owner_id = :user_id)
"""
_LISTED = text(f"""
    {_VISIBLE}
           AND (CAST(:board_id AS uuid) IS NULL OR s.board_id = CAST(:board_id AS uuid))
    ORDER  BY lower(b.name), s.board_id, s.is_shared, lower(s.name), s.view_id
    LIMIT  :limit
""")
_ONE = text(f"{_VISIBLE} AND s.view_id = :view_id")
_OF_PERSON = text("""
    SELECT view_id, board_id, is_shared, kind, name, query, created_at, updated_at
    FROM   saved_views
    WHERE  owner_id = :user_id AND (CAST(:after_id AS uuid) IS NULL OR view_id > CAST(:after_id AS uuid))
    ORDER  BY view_id
    LIMIT  :limit
""")


def list_views(actor: Actor, board_id: str | None = None) -> Sequence[sql.Row]:
    """The views that the actor sees, of one board or of all, by board; their own first, then by name. At most 200.

    Raises:
        NotFound: no such board, or one that they don't see.
    """
    if board_id is not None:
        access_board(actor.user_id, board_id)
    parameters = {"user_id": actor.user_id, "board_id": board_id, "limit": MAX_LISTED}
    return sql.rows(_LISTED, parameters)


def access_view(actor: Actor, view_id: str, *, change: bool = False) -> sql.Row:
    """A view that the actor sees; with ``change=True`` one that they may change.

    Raises:
        NotFound: there is none, somebody else keeps it for themselves, or its board is not visible.
        Forbidden: it is shared, and they may not change the board.
    """
    found = sql.row(_ONE, {"user_id": actor.user_id, "view_id": view_id})
    if found is None:
        raise NotFound()
    if change and not may_change(found):
        raise Forbidden(NOT_YOURS)
    return found


def may_change(view: sql.Row) -> bool:
    """Whether the reader of a view may change and delete it."""
    return bool(
        Permission.BOARD_EDIT in view["permissions"] if view["is_shared"] else view["is_own"]
    )


def list_views_of(actor: Actor, *, after_id: str | None, limit: int) -> Sequence[Any]:
    """The views that somebody saved, for their export, behind the view `after_id`."""
    return sql.rows(_OF_PERSON, {"user_id": actor.user_id, "after_id": after_id, "limit": limit})
