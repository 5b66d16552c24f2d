"""Deleting a team with its boards, restoring it, and the rows that are purged after that.

Nobody is in a deleted team: its effective memberships are gone, so that no query finds anything of it, nor what came
through it to the teams below. They come back with it. Its boards and their tasks stay as they are until all of it is
purged (`taskforge.admin.trash`); the teams below keep it as their parent until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.queries import join_person
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.retention import RESTORABLE_FOR, TOO_LATE
from taskforge.stores.team_limit import find_limit
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, lock_team, raise_version
from taskforge.teams.hierarchy import lock_tree, require_shape
from taskforge.teams.permissions import Role
from taskforge.teams.queries import MEMBER_IDS
from taskforge.teams.service import get_added

MAX_LISTED = 200  # deleted teams of a person
ADMINS_ONLY = "Only an admin who was added to the team can delete it."
OTHER_NAME = "is not the name of this team"

_MARK = text("UPDATE teams SET deleted_at = :at WHERE team_id = :team_id")
_RESTORE = text("""
    UPDATE teams
    SET    deleted_at = NULL
    WHERE  team_id = :team_id AND deleted_at >= :since
""")
# Those who are in a team, or through it in one below.
_PEOPLE = text("""
    SELECT DISTINCT user_id
    FROM   effective_memberships
    WHERE  team_id = :team_id OR via_team_id = :team_id
""")
# A person's deleted teams: those to which they were added as an admin.
_OF_ADMIN = f"""
    FROM   teams t
           JOIN team_memberships m ON m.team_id = t.team_id AND m.role = '{Role.ADMIN}'
    WHERE  m.user_id = :user_id AND t.deleted_at IS NOT NULL
           AND (CAST(:limited AS uuid[]) IS NULL OR t.team_id = ANY(CAST(:limited AS uuid[])))
"""
_FIND = text(f"SELECT t.team_id, t.name {_OF_ADMIN} AND t.team_id = :team_id")
_LIST = text(f"""
    SELECT t.team_id, t.name, t.deleted_at, d.actor_id AS deleter_id, d.display_name AS deleter_name
    FROM   (SELECT t.team_id, t.name, t.deleted_at {_OF_ADMIN}) t
           LEFT JOIN LATERAL (
               SELECT l.actor_id, u.display_name
               FROM   audit_logs l
                      {join_person("l.actor_id")}
               WHERE  l.entity_type = 'team' AND l.entity_id = t.team_id AND l.event = '{Event.TEAM_DELETED}'
               ORDER  BY l.log_id DESC
               LIMIT  1) d ON true
    WHERE  t.deleted_at >= :since
    ORDER  BY t.deleted_at DESC, t.team_id
    LIMIT  :limit
""")


@idempotent
def delete_team(actor: Actor, team_id: str, *, name: str | None = None) -> Change:
    """Delete a team with everything in it: nobody sees it. Its admins can restore it for 30 days.

    `name` is what the actor typed to show that they mean this team.

    Raises:
        NotFound, Forbidden: no access, or no admin who was added to the team.
        InvalidInput: it is the name of another one.
        Conflict: the actor is in it through a parent alone.
    """
    membership = access_team(actor.user_id, team_id)
    if membership.role != Role.ADMIN:
        raise Forbidden(ADMINS_ONLY)
    if name is not None and name != membership.team_name:
        raise InvalidInput.about("name", OTHER_NAME)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow, for_change=True)
        version = lock_team(uow, team_id, None)
        if get_added(uow, team_id, actor.user_id)["role"] != Role.ADMIN:
            raise Forbidden(ADMINS_ONLY)
        uow.refresh_pages_of(uow.execute(_PEOPLE, {"team_id": team_id}).scalars())
        people = list(uow.execute(MEMBER_IDS, {"team_id": team_id}).scalars())
        uow.execute(_MARK, {"team_id": team_id, "at": uow.at})
        event_id = _record(uow, Event.TEAM_DELETED, team_id, version, deleted=True)
        payload = {"team_id": team_id, "team_name": membership.team_name}
        uow.notify(event_id, people, NotificationKind.TEAM_DELETED, payload)
    return uow.change


@idempotent
def restore_team(actor: Actor, team_id: str) -> Change:
    """Take the deletion of a team back: it is there again with its people, boards, and who is below it through it.

    Raises:
        NotFound: not deleted, or the actor was no admin who was added to it.
        Conflict: it was deleted more than 30 days ago, or too many people would be in it or a team below it.
    """
    get_deleted_team(actor, team_id)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow, for_change=True)
        version = raise_version(uow, team_id)
        if uow.row(_FIND, _of_admin(actor, team_id=team_id)) is None:
            raise NotFound()
        since = uow.at - RESTORABLE_FOR
        if uow.execute(_RESTORE, {"team_id": team_id, "since": since}).rowcount != 1:
            raise Conflict(TOO_LATE)
        require_shape(uow, team_id)
        uow.refresh_pages_of(uow.execute(_PEOPLE, {"team_id": team_id}).scalars())
        uow.answer(version=version)
        _record(uow, Event.TEAM_RESTORED, team_id, version, deleted=False)
    return uow.change


def get_deleted_team(actor: Actor, team_id: str) -> sql.Row:
    """A deleted team of the actor's (team_id, name).

    Raises:
        NotFound: not deleted, or the actor was no admin who was added to it.
    """
    found = sql.row(_FIND, _of_admin(actor, team_id=team_id))
    if found is None:
        raise NotFound()
    return found


def list_deleted_teams(actor: Actor) -> Sequence[sql.Row]:
    """The teams that the actor can restore, latest deletion first; each with ``deleted_at`` and who deleted it."""
    since = clock.now() - RESTORABLE_FOR
    return sql.rows(_LIST, _of_admin(actor, since=since, limit=MAX_LISTED))


def _of_admin(actor: Actor, **more: Any) -> dict[str, Any]:
    """The parameters of `_OF_ADMIN`: a limit of the request to some teams holds for deleted ones too."""
    limit = find_limit()
    limited = None if limit is None else [*limit.team_ids]
    return {"user_id": actor.user_id, "limited": limited, **more}


def _record(uow: UnitOfWork, event: Event, team_id: str, version: int, *, deleted: bool) -> str:
    return uow.record(
        event,
        entity_type="team",
        entity_id=team_id,
        version=version,
        before={"deleted": not deleted},
        after={"deleted": deleted},
        team_id=team_id,
    )
