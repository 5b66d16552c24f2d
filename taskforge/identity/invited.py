"""Use cases of invitations and join links as requests make them: with tokens from the server's key, and with limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from limits import RateLimitItemPerDay, RateLimitItemPerHour

from taskforge.errors import Forbidden, InvalidInput, NotFound
from taskforge.extensions import config_of
from taskforge.http import rate_limits
from taskforge.identity.link_tokens import derive_token, find_token, make_nonce
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.teams import service as teams
from taskforge.teams.invitations import service, team_links
from taskforge.teams.invitations.access import OPEN, find_by_token
from taskforge.teams.members import NotInParent

INVITATION, JOIN = "invitation", "join"
ADDED_PER_HOUR, ADDED_PER_DAY = 100, 300
TOO_MANY_ADDED = "You have added many people lately. Please wait {seconds} seconds and go on."
TOO_MANY_RESENT = "You have sent many invitations again today. Please go on tomorrow."
ONLY_INVITED = "Accounts are made by invitation here. Ask somebody in a team to invite you, and open their link."
CLOSED = "No new accounts are made here. Ask who runs this TaskForge."
OTHER_ADDRESS = (
    "is not the one that was invited; with another one the invitation would not be for you"
)


@dataclass(frozen=True, kw_only=True)
class SentInvitation:
    """An invitation as its sender gets it: with the token of its link, which is not stored, and its nonce.

    ``mailed`` says whether a mail takes the link to the person.
    """

    invitation_id: str
    expires_at: datetime
    token: str
    nonce: str
    mailed: bool


def add_or_invite(actor: Actor, team_id: str, **person: Any) -> SentInvitation | Change:
    """Add somebody who is in the parent team, which answers the change of the team; invite everybody else.

    Raises:
        RateLimited: too many within an hour or a day.
        NotFound, Forbidden, InvalidInput, Conflict: like `teams.service.add_member` and `invite_person`.
    """
    named = {name: person.get(name) for name in ("user_id", "email")}
    found = service.find_person(team_id, **named)
    if found is not None and found["is_in_parent"] and not found["is_member"]:
        _limit_adding(actor)
        try:
            change = teams.add_member(actor, team_id, **person, only_from_parent=True)
        except NotInParent:  # they have just left it
            return invite(actor, team_id, **person)
        return _sent_or_added(actor, change, make_nonce(actor))
    return invite(actor, team_id, **person)


def invite(actor: Actor, team_id: str, **person: Any) -> SentInvitation | Change:
    """Invite somebody; a change of the team where this operation had added them before.

    Raises:
        RateLimited: too many within an hour or a day.
        NotFound, Forbidden, InvalidInput, Conflict: like `invite_person`.
    """
    _limit_adding(actor)
    nonce = make_nonce(actor)
    token = derive_token(INVITATION, actor.user_id, nonce)
    per_day = config_of().invitations_per_day
    change = service.invite_person(actor, team_id, token=token, per_day=per_day, **person)
    return _sent_or_added(actor, change, nonce)


def resend(actor: Actor, team_id: str, invitation_id: str) -> SentInvitation:
    """Send an invitation again, with a new link.

    Raises:
        RateLimited: too many within a day.
        NotFound, Forbidden, Conflict: like `resend_invitation`.
    """
    per_day = RateLimitItemPerDay(
        config_of().invitations_per_day, namespace=f"resent:{actor.user_id}"
    )
    rate_limits.hit(per_day, TOO_MANY_RESENT)
    nonce = make_nonce(actor)
    token = derive_token(INVITATION, actor.user_id, nonce)
    change = service.resend_invitation(actor, team_id, invitation_id, token=token)
    return _sent(actor, change, nonce)


def find_own_token(actor: Actor, invitation: sql.Row, nonce: str) -> str | None:
    """The token of an invitation that the actor has sent, by its nonce; the page that follows the sending knows it."""
    if invitation["invited_by"] != actor.user_id:
        return None
    return find_token(INVITATION, actor.user_id, nonce, bytes(invitation["token_hash"]))


def make_join_link(actor: Actor, team_id: str, *, role: str) -> Change:
    """Switch a team's link for a role on, or renew it. Raises like `team_links.make_join_link`."""
    nonce = make_nonce(actor)
    token = derive_token(JOIN, team_id, nonce)
    return team_links.make_join_link(actor, team_id, role=role, nonce=nonce, token=token)


def find_join_token(link: sql.Row) -> str | None:
    """The token of a join link; None if the key that it was made with is gone, so that it must be renewed."""
    return find_token(JOIN, link["team_id"], link["nonce"], bytes(link["token_hash"]))


def join_by_link(actor: Actor, token: str) -> Change:
    """Join a team by its link. Raises like `team_links.join_by_link`."""
    return team_links.join_by_link(actor, token, per_day=config_of().joins_per_link_per_day)


def require_may_register(email: str, token: str | None) -> None:
    """Let somebody make an account, as ``REGISTRATION`` says, with the token of an invitation if they have one.

    Raises:
        Forbidden: no accounts are made, or by invitation only.
        InvalidInput: the invitation is for another address.
    """
    mode = config_of().registration
    if mode == "closed":
        raise Forbidden(CLOSED)
    invitation = find_open_invitation(token)
    if invitation is not None and invitation["email"] != email:
        raise InvalidInput.about("email", OTHER_ADDRESS)
    if invitation is None and mode == "invited":
        raise Forbidden(ONLY_INVITED)


def why_not_register(token: str | None) -> str | None:
    """Why nobody can make an account now with this token, if that is so; the sentence is shown instead of the form."""
    mode = config_of().registration
    if mode == "closed":
        return CLOSED
    if mode == "invited" and find_open_invitation(token) is None:
        return ONLY_INVITED
    return None


def find_open_invitation(token: str | None) -> sql.Row | None:
    """The invitation of a link, if it can be used by an account that does not exist yet."""
    if token is None:
        return None
    try:
        found = find_by_token(token)
    except NotFound:
        return None
    return found if found["status"] == OPEN and found["user_id"] is None else None


def _sent(actor: Actor, change: Change, nonce: str) -> SentInvitation:
    return SentInvitation(
        invitation_id=change.extra["invitation_id"],
        expires_at=datetime.fromisoformat(change.extra["expires_at"]),
        token=derive_token(INVITATION, actor.user_id, nonce).secret,
        nonce=nonce,
        mailed=bool(change.extra.get("mailed")),
    )


def _sent_or_added(actor: Actor, change: Change, nonce: str) -> SentInvitation | Change:
    """What an operation that is repeated did the first time, which may have been the other of the two."""
    return _sent(actor, change, nonce) if "invitation_id" in change.extra else change


def _limit_adding(actor: Actor) -> None:
    for item in (
        RateLimitItemPerHour(ADDED_PER_HOUR, namespace=f"added:{actor.user_id}"),
        RateLimitItemPerDay(ADDED_PER_DAY, namespace=f"added:{actor.user_id}"),
    ):
        rate_limits.hit(item, TOO_MANY_ADDED)
