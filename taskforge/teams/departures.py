"""How people go from a team: what the audit log keeps of a removal, and taking a removal back.

What becomes of somebody's cards is decided above (`taskforge.tasks.bulk.hand_over`), under the same locks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.queries import is_deleted, join_person, left_join_person
from taskforge.errors import Conflict, NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.retention import RESTORABLE_FOR
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import ABOVE_OWN, access_team, lock_team, require_role_in
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.members import IS_MEMBER_ALREADY, insert_member
from taskforge.teams.permissions import Permission
from taskforge.teams.queries import TEAMS_OF_MEMBERS, is_admitted

LEFT_THEMSELVES = "They left the team by themselves. Invite them, if they want to come back."
MAX_DEPARTED = 50  # people that are listed
LONG_AGO = "They were removed more than 30 days ago. Invite them again."

# The last event of a team that is about the role of one person.
_LAST_OF_PERSON = text(f"""
    SELECT l.event, l.event_id, l.actor_id, u.display_name AS actor_name, l.action_timestamp AS at,
           l.previous_state -> 'members' ->> :user_id AS role,
           coalesce(CAST(l.previous_state -> 'limited' ->> :user_id AS boolean), false) AS is_limited,
           CAST(l.previous_state -> 'joined' ->> :user_id AS timestamptz) AS joined_at,
           l.new_state -> 'handed_over' AS handed_over
    FROM   audit_logs l
           {left_join_person("l.actor_id")}
    WHERE  l.entity_type = 'team' AND l.entity_id = :team_id AND jsonb_exists(l.new_state -> 'members', :user_id)
    ORDER  BY l.log_id DESC
    LIMIT  1
""")
# Those who were removed from a team by others since `:since` and are not in it, latest first.
_DEPARTED = text(f"""
    SELECT last.user_id, person.display_name, last.at, last.actor_id, u.display_name AS actor_name
    FROM   (SELECT DISTINCT ON (one.key) one.key AS user_id, l.event, l.actor_id, l.action_timestamp AS at
            FROM   audit_logs l
                   CROSS JOIN LATERAL jsonb_each(l.new_state -> 'members') one
            WHERE  l.entity_type = 'team' AND l.entity_id = :team_id AND l.action_timestamp >= :since
                   AND jsonb_typeof(l.new_state -> 'members') = 'object'
            ORDER  BY one.key, l.log_id DESC) last
           {join_person("CAST(last.user_id AS uuid)", "person")}
           {left_join_person("last.actor_id")}
    WHERE  last.event = '{Event.TEAM_MEMBER_REMOVED}' AND last.actor_id <> CAST(last.user_id AS uuid)
           AND NOT {is_deleted("person")}
    ORDER  BY last.at DESC, last.user_id
    LIMIT  :limit
""")
_LOCKED_OUT = text(f"""
    SELECT t.team_id, t.name, m.role, m.via_team_id <> m.team_id AS is_inherited
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.team_id = :team_id AND m.user_id = :user_id AND NOT {is_admitted()}
""")
_GIVE_BACK = text("""
    UPDATE team_memberships
    SET    is_limited = :is_limited, joined_at = :joined_at
    WHERE  team_id = :team_id AND user_id = :user_id
""")


class Cards(Protocol):
    """What becomes of a person's cards when they go or come back, under the locks of the team."""

    def lock(self, uow: UnitOfWork, team_id: str, user_id: str) -> Mapping[str, Any]:
        """Take the locks of the boards, before any membership changes; answers what the audit event says of it."""

    def write(self, uow: UnitOfWork, event_id: str) -> None:
        """Change the cards, after the audit event `event_id` of the team was recorded."""


@dataclass(frozen=True, kw_only=True)
class Departure:
    """A removal as the audit log keeps it: by whom, and what the person was. ``handed_over``: see `HandOver`."""

    event_id: str
    actor_id: str | None
    actor_name: str | None
    at: datetime
    role: str
    is_limited: bool
    joined_at: datetime | None
    handed_over: Mapping[str, Any] | None


def get_departure(team_id: str, user_id: str, uow: UnitOfWork | None = None) -> Departure:
    """The removal of somebody that can be taken back. The caller has checked access.

    Raises:
        NotFound: they were never in the team.
        Conflict: they are in it, left by themselves, or were removed more than 30 days ago.
    """
    of_person = {"team_id": team_id, "user_id": user_id}
    found = uow.row(_LAST_OF_PERSON, of_person) if uow else sql.row(_LAST_OF_PERSON, of_person)
    if found is None:
        raise NotFound()
    if found["event"] != Event.TEAM_MEMBER_REMOVED:
        raise Conflict(IS_MEMBER_ALREADY)
    if found["actor_id"] == user_id:
        raise Conflict(LEFT_THEMSELVES)
    if found["at"] < clock.now() - RESTORABLE_FOR:
        raise Conflict(LONG_AGO)
    return Departure(**{name: value for name, value in found.items() if name != "event"})


def find_locked_out(actor: Actor, team_id: str) -> sql.Row | None:
    """The actor's membership (team_id, name, role, is_inherited) in a team that wants two-factor log-in of them.

    None where they are let in, or are no member.
    """
    return sql.row(_LOCKED_OUT, {"team_id": team_id, "user_id": actor.user_id})


def list_departed(actor: Actor, team_id: str) -> Sequence[sql.Row]:
    """The people whose removal can be taken back (user_id, display_name, at, actor_id, actor_name), latest first.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.manage_members``.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    since = clock.now() - RESTORABLE_FOR
    return sql.rows(_DEPARTED, {"team_id": team_id, "since": since, "limit": MAX_DEPARTED})


@idempotent
def restore_member(
    actor: Actor, team_id: str, user_id: str, *, removal_id: str, cards: Cards | None = None
) -> Change:
    """Take the removal `removal_id` of a member back: role, limit and the day since when they were in the team.

    Boards that named them name them still.

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, a role above the actor's, or nobody
            who was removed.
        Conflict: like `get_departure`, or somebody removed them again since; the team is full; or they are in too
            many teams of others.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        departure = get_departure(team_id, user_id, uow)
        if departure.event_id != removal_id:
            raise Conflict()
        require_role_in(uow, team_id, departure.role, why=ABOVE_OWN)
        if cards is not None:
            cards.lock(uow, team_id, user_id)
        limited = {"limited": {user_id: True}} if departure.is_limited else {}
        event_id = insert_member(
            uow,
            team_id,
            user_id,
            departure.role,
            event=Event.TEAM_MEMBER_RESTORED,
            also={"undoes": removal_id, **limited},
        )
        joined_at = departure.joined_at or uow.at
        given = {"is_limited": departure.is_limited, "joined_at": joined_at}
        uow.execute(_GIVE_BACK, {**given, "team_id": team_id, "user_id": user_id})
        if cards is not None:
            cards.write(uow, event_id)
    return uow.change
