"""Saving, changing and deleting views, each one audited event.

The log names a view by its id and board; the name of one that is shared is in it too, that of a private one is its
person's alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from taskforge.boards.access import access_board
from taskforge.boards.queries import IS_LIVE, join_board, join_view
from taskforge.errors import Conflict
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.views.addresses import read_query
from taskforge.tasks.views.queries import access_view
from taskforge.teams.access import hold_membership
from taskforge.teams.permissions import Permission

MAX_OF_PERSON = 50  # private ones, over all boards that they see
MAX_OF_BOARD = 50  # shared ones
ENTITY = "view"

# Whoever saves another view of the same person or board waits until COMMIT.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
# Of boards in sight alone: nobody can delete a view of another one to make room.
_COUNT = text(f"""
    SELECT count(*)
    FROM   saved_views s
           {join_board("s.board_id")} AND {IS_LIVE}
           {join_view("CAST(:owner_id AS uuid)")}
    WHERE  s.is_shared = :is_shared
           AND CASE WHEN :is_shared THEN s.board_id = CAST(:board_id AS uuid)
                    ELSE s.owner_id = CAST(:owner_id AS uuid) END
""")
_INSERT = text("""
    INSERT INTO saved_views (view_id, board_id, owner_id, is_shared, kind, name, query, version, created_at, updated_at)
    VALUES (:view_id, :board_id, :owner_id, :is_shared, :kind, :name, :query, 1, :at, :at)
""")
_UPDATE = text("""
    UPDATE saved_views
    SET    name = :name, query = :query, version = version + 1, updated_at = :at
    WHERE  view_id = :view_id AND version = :version
""")
_DELETE = text("""
    DELETE FROM saved_views
    WHERE  view_id = :view_id AND version = :version
""")
_DELETE_PRIVATE = text("""
    DELETE FROM saved_views
    WHERE  owner_id = :user_id AND NOT is_shared
""")


@idempotent
def create_view(
    actor: Actor, board_id: str, *, name: str, kind: str, query: str = "", is_shared: bool = False
) -> Change:
    """Save a view of a board, for the actor or for all who see the board.

    Raises:
        NotFound, Forbidden: the board is not visible, or it is to be shared without the permission ``board.edit``.
        InvalidInput: what it shows is too long.
        Conflict: there are too many.
    """
    permission = Permission.BOARD_EDIT if is_shared else None
    board, _ = access_board(actor.user_id, board_id, permission)
    view = {
        "view_id": new_id(),
        "board_id": board_id,
        "owner_id": actor.user_id,
        "is_shared": is_shared,
        "kind": kind,
        "name": name,
        "query": read_query(kind, query),
    }
    with UnitOfWork(actor, entity_id=str(view["view_id"]), version=1) as uow:
        hold_membership(uow, board["team_id"], permission)
        _require_room(uow, view)
        uow.execute(_INSERT, {**view, "at": uow.at})
        _record(uow, Event.VIEW_CREATED, view, 1, before=None, after=_state(view))
    return uow.change


@idempotent
def edit_view(
    actor: Actor, view_id: str, *, version: int, name: str | None = None, query: str | None = None
) -> Change:
    """Rename a view, or let it show something else; what is None stays.

    Raises:
        NotFound, Forbidden: like `access_view`.
        InvalidInput: what it shows is too long.
        StaleVersion: it was changed since `version`.
    """
    view = access_view(actor, view_id, change=True)
    shown = view["query"] if query is None else read_query(view["kind"], query)
    after = {**view, "name": view["name"] if name is None else name, "query": shown}
    if (after["name"], shown) == (view["name"], view["query"]):
        return unchanged(actor, entity_id=view_id, version=view["version"])
    with UnitOfWork(actor, entity_id=view_id, version=version + 1) as uow:
        hold_membership(uow, view["team_id"], _needed(view))
        changed = {"view_id": view_id, "version": version, "at": uow.at}
        uow.update_reference(_UPDATE, {**changed, "name": after["name"], "query": shown})
        _record(
            uow, Event.VIEW_UPDATED, view, version + 1, before=_state(view), after=_state(after)
        )
    return uow.change


@idempotent
def delete_view(actor: Actor, view_id: str) -> Change:
    """Delete a view. What takes that back saves it anew, with what it was.

    Raises:
        NotFound, Forbidden: like `access_view`.
        StaleVersion: it was changed at this moment.
    """
    view = access_view(actor, view_id, change=True)
    version = view["version"]
    with UnitOfWork(actor, entity_id=view_id, version=version + 1) as uow:
        hold_membership(uow, view["team_id"], _needed(view))
        uow.update_reference(_DELETE, {"view_id": view_id, "version": version})
        _record(uow, Event.VIEW_DELETED, view, version + 1, before=_state(view), after=None)
    return uow.change


def delete_private_views(uow: UnitOfWork, user_id: str) -> None:
    """Delete what somebody kept for themselves, as their account is deleted. What they shared is the board's."""
    uow.execute(_DELETE_PRIVATE, {"user_id": user_id})


def _needed(view: Mapping[str, Any]) -> Permission | None:
    return Permission.BOARD_EDIT if view["is_shared"] else None


def _require_room(uow: UnitOfWork, view: Mapping[str, Any]) -> None:
    key = view["board_id"] if view["is_shared"] else view["owner_id"]
    uow.execute(_LOCK, {"key": f"saved-views:{key}"})
    names = ("is_shared", "board_id", "owner_id")
    count = uow.execute(_COUNT, {name: view[name] for name in names}).scalar_one()
    if view["is_shared"] and count >= MAX_OF_BOARD:
        raise Conflict(f"A board can share at most {MAX_OF_BOARD} views. Delete one first.")
    if not view["is_shared"] and count >= MAX_OF_PERSON:
        raise Conflict(f"You can save at most {MAX_OF_PERSON} views. Delete one first.")


def _state(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the log keeps of a view."""
    shared = {"name": view["name"], "query": view["query"]} if view["is_shared"] else {}
    return {
        "board_id": view["board_id"],
        "kind": view["kind"],
        "is_shared": view["is_shared"],
        **shared,
    }


def _record(
    uow: UnitOfWork,
    event: Event,
    view: Mapping[str, Any],
    version: int,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    uow.record(
        event,
        entity_type=ENTITY,
        entity_id=view["view_id"],
        version=version,
        before=before,
        after=after,
    )
