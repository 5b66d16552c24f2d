"""What one person was in a team at an instant, and why: folded from the audit log, which has each change.

Nothing else is asked, not even for now: the doctor proves that the rows are what the log says (I14).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.teams.hierarchy import MAX_DEPTH
from taskforge.teams.matrix import Grant, Matrix, read_by_permission
from taskforge.teams.permissions import ROLES, Role

# The events of a team up to `:at` that say something of its place, its matrix, or the person.
_EVENTS = text(f"""
    SELECT l.event, l.event_id, l.action_timestamp AS at, l.actor_id, u.display_name AS actor_name,
           l.new_state -> 'name' AS name,
           l.new_state -> 'parent_team_id' AS parent_team_id,
           l.new_state -> 'inherits_members' AS inherits_members,
           l.new_state -> 'deleted' AS is_deleted, l.new_state -> 'archived' AS is_archived,
           l.previous_state -> 'permissions' AS before,
           l.new_state -> 'permissions' AS permissions,
           jsonb_exists(l.new_state -> 'members', :user_id) AS is_about_role,
           l.new_state -> 'members' ->> :user_id AS role,
           l.new_state -> 'limited' -> :user_id AS is_limited
    FROM   audit_logs l
           {left_join_person("l.actor_id")}
    WHERE  l.entity_type = 'team' AND l.entity_id = :team_id AND l.action_timestamp <= :at
           AND (l.event IN ('{Event.TEAM_CREATED}', '{Event.TEAM_EDITED}', '{Event.TEAM_PERMISSIONS_CHANGED}',
                            '{Event.TEAM_DELETED}', '{Event.TEAM_RESTORED}', '{Event.TEAM_ARCHIVED}',
                            '{Event.TEAM_UNARCHIVED}')
                OR jsonb_exists(l.new_state -> 'members', :user_id)
                OR jsonb_exists(l.new_state -> 'limited', :user_id))
    ORDER  BY l.entity_version
""")
# The matrix of a team before its first change after `:at`; else as it is now.
_MATRIX_BEFORE_NEXT = text(f"""
    SELECT l.previous_state -> 'permissions'
    FROM   audit_logs l
    WHERE  l.entity_type = 'team' AND l.entity_id = :team_id AND l.action_timestamp > :at
           AND l.event = '{Event.TEAM_PERMISSIONS_CHANGED}'
    ORDER  BY l.entity_version
    LIMIT  1
""")
_MATRIX_NOW = text("""
    SELECT rp.role, p.name
    FROM   role_permissions rp
           JOIN permissions p USING (permission_id)
    WHERE  rp.team_id = :team_id
""")


class Cause(NamedTuple):
    """The change that made something so: by whom, and when."""

    actor_name: str | None
    at: datetime


@dataclass(frozen=True)
class PastTeam:
    """A team at an instant, as far as it concerns one person. ``role`` is the one with which they were added to it."""

    team_id: str
    name: str = ""
    exists: bool = False
    is_deleted: bool = False
    is_archived: bool = False
    parent_team_id: str | None = None
    inherits_members: bool = False
    role: str | None = None
    role_cause: Cause | None = None
    was_ever_member: bool = False
    is_limited: bool = False
    cell_causes: Mapping[Grant, Cause] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A team from which a role comes: the team itself, or a parent of it, one or more levels up."""

    team_id: str
    name: str
    role: str
    is_limited: bool
    cause: Cause | None


@dataclass(frozen=True)
class PastStanding:
    """What a person was in a team: the sources of their role, the best first, and the matrix of the team."""

    team: PastTeam
    sources: Sequence[Source]
    matrix: Matrix
    is_known: bool  # the team has ever had to do with them

    @property
    def source(self) -> Source | None:
        """Where the role comes from that counts; None for who is not in the team."""
        return self.sources[0] if self.sources else None


def read_standing(team_id: str, user_id: str, at: datetime) -> PastStanding:
    """What a person was in a team at an instant: a statement for each level of the tree, and two for the matrix."""
    team = _read_team(team_id, user_id, at)
    above = [team]
    while (
        above[-1].inherits_members
        and above[-1].parent_team_id
        and not above[-1].is_deleted  # nobody is in a deleted team, nor through it
        and len(above) <= MAX_DEPTH
    ):
        above.append(_read_team(above[-1].parent_team_id, user_id, at))
    sources = [
        Source(one.team_id, one.name, one.role, one.is_limited, one.role_cause)
        for one in above
        if one.role is not None and not one.is_deleted
    ]
    # Sorting is stable: of two that are equal the nearer one counts, as where the rows are derived.
    sources.sort(key=lambda one: (ROLES.index(one.role), one.is_limited))
    is_known = any(one.was_ever_member for one in above)
    return PastStanding(team, sources, _read_matrix(team_id, at), is_known)


def _read_team(team_id: str, user_id: str, at: datetime) -> PastTeam:
    team = PastTeam(team_id)
    for event in sql.rows(_EVENTS, {"team_id": team_id, "user_id": user_id, "at": at}):
        team = _after(team, event)
    return team


def _after(team: PastTeam, event: sql.Row) -> PastTeam:
    """The team after one more of its events."""
    cause = Cause(event["actor_name"], event["at"])
    named = ("name", "parent_team_id", "inherits_members", "is_deleted", "is_archived")
    changes: dict[str, Any] = {name: event[name] for name in named if event[name] is not None}
    if event["event"] in (Event.TEAM_CREATED, Event.TEAM_EDITED):
        changes |= {"exists": True, "parent_team_id": event["parent_team_id"]}
    if event["is_about_role"]:
        changes |= {"role": event["role"], "role_cause": cause, "was_ever_member": True}
        changes["is_limited"] = team.is_limited and event["role"] == team.role == Role.GUEST
    if event["is_limited"] is not None:
        changes["is_limited"] = event["is_limited"]
    if event["permissions"] is not None:
        changed = read_by_permission(event["before"]) ^ read_by_permission(event["permissions"])
        changes["cell_causes"] = {**team.cell_causes, **dict.fromkeys(changed, cause)}
    return replace(team, **changes)


def _read_matrix(team_id: str, at: datetime) -> Matrix:
    """The matrix at an instant. Whatever no change has touched since is what it is now."""
    recorded = sql.scalar(_MATRIX_BEFORE_NEXT, {"team_id": team_id, "at": at})
    if recorded is not None:
        return read_by_permission(recorded)
    return frozenset(
        Grant(row["role"], row["name"]) for row in sql.rows(_MATRIX_NOW, {"team_id": team_id})
    )
