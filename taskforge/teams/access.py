"""Access to teams: the one place that says who may see a team and what they may do in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from taskforge import faults
from taskforge.accounts.queries import LOCK_PERSON
from taskforge.errors import Archived, Forbidden, InvalidInput, NotFound
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.permissions import ARCHIVED, ROLES, exceeds
from taskforge.teams.queries import HELD_PERMISSIONS, TEAMS_OF_MEMBERS, is_admitted

_OWN_MEMBERSHIP = f"""
    SELECT m.team_id, t.name AS team_name, m.role, m.is_limited, {HELD_PERMISSIONS} AS permissions
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.team_id = :team_id AND m.user_id = :user_id"""
_MEMBERSHIP = prepared(f"{_OWN_MEMBERSHIP} AND {is_admitted()}")
_ANY_MEMBERSHIP = prepared(_OWN_MEMBERSHIP)
_LOCK = prepared("""
    UPDATE teams
    SET    version = version + 1, updated_at = :at
    WHERE  team_id = :team_id
    RETURNING version
""")
_IS_ARCHIVED = prepared("""
    SELECT archived_at IS NOT NULL
    FROM   teams
    WHERE  team_id = :team_id
""")
_OWN_ROLE = prepared("""
    SELECT role
    FROM   effective_memberships
    WHERE  team_id = :team_id AND user_id = :user_id
""")
_HOLD_MEMBERSHIP = prepared(f"""
    SELECT {HELD_PERMISSIONS} AS permissions
    FROM   effective_memberships m
    WHERE  m.team_id = :team_id AND m.user_id = :user_id AND {is_admitted()}
    FOR SHARE OF m
""")


ABOVE_YOURS = "You can't give a role above your own."
# Who may manage members could make themselves an admin.
ABOVE_OWN = "This is about a role above your own. An admin of the team can do it."


@dataclass(frozen=True)
class Membership:
    """A person's standing in a team: role and the permissions that the team's matrix gives it.

    ``is_limited`` is known where the team itself was asked for, not one of its boards.
    """

    team_id: str
    team_name: str
    role: str
    permissions: frozenset[str]
    is_limited: bool = False

    def may(self, permission: str) -> bool:
        """Whether the role holds a permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise `Forbidden` unless the role holds a permission."""
        require(self.permissions, permission)

    def require_role(self, role: str) -> None:
        """Let a role be given to others only if it exists and is not above one's own.

        Raises:
            InvalidInput: there is no such role.
            Forbidden: it is above.
        """
        check_role(role)
        _refuse_above(role, self.role)


def require(held: Collection[str], permission: str) -> None:
    """Let nobody pass without a permission.

    Raises:
        Forbidden: it is not among those held.
        Archived: so it is, because the board or the team is archived.
    """
    if permission not in held:
        if ARCHIVED in held:
            raise Archived()
        raise Forbidden(
            "Your role in this team does not allow this. A team admin can give you another role."
        )


def access_team(user_id: str, team_id: str, permission: str | None = None) -> Membership:
    """The membership through which somebody sees a team.

    Raises:
        NotFound: no such team, or not a member of it.
        Forbidden: a member without `permission`.
    """
    found = sql.row(
        _MEMBERSHIP,
        {"team_id": team_id, "user_id": user_id},
    )
    if found is None:
        raise NotFound()
    return membership_of(found, permission)


def get_membership(user_id: str, team_id: str) -> Membership:
    """Somebody's membership of a team, also where it does not let them in without two-factor log-in.

    For who ends it or limits it.

    Raises:
        NotFound: no such team, or not a member of it.
    """
    found = sql.row(_ANY_MEMBERSHIP, {"team_id": team_id, "user_id": user_id})
    if found is None:
        raise NotFound()
    return membership_of(found, None)


def membership_of(found: sql.Row, permission: str | None) -> Membership:
    """The membership in a row that has ``team_id``, ``team_name``, ``role`` and ``permissions``.

    Raises:
        Forbidden: without `permission`, if one is named.
    """
    membership = Membership(
        found["team_id"],
        found["team_name"],
        found["role"],
        frozenset(found["permissions"]),
        is_limited=bool(found.get("is_limited")),
    )
    if permission is not None:
        membership.require(permission)
    return membership


def lock_team(uow: UnitOfWork, team_id: str, permission: str | None) -> int:
    """Take the team's lock, check membership and permission again, and raise its version; answers the new version.

    Raises:
        NotFound, Forbidden: like `access_team`.
    """
    version = raise_version(uow, team_id)
    hold_membership(uow, team_id, permission)
    uow.answer(version=version)
    faults.point("tx.ref_updated")
    return version


def lock_team_to_leave(uow: UnitOfWork, team_id: str) -> None:
    """Take the team's lock and raise its version, for a member who leaves; the caller holds their membership.

    Raises:
        NotFound: no such team.
    """
    uow.answer(version=raise_version(uow, team_id))
    faults.point("tx.ref_updated")


def lock_team_to_join(uow: UnitOfWork, team_id: str) -> None:
    """Take the team's lock and raise its version, for somebody who may not see the team yet: a link lets them in.

    Raises:
        NotFound: no such team.
        Archived: nobody comes into it any more.
    """
    uow.answer(version=raise_version(uow, team_id))
    if uow.execute(_IS_ARCHIVED, {"team_id": team_id}).scalar():
        raise Archived()
    faults.point("tx.ref_updated")


def raise_version(uow: UnitOfWork, team_id: str) -> int:
    """Take the team's lock and raise its version, whoever asks; answers the new one.

    Raises:
        NotFound: no such team.
    """
    found = uow.execute(_LOCK, {"team_id": team_id, "at": uow.at}).first()
    if found is None:
        raise NotFound()
    return int(found.version)


def hold_membership(uow: UnitOfWork, team_id: str, permission: str | None) -> None:
    """Check the actor's membership and permission inside the transaction, and keep both unchanged until COMMIT.

    A separate statement: one that waited for the lock would read the membership from its old snapshot (READ
    COMMITTED), and allow a change by a person who was removed or demoted while it waited.

    Raises:
        NotFound, Forbidden: like `access_team`.
    """
    found = uow.execute(
        _HOLD_MEMBERSHIP, {"team_id": team_id, "user_id": uow.actor.user_id}
    ).first()
    if found is None:
        raise NotFound()
    if permission is not None:
        require(found.permissions, permission)


def hold_person(uow: UnitOfWork, user_id: str) -> None:
    """Keep an account from being deleted until COMMIT: for whoever comes into a team.

    Raises:
        NotFound: it is deleted.
    """
    if uow.row(LOCK_PERSON, {"user_id": user_id}) is None:
        raise NotFound()


def check_role(role: str) -> None:
    """Raise `InvalidInput` unless it is one of the roles."""
    if role not in ROLES:
        raise InvalidInput.about("role", "must be admin, member or guest")


def require_role_in(uow: UnitOfWork, team_id: str, *roles: str, why: str = ABOVE_YOURS) -> None:
    """`Membership.require_role` again, behind the team's lock, where the actor's role does not change any more.

    `why` is what a refusal says.
    """
    own = uow.execute(_OWN_ROLE, {"team_id": team_id, "user_id": uow.actor.user_id}).scalar()
    if own is None:
        raise NotFound()
    for role in roles:
        _refuse_above(role, str(own), why)


def _refuse_above(role: str, own: str, why: str = ABOVE_YOURS) -> None:
    if exceeds(role, own):
        raise Forbidden(why)
