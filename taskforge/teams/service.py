"""Use cases of teams: edit a team, and add, promote and remove its members."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from taskforge.accounts.field_conflicts import merge_lines, settle_fields
from taskforge.accounts.queries import IS_ACTIVE, find_user_id, join_person
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams import queries
from taskforge.teams.access import (
    ABOVE_OWN,
    access_team,
    check_role,
    get_membership,
    lock_team,
    lock_team_to_leave,
    require_role_in,
)
from taskforge.teams.creation import hold_parent, require_parent
from taskforge.teams.departures import Cards
from taskforge.teams.hierarchy import lock_tree, require_shape
from taskforge.teams.members import insert_member, record_member, require_in_parent
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.queries import MEMBER_IDS

_TREE = frozenset({"parent_team_id", "inherits_members"})
NO_PARENT = "needs a team that this one is part of"
INHERITED = "They are here as a member of a parent team, and can be changed or removed there."
LAST_ADMIN = "A team needs at least one admin. Make somebody else an admin first."

_STATE = text("""
    SELECT name, description, parent_team_id, inherits_members
    FROM   teams
    WHERE  team_id = :team_id
""")
_EDIT = text("""
    UPDATE teams
    SET    name = :name, description = :description, parent_team_id = :parent_team_id,
           inherits_members = :inherits_members
    WHERE  team_id = :team_id
""")
_CIRCLE = text("""
    WITH RECURSIVE above AS (
           SELECT team_id, parent_team_id FROM teams WHERE team_id = :parent_id
           UNION
           SELECT t.team_id, t.parent_team_id
           FROM   teams t JOIN above ON t.team_id = above.parent_team_id)
    SELECT 1 FROM above WHERE team_id = :team_id
""")
_MEMBERSHIP = text("""
    SELECT role, is_limited, joined_at
    FROM   team_memberships
    WHERE  team_id = :team_id AND user_id = :user_id
    FOR UPDATE
""")
# One who is suspended can do nothing for the team.
_OTHER_ADMIN = text(f"""
    SELECT 1
    FROM   team_memberships o
           {join_person("o.user_id")}
    WHERE  o.team_id = :team_id AND o.role = :admin AND o.user_id <> :user_id AND {IS_ACTIVE}
    LIMIT  1
""")
CHANGE_ROLE = text("""
    UPDATE team_memberships
    SET    role = :role, is_limited = is_limited AND :role = 'guest'
    WHERE  team_id = :team_id AND user_id = :user_id
""")
_REMOVE_MEMBER = text("""
    DELETE FROM team_memberships
    WHERE  team_id = :team_id AND user_id = :user_id
""")


@idempotent
def edit_team(actor: Actor, team_id: str, *, version: int, changes: dict[str, Any]) -> Change:
    """Change name, description or parent of a team, or whether it takes over the parent's members.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.edit``; or, to take over members, no admin.
        StaleVersion: somebody else changed one of these fields since `version`.
        InvalidInput: the parent would make a circle or too large a tree, or is not the actor's.
        Conflict: there would be too many people in the team or one below it.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_EDIT)
    require_parent(actor, changes.get("parent_team_id"))
    if changes.get("inherits_members") and "parent_team_id" not in changes:
        require_parent(actor, queries.get_team(actor, team_id)["parent_team_id"])
    with UnitOfWork(actor, entity_id=team_id, version=version + 1) as uow:
        lock_tree(uow, for_change=not _TREE.isdisjoint(changes))
        new_version = lock_team(uow, team_id, Permission.TEAM_EDIT)
        before = dict(uow.execute(_STATE, {"team_id": team_id}).mappings().one())
        settled = settle_fields(
            actor,
            ("team", team_id),
            {name: value for name, value in changes.items() if name in before},
            before,
            seen=version,
            current=new_version - 1,
            words={"parent_team_id": "parent team", "inherits_members": "members of the parent"},
            uow=uow,
            merge=lambda name, *texts: merge_lines(*texts) if name == "description" else None,
        )
        after = {**before, **settled}
        _refuse_circle(uow, after["parent_team_id"], team_id)
        if after["parent_team_id"] is None:
            if settled.get("inherits_members"):
                raise InvalidInput.about("inherits_members", NO_PARENT)
            after["inherits_members"] = False
        is_tree_changed = any(before[name] != after[name] for name in _TREE)
        is_moved = after["parent_team_id"] not in (before["parent_team_id"], None)
        if is_moved or after["inherits_members"] > before["inherits_members"]:
            hold_parent(uow, after["parent_team_id"])
        if is_tree_changed and after["inherits_members"]:
            require_role_in(
                uow, team_id, Role.ADMIN, why=ABOVE_OWN
            )  # the parent's admins become admins here
        uow.execute(_EDIT, {**after, "team_id": team_id})
        if is_tree_changed:
            require_shape(uow, team_id)
            uow.refresh_pages_of(uow.execute(MEMBER_IDS, {"team_id": team_id}).scalars())
        uow.record(
            Event.TEAM_EDITED,
            entity_type="team",
            entity_id=team_id,
            version=new_version,
            before=before,
            after=after,
            team_id=team_id,
        )
    return uow.change


