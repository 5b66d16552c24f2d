"""The deletion of one's own account.

One transaction makes the account a pseudonym, ends all sessions, and takes its person out of all teams; with its COMMIT
nobody can log in to it any more, and whatever they did is shown as done by a deleted person. The same transaction notes
what the relay has to remove from then on (`taskforge.admin.erasure`): it can be killed anywhere and goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taskforge import faults
from taskforge.accounts import erasing as accounts
from taskforge.accounts import session_records
from taskforge.accounts.site_admins import hold_people, require_other_admin
from taskforge.errors import Conflict, InvalidInput, StaleVersion
from taskforge.events import Event
from taskforge.leaving import queries
from taskforge.mail.erasing import delete_mails_to
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams import erasing as teams
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.permissions import Role

MAX_REFRESHED = 2000  # people whose open pages are told at once; others see it with their next page
NAMED_IN_REFUSAL = 5
JOINED_MEANWHILE = (
    "You have come into another team just now. Please look at what would happen, and try again."
)
NOT_YOUR_ADDRESS = "is not the address of your account"


@dataclass(frozen=True)
class Plan:
    """What the deletion of an account would do to the teams of its person; each a row with ``team_id`` and ``name``.

    ``blocking`` ones have nobody else who is an admin, ``ending`` ones nobody else at all: they go with the account. A
    deleted team, and one in which the people of a deleted one would be again, is ``left`` to them.
    """

    blocking: Sequence[sql.Row]
    ending: Sequence[sql.Row]
    left: Sequence[sql.Row]


def plan_deletion(user_id: str) -> Plan:
    """What `delete_account` would do now."""
    return _plan(teams.list_standings(user_id))


@idempotent
def delete_account(actor: Actor, *, email: str) -> Change:
    """Delete the actor's account; `email` is what they typed as its address.

    Raises:
        InvalidInput: it is not the address.
        Conflict: they are the last admin of a team with other people, and it names those teams; or the last site
            administrator.
        NotFound: there is no such account (any more).
    """
    return retry_on_stale(lambda: _delete(actor, email))


def _delete(actor: Actor, email: str) -> Change:
    account = accounts.find_account(actor.user_id)
    user_id, address = account["user_id"], account["email"]
    if email != address:
        raise InvalidInput.about("email", NOT_YOUR_ADDRESS)
    earlier = accounts.keep_free(accounts.list_earlier_addresses(user_id))
    addresses = [address, *earlier]
    faults.point("read.done")
    with UnitOfWork(actor, entity_id=user_id, version=account["version"] + 1) as uow:
        # In this order, like everything that changes who is in a team: the tree, the teams, the person.
        lock_tree(uow)
        versions = teams.lock_teams_of(uow, user_id)
        if account["is_site_admin"]:
            require_other_admin(*hold_people(uow, user_id))
        ended = accounts.anonymise(uow, account, addresses)
        # From here on nobody adds them to a team: who came before is among the standings, locked or not.
        standings = teams.list_standings(user_id, uow)
        plan = _plan(standings)
        _refuse_last_admin(plan)
        ending = [team["team_id"] for team in plan.ending]
        pseudonym = accounts.pseudonym_address(user_id)
        invitations = teams.close_invitations(
            uow, user_id, addresses, pseudonym=pseudonym, team_ids=ending
        )
        delete_mails_to(uow, addresses)
        event_id = uow.record(
            Event.USER_DELETED,
            entity_type="user",
            entity_id=user_id,
            version=account["version"] + 1,
            before={"deleted": False},
            after={
                "deleted": True,
                "email": pseudonym,
                "is_site_admin": False,
                "sessions_ended": len(ended),
                "memberships": len(standings),
                "teams_deleted": len(ending),
                "invitations": invitations,
            },
        )
        uow.refresh_pages_of(teams.list_members_of(uow, list(versions), MAX_REFRESHED))
        for team in standings:
            team_id = team["team_id"]
            version = versions.get(team_id)
            if version is None:  # they were added since the locks were taken
                raise StaleVersion(JOINED_MEANWHILE)
            teams.leave_team(uow, team_id, version, team["role"])
        uow.answer(version=account["version"] + 1)
        uow.execute(
            queries.INSERT_ERASURE,
            {
                "user_id": user_id,
                "event_id": event_id,
                "address": address,
                "earlier_addresses": earlier,
                "team_ids": ending,
                "at": uow.at,
            },
        )
        uow.execute(queries.DELETE_EXPORTS, {"user_id": user_id})
        faults.point("account.erased")
    session_records.forget(user_id, ended)
    accounts.forget_in_redis(user_id)
    return uow.change


def _plan(standings: Sequence[sql.Row]) -> Plan:
    def is_blocking(team: sql.Row) -> bool:
        is_last = team["role"] == Role.ADMIN and not team["has_other_admin"]
        return is_last and team["has_others"] and not team["may_come_back"]

    def is_ending(team: sql.Row) -> bool:
        return not team["has_others"] and not team["may_come_back"]

    return Plan(
        blocking=[team for team in standings if is_blocking(team)],
        ending=[team for team in standings if is_ending(team)],
        left=[team for team in standings if not is_ending(team) and not is_blocking(team)],
    )


def _refuse_last_admin(plan: Plan) -> None:
    if not plan.blocking:
        return
    names = [f"“{team['name']}”" for team in plan.blocking[:NAMED_IN_REFUSAL]]
    more = len(plan.blocking) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    raise Conflict(
        f"You are the last admin of {listed}."
        " Make somebody else an admin there, or remove everybody else, and try again."
    )
