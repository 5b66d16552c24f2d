"""Use cases of invitations: send, send again, revoke, accept, decline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from taskforge import clock, faults
from taskforge.accounts.queries import LOCK_PERSON
from taskforge.errors import Conflict, InvalidInput, NotFound, RateLimited
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.mail.tokens import LinkToken
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import (
    access_team,
    lock_team,
    lock_team_to_join,
    raise_version,
    require_role_in,
)
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.invitations import queries
from taskforge.teams.invitations.access import access_invitation, hold_open
from taskforge.teams.invitations.models import InvitationState
from taskforge.teams.invitations.notices import tell_invited, tell_inviter
from taskforge.teams.invitations.records import (
    close_invitation,
    name_invited,
    record_invitation,
)
from taskforge.teams.members import IS_MEMBER_ALREADY, insert_member
from taskforge.teams.permissions import Permission

LIFETIME = timedelta(days=7)
MAX_OPEN = 100  # of a team
MAX_SENDINGS = 5  # of one invitation
A_DAY = timedelta(days=1)
INVITED_ALREADY = (
    "This address is invited already. Send the invitation again, or take it back, below."
)
UNKNOWN_PERSON = "is of nobody here"


@idempotent
def invite_person(
    actor: Actor,
    team_id: str,
    *,
    token: LinkToken,
    role: str,
    per_day: int,
    email: str | None = None,
    user_id: str | None = None,
) -> Change:
    """Invite somebody by address, or by the id of their account; `token` is of the link that lets them in.

    An address may have no account yet; the answer does not say. `per_day` is how many the actor may send. ``extra``
    holds ``invitation_id``, ``expires_at``, and whether a mail is on its way (``mailed``).

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, or a role above the actor's.
        InvalidInput: unknown role, or nobody with that id.
        Conflict: a member already, invited already, or too many open invitations into the team.
        RateLimited: the actor has sent `per_day` within a day.
    """
    membership = access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    membership.require_role(role)
    person = find_person(team_id, user_id=user_id, email=email)
    if person is None and user_id is not None:
        raise InvalidInput.about("user_id", UNKNOWN_PERSON)
    if person is not None and person["is_member"]:
        raise Conflict(IS_MEMBER_ALREADY)
    row = {
        "invitation_id": new_id(),
        "team_id": team_id,
        "email": email if user_id is None or person is None else person["email"],
        "user_id": user_id,
        "role": role,
        "expires_at": clock.now() + LIFETIME,
    }
    with UnitOfWork(actor, entity_id=team_id, version=0, extra=_answer(row)) as uow:
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        require_role_in(uow, team_id, role)
        _require_room(uow, team_id, per_day)
        uow.execute(queries.REPLACE_EXPIRED, {**row, "at": uow.at})
        values = {**row, "token_hash": token.hash, "invited_by": actor.user_id, "at": uow.at}
        if uow.execute(queries.INSERT, values).rowcount == 0:
            raise Conflict(INVITED_ALREADY)
        state = {**name_invited(row), "role": role, "expires_at": row["expires_at"]}
        event_id = record_invitation(uow, team_id, Event.TEAM_INVITATION_SENT, after=state)
        tell_invited(
            uow,
            event_id,
            row,
            token,
            team_name=membership.team_name,
            account_id=_account_to_tell(row, person),
        )
    return uow.change


@idempotent
def resend_invitation(
    actor: Actor, team_id: str, invitation_id: str, *, token: LinkToken
) -> Change:
    """Send an open invitation again, in the actor's name: with a new link, and for seven days from now.

    ``extra`` as of `invite_person`.

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, or its role is above the actor's.
        Conflict: it was answered or taken back, or has been sent `MAX_SENDINGS` times.
    """
    membership = access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    expires_at = clock.now() + LIFETIME
    extra = _answer({"invitation_id": invitation_id, "expires_at": expires_at})
    with UnitOfWork(actor, entity_id=team_id, version=0, extra=extra) as uow:
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        row = _open_of_team(uow, team_id, invitation_id)
        require_role_in(uow, team_id, row["role"])
        if row["sendings"] >= MAX_SENDINGS:
            raise Conflict(
                f"This invitation has been sent {MAX_SENDINGS} times. Take it back, and invite anew if need be."
            )
        uow.execute(
            queries.RENEW,
            {
                "invitation_id": invitation_id,
                "token_hash": token.hash,
                "invited_by": actor.user_id,
                "at": uow.at,
                "expires_at": expires_at,
            },
        )
        named = name_invited(row)
        event_id = record_invitation(
            uow,
            team_id,
            Event.TEAM_INVITATION_RESENT,
            before={**named, "expires_at": row["expires_at"]},
            after={**named, "expires_at": expires_at},
        )
        known = {"team_id": team_id, "user_id": row["user_id"], "email": row["email"]}
        person = uow.row(queries.PERSON_TO_INVITE, known)
        was_there = person is not None and person["created_at"] <= row["created_at"]
        tell_invited(
            uow,
            event_id,
            {**row, "expires_at": expires_at},
            token,
            team_name=membership.team_name,
            account_id=_account_to_tell(row, person) if was_there else None,
        )
    return uow.change


@idempotent
def revoke_invitation(actor: Actor, team_id: str, invitation_id: str) -> Change:
    """Take an invitation back: its link is dead from then on.

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, or no such invitation.
        Conflict: it was answered or taken back before.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        row = _open_of_team(uow, team_id, invitation_id)
        close_invitation(uow, row, InvitationState.REVOKED, Event.TEAM_INVITATION_REVOKED)
    return uow.change