@idempotent
def add_member(
    actor: Actor,
    team_id: str,
    *,
    role: str,
    user_id: str | None = None,
    email: str | None = None,
    only_from_parent: bool = False,
) -> Change:
    """Add an existing user to a team, by id or e-mail address.

    Pages and API add only who belongs to the parent team (`only_from_parent`); others are invited
    (`teams.invitations.service`).

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, or a role above the actor's.
        InvalidInput: unknown role or nobody with that address.
        Conflict: already a member, the team is full, or they are in too many teams of others.
        NotInParent: with `only_from_parent`, somebody who is not in the parent team.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS).require_role(role)
    new_member = find_user_id(user_id=user_id, email=email)
    if new_member is None:
        field = "email" if user_id is None else "user_id"
        raise InvalidInput.about(field, "has no account here yet: ask them to sign up first")
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        require_role_in(uow, team_id, role)
        if only_from_parent:
            require_in_parent(uow, team_id, new_member)
        insert_member(uow, team_id, new_member, role, event=Event.TEAM_MEMBER_ADDED)
    return uow.change


@idempotent
def change_role(actor: Actor, team_id: str, user_id: str, *, role: str) -> Change:
    """Give a member another role.

    Raises:
        NotFound, Forbidden: no access, no permission, or no such member.
        InvalidInput: unknown role.
        Conflict: the last admin would lose the role.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    check_role(role)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        before = get_added(uow, team_id, user_id)["role"]
        require_role_in(uow, team_id, before, role, why=ABOVE_OWN)
        if before == Role.ADMIN and role != Role.ADMIN:
            require_other_admin(uow, team_id, user_id)
        uow.execute(CHANGE_ROLE, {"role": role, "team_id": team_id, "user_id": user_id})
        event_id = record_member(
            uow, team_id, Event.TEAM_MEMBER_ROLE_CHANGED, user_id, before, role
        )
        subject = {"team_id": team_id, "role": role}
        uow.notify(event_id, [user_id], NotificationKind.ROLE_CHANGED, subject)
    return uow.change


@idempotent
def remove_member(
    actor: Actor, team_id: str, user_id: str, *, cards: Cards | None = None
) -> Change:
    """Take a member out of a team; everybody may leave by themselves. Without `cards` theirs keep them as assignee.

    Who leaves without their cards needs no two-factor log-in that the team requires: it opens nothing to them.

    Raises:
        NotFound, Forbidden: no access, no permission, or no such member.
        Conflict: the last admin can't leave.
    """
    permission = None if user_id == actor.user_id else Permission.TEAM_MANAGE_MEMBERS
    needs_access = permission is not None or cards is not None
    if needs_access:
        membership = access_team(actor.user_id, team_id, permission)
    else:
        membership = get_membership(actor.user_id, team_id)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        if needs_access:
            lock_team(uow, team_id, permission)
        else:
            lock_team_to_leave(uow, team_id)
        before = get_added(uow, team_id, user_id)
        require_role_in(uow, team_id, before["role"], why=ABOVE_OWN)
        if before["role"] == Role.ADMIN:
            require_other_admin(uow, team_id, user_id)
        handed_over = cards.lock(uow, team_id, user_id) if cards is not None else {}
        uow.execute(_REMOVE_MEMBER, {"team_id": team_id, "user_id": user_id})
        limited = {"limited": {user_id: True}} if before["is_limited"] else {}
        event_id = record_member(
            uow,
            team_id,
            Event.TEAM_MEMBER_REMOVED,
            user_id,
            before["role"],
            None,
            names={"team_name": membership.team_name},
            also=handed_over,
            was={"joined": {user_id: before["joined_at"].isoformat()}, **limited},
        )
        if cards is not None:
            cards.write(uow, event_id)
    return uow.change


def get_added(uow: UnitOfWork, team_id: str, user_id: str) -> sql.Row:
    """The membership with which somebody was added to a team (role, is_limited, joined_at), held until COMMIT.

    Raises:
        NotFound: they are not in the team.
        Conflict: they are in it through a parent alone.
    """
    found = uow.row(_MEMBERSHIP, {"team_id": team_id, "user_id": user_id})
    if found is None:
        if queries.get_standing(uow, team_id, user_id) is not None:
            raise Conflict(INHERITED)
        raise NotFound()
    return found


def require_other_admin(uow: UnitOfWork, team_id: str, user_id: str) -> None:
    """Refuse that a team loses its last admin who was added to it.

    Raises:
        Conflict: there is no other one.
    """
    other = uow.execute(
        _OTHER_ADMIN, {"team_id": team_id, "admin": Role.ADMIN.value, "user_id": user_id}
    ).first()
    if other is None:
        raise Conflict(LAST_ADMIN)


def _refuse_circle(uow: UnitOfWork, parent_id: str | None, team_id: str) -> None:
    circle = uow.execute(_CIRCLE, {"parent_id": parent_id, "team_id": team_id}).first()
    if circle is not None:
        raise InvalidInput.about("parent_team_id", "is below this team already")
