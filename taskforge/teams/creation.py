"""Creation of a team: its row, first admin and permission matrix, inside the unit of work of the caller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import insert, text

from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, hold_membership, hold_person
from taskforge.teams.hierarchy import lock_tree, require_shape
from taskforge.teams.models import RolePermission, Team, TeamMembership
from taskforge.teams.permissions import Permission, Role, default_rows
from taskforge.teams.queries import TEAMS_PER_USER

_COUNT_OWN_TEAMS = text("""
    SELECT count(*)
    FROM   team_memberships m
           JOIN teams t USING (team_id)
    WHERE  m.user_id = :user_id AND t.created_by = :user_id AND t.deleted_at IS NULL
""")


def require_parent(actor: Actor, parent_id: str | None) -> None:
    """Raise `InvalidInput` unless a parent is None or a team whose structure the actor may edit."""
    if parent_id is None:
        return
    with _explaining_parent():
        access_team(actor.user_id, parent_id, Permission.TEAM_EDIT)


def hold_parent(uow: UnitOfWork, parent_id: str) -> None:
    """`require_parent` again, behind the lock of the tree: nobody's people come down by who has just lost the right."""
    with _explaining_parent():
        hold_membership(uow, parent_id, Permission.TEAM_EDIT)


@contextmanager
def _explaining_parent() -> Iterator[None]:
    try:
        yield
    except (NotFound, Forbidden):
        raise InvalidInput.about("parent_team_id", "must be a team that you may edit") from None


def insert_team(
    uow: UnitOfWork, *, team_id: str, name: str, description: str, parent_team_id: str | None
) -> None:
    """Insert a team whose first admin is the actor, with the default permission matrix and the audit event.

    Raises:
        Conflict: the actor has made too many teams.
        InvalidInput: the tree of the parent is too deep or too large, or the actor may not edit it (any more).
        NotFound: the actor's account was deleted in the meantime.
    """
    actor = uow.actor
    if parent_team_id is not None:
        lock_tree(uow, for_change=True)
        hold_parent(uow, parent_team_id)
    hold_person(uow, actor.user_id)
    own = uow.execute(_COUNT_OWN_TEAMS, {"user_id": actor.user_id}).scalar_one()
    if own >= TEAMS_PER_USER:
        raise Conflict(f"You have {TEAMS_PER_USER} teams of your own already. Leave one first.")
    values = {"name": name, "description": description, "parent_team_id": parent_team_id}
    stamps = {"created_by": actor.user_id, "created_at": uow.at, "updated_at": uow.at}
    admin = Role.ADMIN.value
    uow.update_reference(insert(Team), {"team_id": team_id, **values, **stamps})
    uow.execute(
        insert(TeamMembership),
        {"team_id": team_id, "user_id": actor.user_id, "role": admin, "joined_at": uow.at},
    )
    uow.execute(insert(RolePermission), default_rows(team_id))
    if parent_team_id is not None:
        require_shape(uow, team_id)
    uow.record(
        Event.TEAM_CREATED,
        entity_type="team",
        entity_id=team_id,
        version=1,
        before=None,
        after={**values, "members": {actor.user_id: admin}},
        team_id=team_id,
    )
