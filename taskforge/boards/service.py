"""Use cases of boards: create a team with its first board, create, rename, delete and restore a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from taskforge.accounts.field_conflicts import settle_fields
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.creation import insert_board
from taskforge.boards.queries import NAME_PERSON
from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.retention import RESTORABLE_FOR, TOO_LATE
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, hold_membership
from taskforge.teams.creation import insert_team, require_parent
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.queries import LOCK_TEAM, MEMBER_IDS

BOARDS_PER_TEAM = 50
NOT_DELETED = "This board is not deleted."

_COUNT_BOARDS = text("""
    SELECT count(*)
    FROM   boards
    WHERE  team_id = :team_id AND deleted_at IS NULL
""")
_UPDATE = text("""
    UPDATE boards
    SET    name = :name, hard_limits = :hard_limits, is_private = :is_private
    WHERE  board_id = :board_id
""")
_DELETE = text("UPDATE boards SET deleted_at = :at WHERE board_id = :board_id")
_RESTORE = text("""
    UPDATE boards
    SET    deleted_at = NULL
    WHERE  board_id = :board_id AND deleted_at >= :since
""")
_RAISE_VERSION = text("""
    UPDATE boards
    SET    version = version + 1, updated_at = :at
    WHERE  board_id = :board_id
""")


@idempotent
def create_team(
    actor: Actor, *, name: str, description: str = "", parent_team_id: str | None = None
) -> Change:
    """Create a team with the actor as its admin, and its first board; ``extra`` holds the ``board_id``.

    Raises:
        InvalidInput: the parent is not a team that the actor may edit.
        Conflict: the actor is in too many teams.
    """
    require_parent(actor, parent_team_id)
    team_id, board_id = new_id(), new_id()
    with UnitOfWork(actor, entity_id=team_id, version=1, extra={"board_id": board_id}) as uow:
        insert_team(
            uow, team_id=team_id, name=name, description=description, parent_team_id=parent_team_id
        )
        insert_board(uow, board_id=board_id, team_id=team_id, name=name[:80])
    return uow.change


@idempotent
def create_board(actor: Actor, team_id: str, *, name: str) -> Change:
    """Create a board with the five default columns.

    Raises:
        NotFound, Forbidden: no access to the team, or no permission ``board.create``.
        Conflict: the team has too many boards.
    """
    access_team(actor.user_id, team_id, Permission.BOARD_CREATE)
    board_id = new_id()
    with UnitOfWork(actor, entity_id=board_id, version=1) as uow:
        uow.execute(LOCK_TEAM, {"team_id": team_id})  # two boards must not take the same key prefix
        hold_membership(uow, team_id, Permission.BOARD_CREATE)
        _require_room(uow, team_id)
        insert_board(uow, board_id=board_id, team_id=team_id, name=name)
    return uow.change


@idempotent
def edit_board(
    actor: Actor,
    board_id: str,
    *,
    version: int,
    name: str | None = None,
    hard_limits: bool | None = None,
    is_private: bool | None = None,
) -> Change:
    """Rename a board, make its WIP limits hard or soft, or make it private; what is None stays.

    Who makes it private, and would not see it as an admin, is named by it.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.edit``.
        StaleVersion: somebody else has renamed it since `version`.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    with UnitOfWork(actor, entity_id=board_id, version=version + 1) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT)
        present = {
            "name": board.name,
            "hard_limits": board.hard_limits,
            "is_private": board.is_private,
        }
        given = {"name": name, "hard_limits": hard_limits, "is_private": is_private}
        settled = settle_fields(
            actor,
            ("board", board_id),
            {key: value for key, value in given.items() if value is not None},
            present,
            seen=version,
            current=board.version,
            event=Event.BOARD_EDITED,
            uow=uow,
        )
        after = {**present, **settled}
        changed = [key for key in present if after[key] != present[key]] or ["name"]
        named_before, named = _keep_in_sight(uow, board, changed, after)
        record_board_change(
            uow,
            board,
            Event.BOARD_EDITED,
            before={**{key: present[key] for key in changed}, **named_before},
            after={**{key: after[key] for key in changed}, **named},
        )
        uow.execute(_UPDATE, {**after, "board_id": board_id})
    return uow.change


@idempotent
def delete_board(actor: Actor, board_id: str) -> Change:
    """Delete a board with everything on it: nobody sees it or its tasks. It can be restored for 30 days.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.delete``.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_DELETE)
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_DELETE)
        record_board_change(
            uow, board, Event.BOARD_DELETED, before={"deleted": False}, after={"deleted": True}
        )
        uow.execute(_DELETE, {"at": uow.at, "board_id": board_id})
    return uow.change


@idempotent
def restore_board(actor: Actor, board_id: str) -> Change:
    """Take a deletion of a board back: it is there again with everything that was on it.

    Raises:
        NotFound, Forbidden: no access, not deleted, or no permission ``board.delete``.
        Conflict: it was deleted more than 30 days ago, or the team has too many boards.
    """
    row, _ = access_board(actor.user_id, board_id, Permission.BOARD_DELETE, deleted=True)
    if row["deleted_at"] is None:
        raise NotFound(NOT_DELETED)
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        uow.execute(LOCK_TEAM, {"team_id": row["team_id"]})  # nobody else adds a board meanwhile
        board = lock_board(uow, board_id, Permission.BOARD_DELETE, deleted=True)
        _require_room(uow, board.team_id)
        restored = uow.execute(_RESTORE, {"board_id": board_id, "since": uow.at - RESTORABLE_FOR})
        if restored.rowcount != 1:
            raise Conflict(TOO_LATE)
        record_board_change(
            uow, board, Event.BOARD_RESTORED, before={"deleted": True}, after={"deleted": False}
        )
    return uow.change


def record_board_change(
    uow: UnitOfWork,
    board: LockedBoard,
    event: Event,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Raise the version of a locked board and write the audit event of a change to it or its columns."""
    uow.answer(version=board.version + 1)
    uow.update_reference(_RAISE_VERSION, {"at": uow.at, "board_id": board.board_id})
    uow.record(
        event,
        entity_type="board",
        entity_id=board.board_id,
        version=board.version + 1,
        before=before,
        after=after,
        team_id=board.team_id,
        board_id=board.board_id,
        board_seq=board.seq,
    )


def _keep_in_sight(
    uow: UnitOfWork, board: LockedBoard, changed: Sequence[str], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where the change makes a board private, let it name the actor, unless they see it as an admin.

    Answers what the audit event says of it, before and after. Open pages of the team show who sees the board now.
    """
    if "is_private" not in changed:
        return {}, {}
    uow.refresh_pages_of(uow.execute(MEMBER_IDS, {"team_id": board.team_id}).scalars())
    if not after["is_private"] or board.role == Role.ADMIN:
        return {}, {}
    user_id = uow.actor.user_id
    if uow.execute(NAME_PERSON, {"board_ids": [board.board_id], "user_id": user_id}).rowcount == 0:
        return {}, {}
    return {"people": {user_id: False}}, {"people": {user_id: True}}


def _require_room(uow: UnitOfWork, team_id: str) -> None:
    """Raise Conflict when a team has as many boards as it may have. The team's row must be locked."""
    count = uow.execute(_COUNT_BOARDS, {"team_id": team_id}).scalar_one()
    if count >= BOARDS_PER_TEAM:
        raise Conflict(f"A team can have at most {BOARDS_PER_TEAM} boards. Delete one first.")