@idempotent
def accept_invitation(
    actor: Actor, *, invitation_id: str | None = None, token: str | None = None
) -> Change:
    """Join a team by an invitation: by its link, or by its id if the actor's account was invited.

    Raises:
        NotFound, Forbidden: like `access_invitation`.
        Conflict: it can't be used (any more), the actor is in the team already, the team is full, or the actor is in
            too many teams of others.
    """
    found = access_invitation(actor.user_id, invitation_id=invitation_id, token=token)
    team_id, invitation_id = found["team_id"], found["invitation_id"]
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        lock_team_to_join(uow, team_id)
        hold_open(uow, invitation_id, token)
        event_id = insert_member(
            uow,
            team_id,
            actor.user_id,
            found["role"],
            event=Event.TEAM_MEMBER_JOINED,
            also={"invitation_id": invitation_id},
        )
        tell_inviter(uow, event_id, found, NotificationKind.INVITATION_ACCEPTED)
        faults.point("invite.accepted")
    return uow.change


@idempotent
def decline_invitation(
    actor: Actor, *, invitation_id: str | None = None, token: str | None = None
) -> Change:
    """Refuse an invitation; it can't be accepted any more.

    Raises:
        NotFound, Forbidden: like `access_invitation`.
        Conflict: it can't be used (any more).
    """
    found = access_invitation(actor.user_id, invitation_id=invitation_id, token=token)
    team_id, invitation_id = found["team_id"], found["invitation_id"]
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        uow.answer(version=raise_version(uow, team_id))
        hold_open(uow, invitation_id, token)
        event_id = close_invitation(
            uow, found, InvitationState.DECLINED, Event.TEAM_INVITATION_DECLINED
        )
        tell_inviter(uow, event_id, found, NotificationKind.INVITATION_DECLINED)
    return uow.change


def find_person(team_id: str, *, user_id: str | None, email: str | None) -> sql.Row | None:
    """The account with this id or address: ``user_id``, ``email``, ``created_at``, ``is_member``, ``is_in_parent``."""
    return sql.row(
        queries.PERSON_TO_INVITE, {"team_id": team_id, "user_id": user_id, "email": email}
    )


def _account_to_tell(invitation: Mapping[str, Any], person: sql.Row | None) -> str | None:
    """The account whose inbox says that it is invited: one that can answer without the link."""
    if person is None:
        return None
    is_known = invitation["user_id"] is not None or person["is_confirmed"]
    return str(person["user_id"]) if is_known or not queries.has_mail_server() else None


def _answer(row: Mapping[str, Any]) -> dict[str, str]:
    """What the change says of an invitation that was sent."""
    return {
        "invitation_id": row["invitation_id"],
        "expires_at": row["expires_at"].isoformat(),
    }


def _require_room(uow: UnitOfWork, team_id: str, per_day: int) -> None:
    """Bound what is open in a team, and what one person sends in a day, in whatever teams."""
    open_ones = uow.execute(queries.COUNT_OPEN, {"team_id": team_id, "at": uow.at}).scalar_one()
    if open_ones >= MAX_OPEN:
        raise Conflict(
            f"{MAX_OPEN} invitations into this team are open. Take some back, or wait until they are answered."
        )
    user_id = uow.actor.user_id
    uow.execute(LOCK_PERSON, {"user_id": user_id})
    since = uow.at - A_DAY
    sent = uow.execute(queries.COUNT_SENT_SINCE, {"user_id": user_id, "since": since}).scalar_one()
    if sent >= per_day:
        raise RateLimited(
            f"You have invited {per_day} people within a day. Please go on tomorrow.",
            retry_after=int(A_DAY.total_seconds()),
        )


def _open_of_team(uow: UnitOfWork, team_id: str, invitation_id: str) -> sql.Row:
    """An invitation of a team that nobody has answered or taken back, locked; it may have expired."""
    row = uow.row(
        queries.OF_TEAM, {"team_id": team_id, "invitation_id": invitation_id, "at": uow.at}
    )
    if row is None:
        raise NotFound()
    if row["status"] in list(InvitationState) and row["status"] != InvitationState.OPEN:
        raise Conflict("This invitation was answered or taken back in the meantime.")
    return row
