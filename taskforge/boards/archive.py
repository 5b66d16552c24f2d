"""Archiving boards and teams: what is archived can be read, is off the lists, and refuses every change of its content.

The permissions that somebody has there are narrowed (`teams.permissions.ARCHIVED`), wherever they are asked for: what
is archived while a change waits for the lock of its board refuses it behind the lock.
"""

from __future__ import annotations

from sqlalchemy import text

from taskforge.boards.access import access_board, lock_board
from taskforge.boards.queries import LOCK_BOARDS
from taskforge.boards.service import record_board_change
from taskforge.errors import Conflict, Forbidden
from taskforge.events import Event
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, lock_team, require_role_in
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.queries import MEMBER_IDS, SET_TEAM_ARCHIVED

ADMINS_ONLY = "Only an admin of the team can archive it."

_SET = text("""
    UPDATE boards
    SET    archived_at = :archived_at
    WHERE  board_id = :board_id AND (archived_at IS NULL) = :archive
""")


@idempotent
def archive_board(actor: Actor, board_id: str) -> Change:
    """Make a board read-only and take it off the lists, until it is unarchived.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.delete``.
        Conflict: it is archived already, or its team is.
    """
    return _set(actor, board_id, archive=True)


@idempotent
def unarchive_board(actor: Actor, board_id: str) -> Change:
    """Let a board be changed again.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.delete``.
        Conflict: it is not archived, or its team is.
    """
    return _set(actor, board_id, archive=False)


@idempotent
def archive_team(actor: Actor, team_id: str) -> Change:
    """Make a team and its boards read-only and take them off the lists, until the team is unarchived.

    One can still leave it, and it can be deleted.

    Raises:
        NotFound, Forbidden: no access, or no admin.
        Conflict: it is archived already.
    """
    return _set_team(actor, team_id, archive=True)


@idempotent
def unarchive_team(actor: Actor, team_id: str) -> Change:
    """Let a team be changed again.

    Raises:
        NotFound, Forbidden: no access, or no admin.
        Conflict: it is not archived.
    """
    return _set_team(actor, team_id, archive=False)


def _set_team(actor: Actor, team_id: str, *, archive: bool) -> Change:
    if access_team(actor.user_id, team_id).role != Role.ADMIN:
        raise Forbidden(ADMINS_ONLY)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        version = lock_team(uow, team_id, None)
        require_role_in(uow, team_id, Role.ADMIN, why=ADMINS_ONLY)
        uow.execute(
            LOCK_BOARDS, {"team_id": team_id}
        )  # every write on one of them is over, or waits
        at = uow.at if archive else None
        wanted = {"team_id": team_id, "archived_at": at, "archive": archive}
        if uow.execute(SET_TEAM_ARCHIVED, wanted).rowcount == 0:
            raise Conflict(
                "This team is archived already." if archive else "This team is not archived."
            )
        uow.record(
            Event.TEAM_ARCHIVED if archive else Event.TEAM_UNARCHIVED,
            entity_type="team",
            entity_id=team_id,
            version=version,
            before={"archived": not archive},
            after={"archived": archive},
            team_id=team_id,
        )
        uow.refresh_pages_of(uow.execute(MEMBER_IDS, {"team_id": team_id}).scalars())
    return uow.change


def _set(actor: Actor, board_id: str, *, archive: bool) -> Change:
    access_board(actor.user_id, board_id, Permission.BOARD_DELETE)
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_DELETE)
        at = uow.at if archive else None
        changed = uow.execute(_SET, {"board_id": board_id, "archived_at": at, "archive": archive})
        if changed.rowcount == 0:
            raise Conflict(
                "This board is archived already." if archive else "This board is not archived."
            )
        record_board_change(
            uow,
            board,
            Event.BOARD_ARCHIVED if archive else Event.BOARD_UNARCHIVED,
            before={"archived": not archive},
            after={"archived": archive},
        )
        uow.refresh_pages_of(uow.execute(MEMBER_IDS, {"team_id": board.team_id}).scalars())
    return uow.change
