"""Use cases of a team's permission matrix: read it, change it, take a change back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, text, tuple_

from taskforge.accounts.queries import left_join_person
from taskforge.errors import Conflict, InvalidInput, NotFound, StaleVersion
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, lock_team
from taskforge.teams.matrix import (
    UNTOUCHABLE,
    Grant,
    Matrix,
    describe_difference,
    list_by_permission,
    read_by_permission,
)
from taskforge.teams.models import RolePermission
from taskforge.teams.permissions import PERMISSIONS, Permission
from taskforge.teams.queries import MEMBER_IDS_WITH_ROLES

SHOWN_CHANGES = 20  # of a matrix, on its page
CHANGED_SINCE = "This was changed again since. Set it as you want it in the table."

_MATRIX = text("""
    SELECT t.version, rp.role, p.name
    FROM   teams t
           LEFT JOIN role_permissions rp USING (team_id)
           LEFT JOIN permissions p USING (permission_id)
    WHERE  t.team_id = :team_id
""")
_CHANGES = text(f"""
    SELECT l.event_id, l.actor_id, u.display_name AS actor_name, u.picture AS actor_picture, l.action_timestamp AS at,
           l.previous_state -> 'permissions' AS before, l.new_state -> 'permissions' AS after,
           l.new_state ->> 'undoes' AS undoes
    FROM   audit_logs l
           {left_join_person("l.actor_id")}
    WHERE  l.entity_type = 'team' AND l.entity_id = :team_id AND l.event = '{Event.TEAM_PERMISSIONS_CHANGED}'
           AND (CAST(:event_id AS uuid) IS NULL OR l.event_id = CAST(:event_id AS uuid))
           AND l.entity_version > :after
    ORDER  BY l.entity_version DESC
    LIMIT  :limit
""")


@dataclass(frozen=True)
class TeamMatrix:
    """The matrix of a team at a version of the team."""

    version: int
    grants: Matrix


@dataclass(frozen=True)
class MatrixChange:
    """One change of a matrix, as its page lists it."""

    event_id: str
    actor_id: str | None
    actor_name: str | None
    actor_picture: str | None
    at: Any
    sentence: str
    is_undo: bool


def get_matrix(actor: Actor, team_id: str) -> TeamMatrix:
    """The matrix of one of the actor's teams: everybody in a team may know what each role may do.

    Raises:
        NotFound: no such team, or the actor is not in it.
    """
    access_team(actor.user_id, team_id)
    return _matrix_in(sql.rows(_MATRIX, {"team_id": team_id}))


def list_matrix_changes(actor: Actor, team_id: str) -> list[MatrixChange]:
    """The latest changes of a team's matrix, newest first; at most 20.

    Raises:
        NotFound: no such team, or the actor is not in it.
    """
    access_team(actor.user_id, team_id)
    rows = sql.rows(
        _CHANGES, {"team_id": team_id, "event_id": None, "after": 0, "limit": SHOWN_CHANGES}
    )
    return [
        MatrixChange(
            row["event_id"],
            row["actor_id"],
            row["actor_name"],
            row["actor_picture"],
            row["at"],
            describe_difference(
                read_by_permission(row["before"]), read_by_permission(row["after"])
            ),
            row["undoes"] is not None,
        )
        for row in rows
    ]


@idempotent
def change_permissions(actor: Actor, team_id: str, *, version: int, grants: Matrix) -> Change:
    """Set what each role of a team may do; `version` is the team's, with which the matrix was seen.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.manage_permissions``.
        InvalidInput: admins would lose the right to manage rights.
        StaleVersion: somebody else changed the matrix since `version`.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_PERMISSIONS)
    present = get_matrix(actor, team_id)
    if present.grants == grants:
        return unchanged(actor, entity_id=team_id, version=present.version)
    if UNTOUCHABLE not in grants:
        raise InvalidInput.about(
            UNTOUCHABLE.role,
            f"must keep {UNTOUCHABLE.permission}: without it nobody could give a right back",
        )
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        current = _lock_matrix(uow, team_id)
        _refuse_stale(uow, team_id, seen=version, current=current.version - 1)
        _write(uow, team_id, current, grants)
    return uow.change


@idempotent
def undo_permissions(actor: Actor, team_id: str, event_id: str) -> Change:
    """Take one change of the matrix back, if nobody changed the same rights since.

    Raises:
        NotFound, Forbidden: no such change, no access, or no permission ``team.manage_permissions``.
        Conflict: some of it was changed again.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_PERMISSIONS)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        current = _lock_matrix(uow, team_id)
        found = uow.row(
            _CHANGES, {"team_id": team_id, "event_id": event_id, "after": 0, "limit": 1}
        )
        if found is None:
            raise NotFound()
        before, after = read_by_permission(found["before"]), read_by_permission(found["after"])
        given, taken = after - before, before - after
        if not given <= current.grants or taken & current.grants:
            raise Conflict(CHANGED_SINCE)
        _write(uow, team_id, current, (current.grants - given) | taken, undoes=event_id)
    return uow.change


def _lock_matrix(uow: UnitOfWork, team_id: str) -> TeamMatrix:
    """The matrix under the team's lock. Another change waits; the right is asked for behind the lock."""
    lock_team(uow, team_id, Permission.TEAM_MANAGE_PERMISSIONS)
    return _matrix_in(uow.execute(_MATRIX, {"team_id": team_id}).mappings().all())


def _matrix_in(rows: Sequence[Any]) -> TeamMatrix:
    grants = frozenset(Grant(row["role"], row["name"]) for row in rows if row["name"])
    return TeamMatrix(rows[0]["version"], grants)


def _refuse_stale(uow: UnitOfWork, team_id: str, *, seen: int, current: int) -> None:
    """Other changes of the team, as of its members, don't count: only those of the matrix."""
    parameters = {"team_id": team_id, "event_id": None, "after": seen, "limit": 1}
    later = uow.row(_CHANGES, parameters)
    if later is not None or seen > current:
        who = later["actor_name"] if later else "Somebody"
        raise StaleVersion(f"{who} changed the rights while you were editing them.")


def _write(
    uow: UnitOfWork, team_id: str, current: TeamMatrix, grants: Matrix, *, undoes: str | None = None
) -> None:
    """Write the difference of two matrices and its audit event, and tell the people of the roles that it touches."""
    given, taken = grants - current.grants, current.grants - grants
    if not given and not taken:  # somebody else made the same change while this one waited
        raise StaleVersion()
    if taken:
        cell = tuple_(RolePermission.role, RolePermission.permission_id)
        cells = [(one["role"], one["permission_id"]) for one in _rows_of(team_id, taken)]
        uow.execute(
            delete(RolePermission).where(RolePermission.team_id == team_id, cell.in_(cells))
        )
    if given:
        uow.execute(insert(RolePermission), _rows_of(team_id, given))
    undone = {"undoes": undoes} if undoes else {}
    uow.record(
        Event.TEAM_PERMISSIONS_CHANGED,
        entity_type="team",
        entity_id=team_id,
        version=current.version,
        before={"permissions": list_by_permission(current.grants)},
        after={"permissions": list_by_permission(grants), **undone},
        team_id=team_id,
    )
    roles = sorted({one.role for one in given | taken})
    touched = uow.execute(MEMBER_IDS_WITH_ROLES, {"team_id": team_id, "roles": roles})
    uow.refresh_pages_of(touched.scalars())


def _rows_of(team_id: str, grants: Matrix) -> list[dict[str, Any]]:
    return [
        {"team_id": team_id, "role": role, "permission_id": PERMISSIONS[name].number}
        for role, name in sorted(grants)
    ]
