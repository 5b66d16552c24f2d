"""A team can require two-factor log-in: from an instant on it lets in only members whose account has it.

It is asked with every membership (`teams.queries.is_admitted`), so that it holds everywhere and costs no statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from taskforge.accounts import two_factor as accounts
from taskforge.accounts.queries import list_display_names
from taskforge.errors import Conflict, Forbidden, InvalidInput
from taskforge.events import Event
from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, unchanged
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, lock_team, require_role_in
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.queries import MEMBERS, MEMBERS_PER_TEAM, TEAMS_OF_MEMBERS

DEFAULT_GRACE_DAYS = 7
MAX_GRACE_DAYS = 90
ADMINS_ONLY = "Only an admin of the team decides whether it requires two-factor log-in."
NEEDS_OWN = "Turn on two-factor log-in for yourself first: you would lock yourself out."

_STATE = text("SELECT two_factor_from FROM teams WHERE team_id = :team_id")
_SET = text("UPDATE teams SET two_factor_from = :starts_at WHERE team_id = :team_id")
_WITHOUT = text(f"""
    SELECT u.user_id, u.display_name, u.email
    FROM   {MEMBERS}
    WHERE  m.team_id = :team_id AND u.two_factor_at IS NULL
    ORDER  BY lower(u.display_name), u.user_id
    LIMIT  {MEMBERS_PER_TEAM}
""")
_REQUIRING = text(f"""
    SELECT t.team_id, t.name, t.two_factor_from
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.user_id = :user_id AND t.two_factor_from IS NOT NULL
    ORDER  BY lower(t.name), t.team_id
    LIMIT  :limit
""")
MAX_NAMED = 20


@dataclass(frozen=True)
class Requirement:
    """From when on a team requires two-factor log-in (None: not), and which of its members have none."""

    starts_at: datetime | None
    without: Sequence[sql.Row]


def get_requirement(actor: Actor, team_id: str) -> Requirement:
    """What a team requires.

    Raises:
        NotFound, Forbidden: no access, or no admin with the permission ``team.edit``.
    """
    _require_admin(actor, team_id)
    return Requirement(
        sql.scalar(_STATE, {"team_id": team_id}), sql.rows(_WITHOUT, {"team_id": team_id})
    )


def list_requiring_teams(user_id: str) -> Sequence[sql.Row]:
    """The teams of somebody that require two-factor log-in, now or soon (team_id, name, two_factor_from); a few."""
    return sql.rows(_REQUIRING, {"user_id": user_id, "limit": MAX_NAMED})


@idempotent
def require_two_factor(
    actor: Actor, team_id: str, *, grace_days: int = DEFAULT_GRACE_DAYS
) -> Change:
    """Require two-factor log-in of everybody in a team, after some days; who has none is told.

    Raises:
        NotFound, Forbidden: like `get_requirement`.
        InvalidInput: not so many days.
        Conflict: the actor has no two-factor log-in.
    """
    _require_admin(actor, team_id)
    if not 0 <= grace_days <= MAX_GRACE_DAYS:
        raise InvalidInput.about("grace_days", f"must be from 0 to {MAX_GRACE_DAYS}")
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        version = _lock(uow, team_id)
        found = uow.execute(_WITHOUT, {"team_id": team_id}).mappings().all()
        without = [dict(row) for row in found]
        if actor.user_id in {row["user_id"] for row in without}:
            raise Conflict(NEEDS_OWN)
        starts_at = uow.at + timedelta(days=grace_days)
        event_id = _write(uow, team_id, version, starts_at)
        _tell(uow, team_id, event_id, without, starts_at)
    return uow.change


@idempotent
def release_two_factor(actor: Actor, team_id: str) -> Change:
    """Require two-factor log-in in a team no more.

    Raises:
        NotFound, Forbidden: like `get_requirement`.
    """
    _require_admin(actor, team_id)
    if sql.scalar(_STATE, {"team_id": team_id}) is None:
        return unchanged(actor, entity_id=team_id, version=0)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        version = _lock(uow, team_id)
        _write(uow, team_id, version, None)
        without = uow.execute(_WITHOUT, {"team_id": team_id}).mappings().all()
        uow.refresh_pages_of(row["user_id"] for row in without)
    return uow.change


def turn_off_own(actor: Actor, *, is_warned: bool) -> Change:
    """Turn one's own two-factor log-in off; `is_warned` of the teams that one does not see without it.

    Raises:
        Conflict: it is not on; or teams require it, and the person was not told so.
    """
    teams = list_requiring_teams(actor.user_id)
    if teams and not is_warned:
        raise Conflict(f"{describe_requiring(teams)} Turn it off all the same?")
    return accounts.disable(actor)


def describe_requiring(teams: Sequence[sql.Row]) -> str:
    """What it means to be without two-factor log-in, for who is in these teams."""
    names = ", ".join(f"“{row['name']}”" for row in teams)
    word = "This team requires" if len(teams) == 1 else "These teams require"
    return f"{word} two-factor log-in: {names}. Without it you see nothing there, until you turn it on again."


def _require_admin(actor: Actor, team_id: str) -> None:
    """The role is asked for beside the permission: who keeps others out of a team, or lets them in, is its admin."""
    if access_team(actor.user_id, team_id, Permission.TEAM_EDIT).role != Role.ADMIN:
        raise Forbidden(ADMINS_ONLY)


def _lock(uow: UnitOfWork, team_id: str) -> int:
    version = lock_team(uow, team_id, Permission.TEAM_EDIT)
    require_role_in(uow, team_id, Role.ADMIN, why=ADMINS_ONLY)
    return version


def _write(uow: UnitOfWork, team_id: str, version: int, starts_at: datetime | None) -> str:
    """Write the new state with its audit event, whose id it answers."""
    before: datetime | None = uow.execute(_STATE, {"team_id": team_id}).scalar()
    uow.execute(_SET, {"team_id": team_id, "starts_at": starts_at})
    event = Event.TEAM_TWO_FACTOR_REQUIRED if starts_at else Event.TEAM_TWO_FACTOR_RELEASED
    return uow.record(
        event,
        entity_type="team",
        entity_id=team_id,
        version=version,
        before={"two_factor_from": before and before.isoformat()},
        after={"two_factor_from": starts_at and starts_at.isoformat()},
        team_id=team_id,
    )


def _tell(
    uow: UnitOfWork,
    team_id: str,
    event_id: str,
    without: Sequence[sql.Row],
    starts_at: datetime,
) -> None:
    """Tell those who have no two-factor log-in from when on they need it; their open pages show that."""
    user_ids = [row["user_id"] for row in without]
    name = uow.execute(_NAME, {"team_id": team_id}).scalar_one()
    payload = {"team_id": team_id, "team_name": name, "from": starts_at.isoformat()}
    uow.notify(event_id, user_ids, NotificationKind.TWO_FACTOR_REQUIRED, payload)
    uow.refresh_pages_of(user_ids)
    actor_name = list_display_names([uow.actor.user_id], uow)[uow.actor.user_id]
    for row in without:
        context = {
            "name": row["display_name"],
            "by": actor_name,
            "team": name,
            "from_at": starts_at,
        }
        mail.send(
            uow,
            MailKind.TWO_FACTOR_REQUIRED,
            event_id=event_id,
            to=row["email"],
            context=context,
        )


_NAME = text("SELECT name FROM teams WHERE team_id = :team_id")
