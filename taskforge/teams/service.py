"""Use cases of teams: create, edit, and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from taskforge.errors import Conflict, InvalidInput, NotFound, StaleVersion
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import HELD_PERMISSIONS, access_team, lock_team
from taskforge.teams.creation import TEAMS_PER_USER, require_parent
from taskforge.teams.permissions import ROLES

MEMBERS_PER_TEAM = 500
HIERARCHY_LOCK = (
    7_166_002  # one change of a team's place at a time: two could close a circle together
)
LAST_ADMIN = "A team needs at least one admin. Make somebody else an admin first."


def list_teams(actor: Actor) -> Sequence[sql.Row]:
    """The actor's teams by name, each with the actor's role and permissions, and how many members and boards it has."""
    return sql.rows(
        text(
            "SELECT t.team_id, t.name, t.description, t.parent_team_id, t.version, t.created_at, t.updated_at, m.role,"
            f" {HELD_PERMISSIONS} AS permissions,"
            " (SELECT count(*) FROM team_memberships o WHERE o.team_id = t.team_id) AS member_count,"
            " (SELECT count(*) FROM boards b WHERE b.team_id = t.team_id AND b.deleted_at IS NULL) AS board_count"
            " FROM teams t JOIN team_memberships m USING (team_id) WHERE m.user_id = :user_id"
            " ORDER BY lower(t.name), t.team_id LIMIT :most"
        ),
        {"user_id": actor.user_id, "most": TEAMS_PER_USER},
    )


def get_team(actor: Actor, team_id: str) -> sql.Row:
    """One team with the actor's role and permissions in it. Its parent has a name only for the parent's members.

    Raises:
        NotFound: no such team, or the actor is not in it.
    """
    found = sql.row(
        text(
            "SELECT t.team_id, t.name, t.description, t.parent_team_id, parent.name AS parent_name, t.version,"
            " t.created_by, t.created_at, t.updated_at, m.role,"
            f" {HELD_PERMISSIONS} AS permissions FROM teams t JOIN team_memberships m USING (team_id)"
            " LEFT JOIN teams parent ON parent.team_id = t.parent_team_id AND EXISTS (SELECT 1"
            " FROM team_memberships p WHERE p.team_id = t.parent_team_id AND p.user_id = m.user_id)"
            " WHERE t.team_id = :team_id AND m.user_id = :user_id"
        ),
        {"team_id": team_id, "user_id": actor.user_id},
    )
    if found is None:
        raise NotFound()
    return found


def list_members(actor: Actor, team_id: str) -> Sequence[sql.Row]:
    """The members of one of the actor's teams: user_id, display_name, email, role, joined_at; admins first."""
    access_team(actor.user_id, team_id)
    return sql.rows(
        text(
            "SELECT u.user_id, u.display_name, u.email, m.role, m.joined_at FROM team_memberships m"
            " JOIN users u USING (user_id) WHERE m.team_id = :team_id"
            " ORDER BY array_position(ARRAY['admin','member','guest'], m.role::text), lower(u.display_name), u.user_id"
            " LIMIT :most"
        ),
        {"team_id": team_id, "most": MEMBERS_PER_TEAM},
    )


@idempotent
def edit_team(actor: Actor, team_id: str, *, version: int, changes: dict[str, Any]) -> Change:
    """Change name, description or parent of a team.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.edit``.
        StaleVersion: the team is not at `version` any more.
        InvalidInput: the parent would make a circle or is not the actor's.
    """
    access_team(actor.user_id, team_id, "team.edit")
    require_parent(actor, changes.get("parent_team_id"))
    with UnitOfWork(actor, entity_id=team_id, version=version + 1) as uow:
        if changes.get("parent_team_id") is not None:
            uow.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": HIERARCHY_LOCK})
        if lock_team(uow, team_id, "team.edit") != version + 1:
            raise StaleVersion()
        before = _team_state(uow, team_id)
        wanted = {**before, **{name: value for name, value in changes.items() if name in before}}
        _refuse_circle(uow, wanted["parent_team_id"], team_id)
        uow.execute(
            text(
                "UPDATE teams SET name = :name, description = :description, parent_team_id = :parent_team_id"
                " WHERE team_id = :team_id"
            ),
            {**wanted, "team_id": team_id},
        )
        uow.record(
            "team.edited",
            entity_type="team",
            entity_id=team_id,
            version=version + 1,
            before=before,
            after=wanted,
            team_id=team_id,
        )
    return uow.change


