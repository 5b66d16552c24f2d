"""Passkeys (WebAuthn): a device proves by a signature who its person is, after it has checked them itself.

A challenge stands in a sealed token that the client brings back, so that it needs no row. It is good once: a passkey
takes only challenges that are younger than the one of its last use. `taskforge.accounts.webauthn_checks` is imported at
the first use.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import notices, sealed_secrets
from taskforge.accounts.queries import LOCK_PERSON
from taskforge.accounts.two_factor import TwoFactor, get_two_factor
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

MAX_PASSKEYS = 20
NAME_LENGTH = 80
LIFETIME = timedelta(minutes=10)
REGISTER, SIGN_IN = "passkey-register", "passkey-sign-in"
REFUSED = "This passkey was not accepted. Try it again, or use your password."
TOO_MANY = f"You have {MAX_PASSKEYS} passkeys. Remove one that you no longer use."

_WORDS = {
    Event.USER_PASSKEY_ADDED: "A passkey was added",
    Event.USER_PASSKEY_REMOVED: "A passkey was removed",
}
_COLUMNS = (
    "passkey_id, user_id, credential_id, public_key, sign_count, name, created_at, last_used_at"
)
_LIST = text(f"""
    SELECT {_COLUMNS}
    FROM   passkeys
    WHERE  user_id = :user_id
    ORDER  BY created_at, passkey_id
    LIMIT  {MAX_PASSKEYS}
""")
_FIND = text(f"SELECT {_COLUMNS} FROM passkeys WHERE credential_id = :credential_id")
_INSERT = text("""
    INSERT INTO passkeys (passkey_id, user_id, credential_id, public_key, sign_count, name, created_at)
    SELECT :passkey_id, CAST(:user_id AS uuid), :credential_id, :public_key, :sign_count, :name, :at
    WHERE  (SELECT count(*) FROM passkeys WHERE user_id = :user_id) < :maximum
    ON     CONFLICT DO NOTHING
""")
_DELETE = text("""
    DELETE FROM passkeys
    WHERE  passkey_id = :passkey_id AND user_id = :user_id
    RETURNING name
""")
_USE = text("""
    UPDATE passkeys
    SET    sign_count = :sign_count, last_used_at = :at, challenge_at = :challenge_at
    WHERE  passkey_id = :passkey_id AND sign_count = :old_count
           AND (challenge_at IS NULL OR challenge_at < :challenge_at)
""")


@dataclass(frozen=True)
class Challenge:
    """What a browser is asked for: the options of its API as JSON, and the token that brings the challenge back."""

    options: str
    token: str


def are_possible() -> bool:
    """Whether browsers take passkeys at ``PUBLIC_URL``: a host by name, not by number, by HTTPS or on this machine."""
    public = urlsplit(config_of().public_url)
    host = public.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return public.scheme == "https" or host == "localhost"
    return False


def list_passkeys(user_id: str) -> Sequence[sql.Row]:
    """Somebody's passkeys, oldest first: passkey_id, name, created_at, last_used_at and what the check needs."""
    return sql.rows(_LIST, {"user_id": user_id})


def begin_registration(user_id: str) -> Challenge:
    """What a browser needs to make a passkey.

    Raises:
        NotFound: no such account.
    """
    from taskforge.accounts import webauthn_checks  # late: see the module

    email = get_two_factor(user_id).email
    known = [bytes(each["credential_id"]) for each in list_passkeys(user_id)]
    made = webauthn_checks.registration_options(_site(), user_id, email, known)
    return _challenge(made, f"{REGISTER}:{user_id}")


