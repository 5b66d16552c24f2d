"""How people come into a team: one way for all, inside the unit of work of the caller.

The caller holds the locks of the tree (`hierarchy.lock_tree`) and, after it, of the team.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import hold_person
from taskforge.teams.hierarchy import require_shape
from taskforge.teams.invitations.queries import CLOSE_INVITATIONS_OF_MEMBER
from taskforge.teams.queries import MEMBERS_PER_TEAM, TEAMS_PER_USER

IS_MEMBER_ALREADY = "They are a member of this team already. Change their role instead."
YOU_ARE_MEMBER_ALREADY = "You are in this team already."
# Who is added or removed is notified of it by these kinds.
_NOTIFICATIONS = {
    Event.TEAM_MEMBER_ADDED: NotificationKind.ADDED_TO_TEAM,
    Event.TEAM_MEMBER_RESTORED: NotificationKind.ADDED_TO_TEAM,
    Event.TEAM_MEMBER_REMOVED: NotificationKind.REMOVED_FROM_TEAM,
}

# The teams of others that somebody is in.
_COUNT_JOINED = text("""
    SELECT count(*)
    FROM   team_memberships m
           JOIN teams t USING (team_id)
    WHERE  m.user_id = :user_id AND t.created_by <> :user_id AND t.deleted_at IS NULL
""")
_COUNT_MEMBERS = text("SELECT count(*) FROM team_memberships WHERE team_id = :team_id")
_ADD_MEMBER = text("""
    INSERT INTO team_memberships (team_id, user_id, role, joined_at)
    VALUES (:team_id, :user_id, :role, :at)
    ON CONFLICT DO NOTHING
""")
_HOLD_PARENT_MEMBERSHIP = text("""
    SELECT 1
    FROM   teams t
           JOIN effective_memberships p ON p.team_id = t.parent_team_id
    WHERE  t.team_id = :team_id AND p.user_id = :user_id
    FOR    SHARE OF p
""")


class NotInParent(NotFound):
    """Somebody is not in the parent team, so that they can be invited only."""


def insert_member(
    uow: UnitOfWork,
    team_id: str,
    user_id: str,
    role: str,
    *,
    event: Event,
    also: Mapping[str, Any] | None = None,
) -> str:
    """Put somebody into a team, with the audit event, whose id it answers; `also` is added to its new state.

    Their open invitations into the team are used up.

    Raises:
        Conflict: already a member, the team is full, or they are in too many teams of others.
    """
    is_self = user_id == uow.actor.user_id
    count = uow.execute(_COUNT_MEMBERS, {"team_id": team_id}).scalar_one()
    if count >= MEMBERS_PER_TEAM:
        raise Conflict(
            f"A team can have at most {MEMBERS_PER_TEAM} members."
            f" {'Ask an admin to remove' if is_self else 'Remove'} somebody first."
        )
    _require_room(uow, user_id)
    added = uow.execute(
        _ADD_MEMBER, {"team_id": team_id, "user_id": user_id, "role": role, "at": uow.at}
    )
    if added.rowcount == 0:
        raise Conflict(YOU_ARE_MEMBER_ALREADY if is_self else IS_MEMBER_ALREADY)
    require_shape(uow, team_id)
    uow.execute(CLOSE_INVITATIONS_OF_MEMBER, {"team_id": team_id, "user_id": user_id, "at": uow.at})
    return record_member(uow, team_id, event, user_id, None, role, also=also)


def record_member(
    uow: UnitOfWork,
    team_id: str,
    event: Event,
    user_id: str,
    before: str | None,
    after: str | None,
    *,
    names: Mapping[str, str] | None = None,
    also: Mapping[str, Any] | None = None,
    was: Mapping[str, Any] | None = None,
) -> str:
    """Write the audit event of a change of one member, and notify them where there is a kind for it; answers its id.

    `also` is added to the state after it, `was` to the state before.
    `names` are what the notification keeps of the team, for a reader who can't look it up any more.
    """
    event_id = uow.record(
        event,
        entity_type="team",
        entity_id=team_id,
        version=uow.change.version,
        before={"members": {user_id: before}, **(was or {})},
        after={"members": {user_id: after}, **(also or {})},
        team_id=team_id,
    )
    uow.refresh_pages_of([user_id])
    kind = _NOTIFICATIONS.get(event)
    if kind is not None:
        uow.notify(event_id, [user_id], kind, {"team_id": team_id, **(names or {})})
    return event_id


def require_in_parent(uow: UnitOfWork, team_id: str, user_id: str) -> None:
    """Let somebody be added without being asked only if they belong to the parent team, and keep them there.

    Raises:
        NotInParent: they don't, or there is no parent.
    """
    if uow.row(_HOLD_PARENT_MEMBERSHIP, {"team_id": team_id, "user_id": user_id}) is None:
        raise NotInParent()


def _require_room(uow: UnitOfWork, user_id: str) -> None:
    """Refuse who is in as many teams of others as their list shows; two at once wait for each other.

    Raises:
        Conflict: they are.
        NotFound: their account was deleted in the meantime.
    """
    hold_person(uow, user_id)
    joined = uow.execute(_COUNT_JOINED, {"user_id": user_id}).scalar_one()
    if joined >= TEAMS_PER_USER:
        raise Conflict(
            f"You are in {TEAMS_PER_USER} teams of others already. Leave one first."
            if user_id == uow.actor.user_id
            else f"They are in {TEAMS_PER_USER} teams of others already. Ask them to leave one first."
        )