@idempotent
def add_member(
    actor: Actor, team_id: str, *, role: str, user_id: str | None = None, email: str | None = None
) -> Change:
    """Add an existing user to a team, by id or e-mail address.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.manage_members``.
        InvalidInput: unknown role or nobody with that address.
        Conflict: already a member, or the team is full.
    """
    access_team(actor.user_id, team_id, "team.manage_members")
    _check_role(role)
    person = sql.row(
        text(
            "SELECT user_id FROM users WHERE user_id = CAST(:user_id AS uuid) OR email = :email LIMIT 1"
        ),
        {"user_id": user_id, "email": email},
    )
    if person is None:
        field = "email" if user_id is None else "user_id"
        raise InvalidInput.about(field, "has no account here yet: ask them to sign up first")
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_team(uow, team_id, "team.manage_members")
        count = uow.execute(
            text("SELECT count(*) FROM team_memberships WHERE team_id = :team_id"),
            {"team_id": team_id},
        ).scalar_one()
        if count >= MEMBERS_PER_TEAM:
            raise Conflict(
                f"A team can have at most {MEMBERS_PER_TEAM} members. Remove somebody first."
            )
        added = uow.execute(
            text(
                "INSERT INTO team_memberships (team_id, user_id, role, joined_at)"
                " VALUES (:team_id, :user_id, :role, :at) ON CONFLICT DO NOTHING"
            ),
            {"team_id": team_id, "user_id": person["user_id"], "role": role, "at": uow.at},
        )
        if added.rowcount == 0:
            raise Conflict("They are a member of this team already. Change their role instead.")
        _record_member(uow, team_id, "team.member_added", person["user_id"], None, role)
    return uow.change


@idempotent
def change_role(actor: Actor, team_id: str, user_id: str, *, role: str) -> Change:
    """Give a member another role.

    Raises:
        NotFound, Forbidden: no access, no permission, or no such member.
        InvalidInput: unknown role.
        Conflict: the last admin would lose the role.
    """
    access_team(actor.user_id, team_id, "team.manage_members")
    _check_role(role)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_team(uow, team_id, "team.manage_members")
        before = _member_role(uow, team_id, user_id)
        if before == "admin" and role != "admin":
            _require_other_admin(uow, team_id, user_id)
        uow.execute(
            text(
                "UPDATE team_memberships SET role = :role WHERE team_id = :team_id AND user_id = :user_id"
            ),
            {"role": role, "team_id": team_id, "user_id": user_id},
        )
        _record_member(uow, team_id, "team.member_role_changed", user_id, before, role)
    return uow.change


@idempotent
def remove_member(actor: Actor, team_id: str, user_id: str) -> Change:
    """Take a member out of a team; everybody may leave by themselves. Their tasks keep them as assignee.

    Raises:
        NotFound, Forbidden: no access, no permission, or no such member.
        Conflict: the last admin can't leave.
    """
    permission = None if user_id == actor.user_id else "team.manage_members"
    access_team(actor.user_id, team_id, permission)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_team(uow, team_id, permission)
        before = _member_role(uow, team_id, user_id)
        if before == "admin":
            _require_other_admin(uow, team_id, user_id)
        uow.execute(
            text("DELETE FROM team_memberships WHERE team_id = :team_id AND user_id = :user_id"),
            {"team_id": team_id, "user_id": user_id},
        )
        _record_member(uow, team_id, "team.member_removed", user_id, before, None)
    return uow.change


def _record_member(
    uow: UnitOfWork, team_id: str, event: str, user_id: str, before: str | None, after: str | None
) -> None:
    event_id = uow.record(
        event,
        entity_type="team",
        entity_id=team_id,
        version=uow.change.version,
        before={"members": {user_id: before}},
        after={"members": {user_id: after}},
        team_id=team_id,
    )
    if event == "team.member_added":
        uow.notify(event_id, [user_id], "added_to_team", {"team_id": team_id})


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InvalidInput.about("role", "must be admin, member or guest")


def _member_role(uow: UnitOfWork, team_id: str, user_id: str) -> str:
    role = uow.execute(
        text(
            "SELECT role FROM team_memberships WHERE team_id = :team_id AND user_id = :user_id FOR UPDATE"
        ),
        {"team_id": team_id, "user_id": user_id},
    ).scalar()
    if role is None:
        raise NotFound()
    return str(role)


def _require_other_admin(uow: UnitOfWork, team_id: str, user_id: str) -> None:
    other = uow.execute(
        text(
            "SELECT 1 FROM team_memberships WHERE team_id = :team_id AND role = 'admin' AND user_id <> :user_id LIMIT 1"
        ),
        {"team_id": team_id, "user_id": user_id},
    ).first()
    if other is None:
        raise Conflict(LAST_ADMIN)


def _refuse_circle(uow: UnitOfWork, parent_id: str | None, team_id: str) -> None:
    circle = uow.execute(
        text(
            "WITH RECURSIVE above AS (SELECT team_id, parent_team_id FROM teams WHERE team_id = :parent_id"
            " UNION SELECT t.team_id, t.parent_team_id FROM teams t JOIN above ON t.team_id = above.parent_team_id)"
            " SELECT 1 FROM above WHERE team_id = :team_id"
        ),
        {"parent_id": parent_id, "team_id": team_id},
    ).first()
    if circle is not None:
        raise InvalidInput.about("parent_team_id", "is below this team already")


def _team_state(uow: UnitOfWork, team_id: str) -> dict[str, Any]:
    found = uow.execute(
        text("SELECT name, description, parent_team_id FROM teams WHERE team_id = :team_id"),
        {"team_id": team_id},
    )
    return dict(found.mappings().one())
