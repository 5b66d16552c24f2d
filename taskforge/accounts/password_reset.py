"""Use cases of a forgotten password: ask for a link by mail, get one of an administrator, set a new password by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from taskforge.accounts import passwords, session_records
from taskforge.accounts.links import Purpose, add_link, get_link, use_link
from taskforge.accounts.password_change import set_password
from taskforge.accounts.site_admins import hold_people
from taskforge.audit.security_events import pseudonym
from taskforge.errors import InvalidInput
from taskforge.events import Event
from taskforge.mail import service as mail
from taskforge.mail.kinds import MailKind
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from taskforge.stores.actor import NOBODY, Actor
from taskforge.stores.operations import retry_on_stale
from taskforge.stores.unit_of_work import UnitOfWork

NO_ACCOUNT = "belongs to no account that could log in"

_BY_ADDRESS = text("""
    SELECT user_id, email, display_name, password_hash
    FROM   users
    WHERE  email = :email AND suspended_at IS NULL
""")


def request_reset(email: str, *, ip: str | None, user_agent: str | None) -> None:
    """Send a link to an address: to set a new password, or word that no account has the address.

    The same statements in every case, so that neither answer nor time tells which addresses have accounts. Does
    nothing where no mail can be sent.
    """
    if not mail.is_available():
        return
    person, token = sql.row(_BY_ADDRESS, {"email": email}), make_token()
    actor = Actor(user_id=NOBODY, ip=ip, user_agent=user_agent)
    with UnitOfWork(actor, entity_id=NOBODY, version=0) as uow:
        add_link(uow, Purpose.RESET, token, user=person, address=email)
        event_id = uow.record(
            Event.USER_PASSWORD_RESET_REQUESTED,
            entity_type="user",
            entity_id=person["user_id"] if person else NOBODY,
            before=None,
            after={"address": pseudonym(email)},
        )
        known: dict[str, Any] = {
            "kind": MailKind.PASSWORD_RESET,
            "context": {"name": person["display_name"] if person else ""},
            "token": token,
            "expires_at": uow.at + Purpose.RESET.lifetime,
        }
        unknown = {"kind": MailKind.PASSWORD_RESET_UNKNOWN, "context": {"address": email}}
        mail.send(uow, event_id=event_id, to=email, **(known if person else unknown))


def issue_reset_link(actor: Actor, *, email: str) -> str:
    """Make a one-time link for somebody who can't be sent one; answers its token, which is stored nowhere.

    Raises:
        NotFound: the actor is no site administrator.
        InvalidInput: no account that could log in has the address.
    """
    person, token = sql.row(_BY_ADDRESS, {"email": email}), make_token()
    if person is None:
        raise InvalidInput.about("email", NO_ACCOUNT)
    with UnitOfWork(actor, entity_id=person["user_id"], version=0) as uow:
        hold_people(uow, person["user_id"])
        add_link(uow, Purpose.RESET, token, user=person, address=email)
        uow.record(
            Event.USER_RESET_LINK_ISSUED,
            entity_type="user",
            entity_id=person["user_id"],
            before=None,
            after={"expires_at": (uow.at + Purpose.RESET.lifetime).isoformat()},
        )
    return token.secret


def find_reset(token: str) -> sql.Row:
    """The account of an open link. Raises `NotFound` like `taskforge.accounts.links.get_link`."""
    return get_link(Purpose.RESET, token)


def reset_password(
    token: str,
    password: str,
    *,
    revoke_tokens: bool = False,
    ip: str | None,
    user_agent: str | None,
) -> None:
    """Set a new password with a link, end all sessions of the account, and tell its owner. Logs nobody in.

    With `revoke_tokens` its API tokens end too.

    Raises:
        NotFound: the link can't be used (any more).
        InvalidInput: the password is too weak; the link stays open.
    """
    retry_on_stale(lambda: _reset(token, password, revoke_tokens, ip, user_agent))


def _reset(
    token: str, password: str, revoke_tokens: bool, ip: str | None, user_agent: str | None
) -> None:
    row = find_reset(token)
    user_id, version = row["user_id"], row["version"] + 1
    passwords.check_password_strength(password, context_words=[row["email"], row["display_name"]])
    new_hash = passwords.hash_password(password)
    actor = Actor(user_id=user_id, ip=ip, user_agent=user_agent)
    with UnitOfWork(actor, entity_id=user_id, version=version) as uow:
        use_link(uow, token)
        ended = set_password(
            uow, row, new_hash, event=Event.USER_PASSWORD_RESET, revoke_tokens=revoke_tokens
        )
    session_records.forget(user_id, ended)
