"""Use cases of the address of an account: confirm it, change it. A new one counts when a mail to it was answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from taskforge.accounts import notices
from taskforge.accounts.documents import mirror_message
from taskforge.accounts.links import Purpose, add_link, get_link, use_link
from taskforge.audit.security_events import pseudonym
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale
from taskforge.stores.unit_of_work import UnitOfWork

TAKEN = "This address belongs to another account now, so it can’t become yours."
NO_MAIL = "TaskForge sends no mails here, so that no address can be confirmed."

_ACCOUNT = text("""
    SELECT user_id, email, display_name, password_hash, email_verified_at, version
    FROM   users
    WHERE  user_id = :user_id AND suspended_at IS NULL
""")
_IS_TAKEN = text("SELECT EXISTS (SELECT FROM users WHERE email = :email)")
_SET_ADDRESS = text("""
    UPDATE users
    SET    email = :address, email_verified_at = :at, version = version + 1,
           core_version = core_version + 1, updated_at = :at
    WHERE  user_id = :user_id AND version = :version AND core_version = :core_version
""")


@idempotent
def request_change(actor: Actor, *, email: str) -> Change:
    """Send a mail to a new address, with the link that makes it the account's. Every address has the same answer.

    Raises:
        InvalidInput: the address is the present one, or no mail can be sent.
    """
    row = _account(actor)
    if email == row["email"]:
        raise InvalidInput.about("email", "is your address already")
    if sql.scalar(_IS_TAKEN, {"email": email}):
        taken = {"kind": MailKind.ADDRESS_TAKEN, "context": {"address": email}}
        return _send_link(actor, row, email, user=None, message=taken)
    free = {"kind": MailKind.ADDRESS_CHANGE, "context": {"name": row["display_name"]}}
    return _send_link(actor, row, email, user=row, message=free)


@idempotent
def request_confirmation(actor: Actor) -> Change:
    """Send a mail to the account's address, with the link that confirms it. Raises like `request_change`."""
    row = _account(actor)
    message = {"kind": MailKind.ADDRESS_CONFIRM, "context": {"name": row["display_name"]}}
    return _send_link(actor, row, row["email"], user=row, message=message)


def find_confirmation(token: str) -> sql.Row:
    """The account of an open link, and as ``address`` what it confirms. Raises `NotFound`."""
    return get_link(Purpose.CONFIRM_ADDRESS, token)


def confirm_address(token: str, *, ip: str | None, user_agent: str | None) -> str:
    """Use a link: its address becomes, or is confirmed as, the one of the account. Answers the address.

    Raises:
        NotFound: the link can't be used (any more).
        Conflict: the address has become another account's.
    """
    return retry_on_stale(lambda: _confirm(token, ip=ip, user_agent=user_agent))


def _account(actor: Actor) -> sql.Row:
    row = sql.row(_ACCOUNT, {"user_id": actor.user_id})
    if row is None:
        raise NotFound()
    return row


def _send_link(
    actor: Actor, row: sql.Row, address: str, *, user: sql.Row | None, message: dict[str, Any]
) -> Change:
    """Store a link and send it; without a `user` the link is good for nobody, and the mail has none."""
    if not mail.is_available():
        raise InvalidInput(NO_MAIL)
    token = make_token()
    with UnitOfWork(actor, entity_id=actor.user_id, version=row["version"]) as uow:
        add_link(uow, Purpose.CONFIRM_ADDRESS, token, user=user, address=address)
        event_id = uow.record(
            Event.USER_ADDRESS_LINK_REQUESTED,
            entity_type="user",
            entity_id=actor.user_id,
            before=None,
            after={"address": pseudonym(address)},
        )
        if user is not None:
            expires_at = uow.at + Purpose.CONFIRM_ADDRESS.lifetime
            message = {**message, "token": token, "expires_at": expires_at}
        mail.send(uow, event_id=event_id, to=address, **message)
    return uow.change


def _confirm(token: str, *, ip: str | None, user_agent: str | None) -> str:
    row = find_confirmation(token)
    address, old, user_id = row["address"], row["email"], row["user_id"]
    actor = Actor(user_id=user_id, ip=ip, user_agent=user_agent)
    try:
        with UnitOfWork(actor, entity_id=user_id, version=row["version"] + 1) as uow:
            use_link(uow, token)
            uow.update_reference(
                _SET_ADDRESS,
                {
                    "address": address,
                    "at": uow.at,
                    "user_id": user_id,
                    "version": row["version"],
                    "core_version": row["core_version"],
                },
            )
            changed = {"email": address, "core_version": row["core_version"] + 1}
            uow.stage(mirror_message({**row, **changed}))
            event_id = uow.record(
                Event.USER_EMAIL_CHANGED if address != old else Event.USER_EMAIL_CONFIRMED,
                entity_type="user",
                entity_id=user_id,
                version=row["version"] + 1,
                before={"email": old, "email_verified_at": _iso(row["email_verified_at"])},
                after={"email": address, "email_verified_at": uow.at.isoformat()},
            )
            if address != old:
                notices.tell_address_changed(uow, row, event_id)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    return str(address)


def _iso(at: Any) -> str | None:
    return at.isoformat() if at is not None else None
