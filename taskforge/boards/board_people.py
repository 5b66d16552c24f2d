"""Use cases of the people whom a board names: of a private board, and of guests who are limited to boards.

A board that names somebody opens itself to them only as far as they are in its team (`queries.SEES_BOARD`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from taskforge.accounts.queries import join_person
from taskforge.boards.access import LockedBoard, access_board, lock_board
from taskforge.boards.queries import NAME_PERSON, list_boards
from taskforge.boards.service import record_board_change
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, get_membership, lock_team
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.limits import set_limit
from taskforge.teams.permissions import Permission
from taskforge.teams.queries import MEMBERSHIPS, get_standing

NOT_A_MEMBER = "is not in the team of this board"


class NamedAlready(Conflict):
    """The board names the person already."""


_NAMED = text(f"""
    SELECT u.user_id, u.display_name, u.picture,
           EXISTS (SELECT
                   FROM   {MEMBERSHIPS}
                   WHERE  m.team_id = b.team_id AND m.user_id = n.user_id) AS is_member
    FROM   board_people n
           JOIN boards b ON b.board_id = n.board_id
           {join_person("n.user_id")}
    WHERE  n.board_id = :board_id
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  :limit
""")
_UNNAME = text("""
    DELETE FROM board_people
    WHERE  board_id = ANY(CAST(:board_ids AS uuid[])) AND user_id = :user_id
""")
_BOARDS_NAMING = text("""
    SELECT board_id
    FROM   board_people
    WHERE  board_id = ANY(CAST(:board_ids AS uuid[])) AND user_id = :user_id
""")
MAX_NAMED = 1000  # people whom one board names, also such as have left


@dataclass(frozen=True)
class BoardLimit:
    """Which boards of a team a member sees: all, or (of a limited guest) those with ``is_named``."""

    role: str
    is_limited: bool
    boards: Sequence[sql.Row]
    named_ids: Collection[str]


def list_named_people(actor: Actor, board_id: str) -> Sequence[sql.Row]:
    """The people whom a board names (user_id, display_name, is_member), by name.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.edit``.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    return sql.rows(_NAMED, {"board_id": board_id, "limit": MAX_NAMED})


@idempotent
def name_person(actor: Actor, board_id: str, user_id: str) -> Change:
    """Let a member of the team see a board that is private, or a guest who is limited to boards.

    Raises:
        NotFound, Forbidden: no access, or no permission ``board.edit``.
        InvalidInput: nobody of the team.
        NamedAlready: the board names them already.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT)
        if get_standing(uow, board.team_id, user_id) is None:
            raise InvalidInput.about("user_id", NOT_A_MEMBER)
        put = uow.execute(NAME_PERSON, {"board_ids": [board_id], "user_id": user_id})
        if put.rowcount == 0:
            raise NamedAlready("The board names them already.")
        _record(uow, board, Event.BOARD_PERSON_NAMED, user_id, named=True)
    return uow.change


@idempotent
def unname_person(actor: Actor, board_id: str, user_id: str) -> Change:
    """Take somebody from the people whom a board names.

    Raises:
        NotFound, Forbidden: no access, no permission ``board.edit``, or the board does not name them.
    """
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    with UnitOfWork(actor, entity_id=board_id, version=0) as uow:
        board = lock_board(uow, board_id, Permission.BOARD_EDIT)
        removed = uow.execute(_UNNAME, {"board_ids": [board_id], "user_id": user_id})
        if removed.rowcount == 0:
            raise NotFound()
        _record(uow, board, Event.BOARD_PERSON_REMOVED, user_id, named=False)
    return uow.change


def get_limit(actor: Actor, team_id: str, user_id: str) -> BoardLimit:
    """Which boards of a team a member sees, as far as the actor sees these boards.

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, or no such member.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    standing = get_membership(user_id, team_id)
    boards = list_boards(actor, team_id)
    ids = [board["board_id"] for board in boards]
    named = sql.rows(_BOARDS_NAMING, {"board_ids": ids, "user_id": user_id})
    return BoardLimit(
        standing.role, standing.is_limited, boards, {row["board_id"] for row in named}
    )


@idempotent
def limit_guest(
    actor: Actor, team_id: str, user_id: str, *, board_ids: Collection[str] | None
) -> Change:
    """Limit a guest to some boards of a team; None lets them see all again that are not private.

    Of boards that the actor does not see nothing is changed.

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, or no such member.
        InvalidInput: one of the boards is not a board of the team that the actor sees.
        Conflict: they are no guest.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    present = get_limit(actor, team_id, user_id)
    seen = {board["board_id"] for board in present.boards}
    chosen = set(board_ids or ())
    if not chosen <= seen:
        raise InvalidInput.about("board_ids", "has a board that is not one of this team")
    is_as_before = present.is_limited == (board_ids is not None)
    if is_as_before and (board_ids is None or chosen == present.named_ids):
        return unchanged(actor, entity_id=team_id, version=0)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        was_limited = set_limit(uow, team_id, user_id, is_limited=board_ids is not None)
        of_person = {"board_ids": sorted(seen), "user_id": user_id}
        named = set(uow.execute(_BOARDS_NAMING, of_person).scalars())
        added, removed = set(), set()
        if board_ids is not None:
            added, removed = chosen - named, named - chosen
            uow.execute(NAME_PERSON, {**of_person, "board_ids": sorted(added)})
            uow.execute(_UNNAME, {**of_person, "board_ids": sorted(removed)})
        after = {**dict.fromkeys(sorted(added), True), **dict.fromkeys(sorted(removed), False)}
        event_id = uow.record(
            Event.TEAM_GUEST_LIMITED,
            entity_type="team",
            entity_id=team_id,
            version=uow.change.version,
            before={
                "limited": {user_id: was_limited},
                "boards": {user_id: {board_id: not named for board_id, named in after.items()}},
            },
            after={"limited": {user_id: board_ids is not None}, "boards": {user_id: after}},
            team_id=team_id,
        )
        if removed or (board_ids is not None and not was_limited):
            kind = NotificationKind.LIMITED_TO_BOARDS
            uow.notify(event_id, [user_id], kind, {"team_id": team_id})
        uow.refresh_pages_of([user_id])
    return uow.change


def _record(
    uow: UnitOfWork, board: LockedBoard, event: Event, user_id: str, *, named: bool
) -> None:
    record_board_change(
        uow,
        board,
        event,
        before={"people": {user_id: not named}},
        after={"people": {user_id: named}},
    )
    uow.refresh_pages_of([user_id])