@idempotent
def register(actor: Actor, *, token: str, credential: str, name: str) -> Change:
    """Keep the passkey that a browser has made; `credential` is what it answered, as JSON.

    Raises:
        InvalidInput: it does not answer the challenge.
        Conflict: there are too many, or this one is known.
    """
    from taskforge.accounts import webauthn_checks  # late: see the module

    challenge, _ = _read_challenge(token, f"{REGISTER}:{actor.user_id}")
    try:
        made = webauthn_checks.check_registration(_site(), challenge, credential)
    except webauthn_checks.Refused as error:
        raise InvalidInput(REFUSED) from error
    user = get_two_factor(actor.user_id)
    passkey_id = new_id()
    with UnitOfWork(actor, entity_id=passkey_id, version=1) as uow:
        uow.execute(LOCK_PERSON, {"user_id": actor.user_id})  # two at once are counted in turn
        kept = uow.execute(
            _INSERT,
            {
                "passkey_id": passkey_id,
                "user_id": actor.user_id,
                "credential_id": made.credential_id,
                "public_key": made.public_key,
                "sign_count": made.sign_count,
                "name": name,
                "at": uow.at,
                "maximum": MAX_PASSKEYS,
            },
        )
        if kept.rowcount != 1:
            raise Conflict(TOO_MANY)
        _record(uow, Event.USER_PASSKEY_ADDED, None, {"passkey_id": passkey_id, "name": name}, user)
    return uow.change


@idempotent
def remove(actor: Actor, passkey_id: str) -> Change:
    """Forget one of the actor's passkeys.

    Raises:
        NotFound: they have no such passkey.
    """
    user = get_two_factor(actor.user_id)
    with UnitOfWork(actor, entity_id=passkey_id, version=0) as uow:
        found = uow.row(_DELETE, {"passkey_id": passkey_id, "user_id": actor.user_id})
        if found is None:
            raise NotFound()
        before = {"passkey_id": passkey_id, "name": found["name"]}
        _record(uow, Event.USER_PASSKEY_REMOVED, before, None, user)
    return uow.change


def begin_sign_in() -> Challenge:
    """What a browser needs to sign in by a passkey, whosoever it is."""
    from taskforge.accounts import webauthn_checks  # late: see the module

    return _challenge(webauthn_checks.sign_in_options(_site()), SIGN_IN)


def sign_in(token: str, credential: str) -> str:
    """Use a passkey: answers whose it is. `credential` is what the browser answered, as JSON.

    Raises:
        InvalidInput: it is unknown, does not answer the challenge, or the challenge was answered before.
    """
    from taskforge.accounts import webauthn_checks  # late: see the module

    challenge, at = _read_challenge(token, SIGN_IN)
    try:
        answer = webauthn_checks.read_answer(credential)
        passkey = sql.row(_FIND, {"credential_id": answer.raw_id})
        if passkey is None:
            raise InvalidInput(REFUSED)
        count = webauthn_checks.check_answer(
            _site(), challenge, answer, bytes(passkey["public_key"]), passkey["sign_count"]
        )
    except webauthn_checks.Refused as error:
        raise InvalidInput(REFUSED) from error
    used = sql.execute_now(
        _USE,
        {
            "passkey_id": passkey["passkey_id"],
            "old_count": passkey["sign_count"],
            "sign_count": count,
            "at": clock.now(),
            "challenge_at": at,
        },
    )
    if used != 1:
        raise InvalidInput(REFUSED)
    return str(passkey["user_id"])


def _challenge(made: tuple[str, bytes], purpose: str) -> Challenge:
    options, challenge = made
    values = {"challenge": base64.b64encode(challenge).decode()}
    return Challenge(options, sealed_secrets.make_token(values, purpose))


def _read_challenge(token: str, purpose: str) -> tuple[bytes, datetime]:
    """The challenge of a token, and when it was made.

    Raises:
        InvalidInput: it is too old or none.
    """
    try:
        values = sealed_secrets.read_token(token, purpose, lifetime=LIFETIME)
    except sealed_secrets.CannotOpen as error:
        raise InvalidInput(REFUSED) from error
    return base64.b64decode(values["challenge"]), values["at"]


def _record(
    uow: UnitOfWork,
    event: Event,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    user: TwoFactor,
) -> None:
    event_id = uow.record(
        event, entity_type="user", entity_id=uow.actor.user_id, before=before, after=after
    )
    told = {"email": user.email, "display_name": user.display_name}
    notices.tell_log_in_changed(uow, told, event_id, what=_WORDS[event])


def _site() -> str:
    return config_of().public_url
