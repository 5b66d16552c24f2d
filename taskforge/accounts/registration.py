"""Signing up where mails are sent: the account is made when the mail to its address was answered.

Until then there is no account, whatever password is tried. So neither the sign-up nor a log-in behind it tells whether
an address had an account before: the mail does, to whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import passwords
from taskforge.accounts.documents import new_profile
from taskforge.accounts.links import SPENT
from taskforge.accounts.service import add_account
from taskforge.audit.security_events import pseudonym
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.mail.tokens import hash_token, make_token
from taskforge.stores import sql
from taskforge.stores.actor import NOBODY, Actor
from taskforge.stores.unit_of_work import UnitOfWork

LIFETIME = timedelta(hours=24)

_IS_TAKEN = text("SELECT EXISTS (SELECT FROM users WHERE email = :email)")
_INSERT = text("""
    INSERT INTO pending_registrations (token_hash, user_id, email, password_hash, first_name, last_name,
                                       next_path, expires_at)
    VALUES (:token_hash, :user_id, :email, :password_hash, :first_name, :last_name, :next_path, :expires_at)
""")
_FIND = text("""
    SELECT user_id, email, password_hash, first_name, last_name, next_path
    FROM   pending_registrations
    WHERE  token_hash = :token_hash AND expires_at > :at
""")
_TAKE = text(
    "DELETE FROM pending_registrations WHERE token_hash = :token_hash AND expires_at > :at"
)


def request_registration(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str = "",
    next_path: str,
    ip: str | None,
    user_agent: str | None,
) -> None:
    """Send a link to an address: that makes the account, or word that there is one. The same statements in both cases.

    Raises:
        InvalidInput: the password is too weak.
    """
    passwords.check_password_strength(password, context_words=[email, first_name, last_name])
    password_hash, token = passwords.hash_password(password), make_token()
    is_taken = sql.scalar(_IS_TAKEN, {"email": email})
    with UnitOfWork(
        Actor(user_id=NOBODY, ip=ip, user_agent=user_agent), entity_id=NOBODY, version=0
    ) as uow:
        expires_at = uow.at + LIFETIME
        uow.execute(
            _INSERT,
            {
                "token_hash": token.hash,
                "user_id": new_id(),
                "email": email,
                "password_hash": password_hash,
                "first_name": first_name,
                "last_name": last_name,
                "next_path": next_path,
                "expires_at": uow.at if is_taken else expires_at,  # a link that nobody gets
            },
        )
        event_id = uow.record(
            Event.USER_REGISTRATION_REQUESTED,
            entity_type="user",
            entity_id=NOBODY,
            before=None,
            after={"address": pseudonym(email)},
        )
        free: dict[str, Any] = {
            "kind": MailKind.REGISTRATION,
            "context": {"name": " ".join(filter(None, [first_name, last_name]))},
            "token": token,
            "expires_at": expires_at,
        }
        taken = {"kind": MailKind.REGISTRATION_TAKEN, "context": {"address": email}}
        mail.send(uow, event_id=event_id, to=email, **(taken if is_taken else free))


def find_registration(token: str) -> Mapping[str, Any]:
    """The sign-up of an open link.

    Raises:
        NotFound: the link is unknown, used or expired.
    """
    found = sql.row(_FIND, {"token_hash": hash_token(token), "at": clock.now()})
    if found is None:
        raise NotFound(SPENT)
    return found


def complete_registration(
    token: str, *, ip: str | None, user_agent: str | None
) -> Mapping[str, Any]:
    """Make the account of a sign-up, with a confirmed address; answers the sign-up. Of two uses at once one wins.

    Raises:
        NotFound: the link can't be used (any more).
        Conflict: the address has got an account meanwhile.
    """
    pending = find_registration(token)
    actor = Actor(user_id=pending["user_id"], ip=ip, user_agent=user_agent)
    with UnitOfWork(actor, entity_id=actor.user_id, version=1) as uow:
        if uow.execute(_TAKE, {"token_hash": hash_token(token), "at": uow.at}).rowcount != 1:
            raise NotFound(SPENT)
        add_account(
            uow,
            email=pending["email"],
            password_hash=pending["password_hash"],
            fields=new_profile(pending["first_name"], pending["last_name"]),
            is_confirmed=True,
        )
    return pending
