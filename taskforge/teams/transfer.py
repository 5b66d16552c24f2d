"""Handing a team over: somebody else becomes an admin, and who was one steps down, in one act."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.accounts.queries import IS_ACTIVE, PEOPLE
from taskforge.errors import Conflict, Forbidden, InvalidInput
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, check_role, lock_team
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.permissions import Role
from taskforge.teams.service import CHANGE_ROLE, get_added

ADMINS_ONLY = "Only an admin of the team can hand it over."
SUSPENDED = "They are suspended and could do nothing for the team."
_IS_SUSPENDED = text(f"SELECT NOT ({IS_ACTIVE}) FROM {PEOPLE} WHERE u.user_id = :user_id")


@idempotent
def transfer_team(
    actor: Actor, team_id: str, user_id: str, *, role: str = Role.MEMBER.value
) -> Change:
    """Make a member an admin of a team, and the actor, who is one, something else: a member or a guest.

    Raises:
        NotFound, Forbidden: no access, no admin who was added to the team, or no such member.
        InvalidInput: it is oneself, or no role below admin.
        Conflict: one of them is in the team through a parent alone, or the other one is suspended.
    """
    if access_team(actor.user_id, team_id).role != Role.ADMIN:
        raise Forbidden(ADMINS_ONLY)
    check_role(role)
    if role == Role.ADMIN:
        raise InvalidInput.about("role", "must be member or guest")
    if user_id == actor.user_id:
        raise InvalidInput.about("user_id", "must be somebody else")
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        version = lock_team(uow, team_id, None)
        own = get_added(uow, team_id, actor.user_id)
        if own["role"] != Role.ADMIN:  # another transfer came first
            raise Forbidden(ADMINS_ONLY)
        other = get_added(uow, team_id, user_id)
        if uow.execute(_IS_SUSPENDED, {"user_id": user_id}).scalar():
            raise Conflict(SUSPENDED)
        after = {user_id: Role.ADMIN.value, actor.user_id: role}
        for one, new in after.items():
            uow.execute(CHANGE_ROLE, {"role": new, "team_id": team_id, "user_id": one})
        event_id = uow.record(
            Event.TEAM_TRANSFERRED,
            entity_type="team",
            entity_id=team_id,
            version=version,
            before={"members": {user_id: other["role"], actor.user_id: own["role"]}},
            after={"members": after},
            team_id=team_id,
        )
        uow.notify(event_id, [user_id], NotificationKind.MADE_ADMIN, {"team_id": team_id})
        uow.refresh_pages_of([user_id])
    return uow.change
