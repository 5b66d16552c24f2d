"""Access to invitations: who may look at one, and whether it can be used."""

from __future__ import annotations

from taskforge import clock
from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.stores import sql
from taskforge.stores.actor import NOBODY
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.invitations.queries import BY_ID, BY_TOKEN, LOCK_STATUS, has_mail_server
from taskforge.teams.invitations.tokens import UNKNOWN, hash_token

OPEN = "open"
FOR_SOMEBODY_ELSE = (
    "This invitation is for another address than that of your account. Log in with the account that"
    " was invited, or ask for an invitation to your address."
)
# Why an invitation can't be used, by its status.
WHY_CLOSED = {
    "accepted": "This invitation has been used already.",
    "declined": "This invitation was declined. Ask for a new one if you want to join after all.",
    "revoked": "This invitation was taken back. Ask for a new one.",
    "replaced": "This invitation has expired, and a newer one was sent.",
    "expired": "This invitation has expired. Ask for a new one.",
    "void": "Who sent this invitation can’t invite people any more. Ask somebody else in the team.",
}


def find_by_token(token: str, user_id: str | None = None) -> sql.Row:
    """The invitation of a link, whatever became of it; ``is_for_actor`` says whether it is for `user_id`.

    Raises:
        NotFound: no invitation has this link now.
    """
    found = sql.row(
        BY_TOKEN,
        {"token_hash": hash_token(token), "user_id": user_id or NOBODY, "at": clock.now()},
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def access_invitation(
    user_id: str, *, invitation_id: str | None = None, token: str | None = None
) -> sql.Row:
    """An invitation that somebody may answer: by its link, or by its id if their account was invited.

    Raises:
        NotFound: no such invitation, or by its id one that is not theirs.
        Forbidden: by its link one that is for somebody else.
    """
    if token is not None:
        found = find_by_token(token, user_id)
        if not found["is_for_actor"]:
            raise Forbidden(FOR_SOMEBODY_ELSE)
        return found
    parameters = {"invitation_id": invitation_id, "user_id": user_id, "at": clock.now()}
    by_id = sql.row(BY_ID, {**parameters, "has_mail_server": has_mail_server()})
    if by_id is None:
        raise NotFound()
    return by_id


def hold_open(uow: UnitOfWork, invitation_id: str, token: str | None) -> None:
    """Lock an invitation behind the team's lock, if it can be used; with a `token`, only if its link is still this one.

    Raises:
        Conflict: it was answered, taken back or expired, or its sender lost the right to invite for its role.
        NotFound: it is gone, or it was sent again with another link.
    """
    held = uow.row(LOCK_STATUS, {"invitation_id": invitation_id, "at": uow.at})
    if held is None or (token is not None and bytes(held["token_hash"]) != hash_token(token)):
        raise NotFound(UNKNOWN)
    require_open(held["status"])


def require_open(status: str) -> None:
    """Raise `Conflict`, which says why, unless an invitation with this status can be used."""
    if status != OPEN:
        raise Conflict(WHY_CLOSED[status])
