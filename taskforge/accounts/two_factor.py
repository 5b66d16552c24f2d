"""Two-factor log-ins: an authenticator app, and ten recovery codes for the day on which it is lost.

The codes of `taskforge.accounts.recovery_codes` are made by the caller, who shows them once: what a service answers is
stored with its operation, and must not hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import notices, recovery_codes, sealed_secrets, totp
from taskforge.accounts.site_admins import hold_people
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.events import Event
from taskforge.notification_kinds import NotificationKind
from taskforge.stores import sql
from taskforge.stores.actor import ITSELF, Actor
from taskforge.stores.operations import Change, idempotent, retry_on_stale
from taskforge.stores.unit_of_work import UnitOfWork

SETUP_LIFETIME = timedelta(hours=1)
ALREADY_ON = "Two-factor log-in is on already."
NOT_ON = "Two-factor log-in is not on."
WRONG_CODE = "is not the one that your app shows now; its clock may be off"
SETUP_OVER = "This set-up has taken too long. Begin it again, with the new QR code."

_WORDS = {
    Event.USER_TWO_FACTOR_ENABLED: "Two-factor log-in was turned on",
    Event.USER_TWO_FACTOR_DISABLED: "Two-factor log-in was turned off",
    Event.USER_TWO_FACTOR_RESET: "Two-factor log-in was turned off by an administrator",
    Event.USER_RECOVERY_CODES_RENEWED: "The recovery codes were replaced",
}

_STATE = text("""
    SELECT u.email, u.display_name, u.version, u.two_factor_at AS enabled_at, u.password_changed_at,
           (SELECT count(*) FROM recovery_codes c WHERE c.user_id = u.user_id AND c.used_at IS NULL) AS codes_left
    FROM   users u
    WHERE  u.user_id = :user_id AND u.suspended_at IS NULL
""")
_SET = text("""
    UPDATE users
    SET    two_factor_at = :two_factor_at, version = version + 1, updated_at = :at
    WHERE  user_id = :user_id AND version = :version
""")
_INSERT_SECRET = text("""
    INSERT INTO totp_secrets (user_id, sealed_secret, last_step, created_at)
    VALUES (:user_id, :sealed_secret, :last_step, :at)
""")
_DELETE_SECRET = text("DELETE FROM totp_secrets WHERE user_id = :user_id")
_DELETE_CODES = text("DELETE FROM recovery_codes WHERE user_id = :user_id")
_INSERT_CODES = text("""
    INSERT INTO recovery_codes (code_hash, user_id, created_at)
    SELECT unnest(CAST(:hashes AS bytea[])), CAST(:user_id AS uuid), :at
""")


@dataclass(frozen=True)
class TwoFactor:
    """Whether somebody has a second factor: since when (None: not), and how many recovery codes are left.

    Address and name are those of the account, for notices.
    """

    email: str
    display_name: str
    version: int
    enabled_at: datetime | None
    codes_left: int
    password_changed_at: datetime


@dataclass(frozen=True)
class Setup:
    """A secret that is not in use yet: as text, as what a QR code holds, and as the token that brings it back."""

    secret: str
    uri: str
    token: str


def get_two_factor(user_id: str) -> TwoFactor:
    """The state of somebody's second factor.

    Raises:
        NotFound: no such account, or it is suspended.
    """
    row = sql.row(_STATE, {"user_id": user_id})
    if row is None:
        raise NotFound()
    return TwoFactor(**row)


def begin_setup(user_id: str) -> Setup:
    """A new secret for an authenticator app. Nothing is stored: `enable` takes its token back.

    Raises:
        Conflict: the second factor is on already.
        NotFound: no such account.
    """
    state = get_two_factor(user_id)
    if state.enabled_at is not None:
        raise Conflict(ALREADY_ON)
    secret = totp.new_secret()
    token = sealed_secrets.make_token({"secret": secret}, _setup_purpose(user_id))
    return Setup(secret, totp.provisioning_uri(secret, state.email), token)


def open_setup(user_id: str, token: str) -> Setup:
    """The set-up that a token of `begin_setup` belongs to.

    Raises:
        InvalidInput: it is another person's, too old or none at all.
        NotFound: no such account.
    """
    state = get_two_factor(user_id)
    try:
        values = sealed_secrets.read_token(token, _setup_purpose(user_id), lifetime=SETUP_LIFETIME)
    except sealed_secrets.CannotOpen as error:
        raise InvalidInput(SETUP_OVER, {"setup_token": SETUP_OVER}) from error
    secret = values["secret"]
    return Setup(secret, totp.provisioning_uri(secret, state.email), token)


@idempotent
def enable(actor: Actor, *, token: str, code: str, codes: Sequence[str]) -> Change:
    """Turn the second factor on: `code` proves that the app has the secret. `codes` become the recovery codes.

    Raises:
        InvalidInput: the code is wrong, or the set-up is over.
        Conflict: it is on already.
    """
    secret = open_setup(actor.user_id, token).secret
    typed = totp.parse_code(code)
    step = totp.find_step(secret, typed, clock.now()) if typed else None
    if step is None:
        raise InvalidInput.about("code", WRONG_CODE)
    return retry_on_stale(lambda: _enable(actor, secret, step, codes))


@idempotent
def disable(actor: Actor) -> Change:
    """Turn the second factor off; its secret and the recovery codes are deleted.

    Raises:
        Conflict: it is not on.
    """
    return retry_on_stale(lambda: _disable(actor, actor.user_id, Event.USER_TWO_FACTOR_DISABLED))


@idempotent
def reset(actor: Actor, user_id: str) -> Change:
    """Turn off the second factor of somebody who has lost it; they are told. For a site administrator, and the command.

    Raises:
        NotFound: no such account, or the actor is no site administrator.
        Conflict: it is not on.
    """
    return retry_on_stale(lambda: _disable(actor, user_id, Event.USER_TWO_FACTOR_RESET))


@idempotent
def renew_codes(actor: Actor, *, codes: Sequence[str]) -> Change:
    """Replace the recovery codes, used and unused ones.

    Raises:
        Conflict: the second factor is not on.
    """
    return retry_on_stale(lambda: _renew_codes(actor, codes))


def _enable(actor: Actor, secret: str, step: int, codes: Sequence[str]) -> Change:
    state = get_two_factor(actor.user_id)
    if state.enabled_at is not None:
        raise Conflict(ALREADY_ON)
    with UnitOfWork(actor, entity_id=actor.user_id, version=state.version + 1) as uow:
        _set(uow, actor.user_id, state.version, uow.at)
        sealed = sealed_secrets.seal(secret.encode(), secret_purpose(actor.user_id))
        uow.execute(
            _INSERT_SECRET,
            {
                "user_id": actor.user_id,
                "sealed_secret": sealed,
                "last_step": step,
                "at": uow.at,
            },
        )
        _store_codes(uow, codes)
        _record(uow, Event.USER_TWO_FACTOR_ENABLED, actor.user_id, state, uow.at, len(codes))
    return uow.change


def _disable(actor: Actor, user_id: str, event: Event) -> Change:
    state = get_two_factor(user_id)
    if state.enabled_at is None:
        raise Conflict(NOT_ON)
    with UnitOfWork(actor, entity_id=user_id, version=state.version + 1) as uow:
        if actor.user_id not in (user_id, ITSELF.user_id):
            hold_people(uow, user_id)
        _set(uow, user_id, state.version, None)
        uow.execute(_DELETE_SECRET, {"user_id": user_id})
        uow.execute(_DELETE_CODES, {"user_id": user_id})
        event_id = _record(uow, event, user_id, state, None, 0)
        uow.notify(event_id, [user_id], NotificationKind.TWO_FACTOR_RESET, {})
    return uow.change


def _renew_codes(actor: Actor, codes: Sequence[str]) -> Change:
    state = get_two_factor(actor.user_id)
    if state.enabled_at is None:
        raise Conflict(NOT_ON)
    with UnitOfWork(actor, entity_id=actor.user_id, version=state.version + 1) as uow:
        _set(uow, actor.user_id, state.version, state.enabled_at)
        _store_codes(uow, codes)
        event = Event.USER_RECOVERY_CODES_RENEWED
        _record(uow, event, actor.user_id, state, state.enabled_at, len(codes))
    return uow.change


def secret_purpose(user_id: str) -> str:
    """For what a person's secret is sealed."""
    return f"totp:{user_id}"


def _setup_purpose(user_id: str) -> str:
    return f"totp-setup:{user_id}"


def _set(uow: UnitOfWork, user_id: str, version: int, two_factor_at: datetime | None) -> None:
    uow.update_reference(
        _SET,
        {"user_id": user_id, "version": version, "two_factor_at": two_factor_at, "at": uow.at},
    )


def _store_codes(uow: UnitOfWork, codes: Sequence[str]) -> None:
    hashes = [recovery_codes.hash_code(code) for code in codes]
    uow.execute(_DELETE_CODES, {"user_id": uow.actor.user_id})
    uow.execute(_INSERT_CODES, {"hashes": hashes, "user_id": uow.actor.user_id, "at": uow.at})


def _record(
    uow: UnitOfWork,
    event: Event,
    user_id: str,
    state: TwoFactor,
    enabled_at: datetime | None,
    codes_left: int,
) -> str:
    event_id = uow.record(
        event,
        entity_type="user",
        entity_id=user_id,
        version=state.version + 1,
        before={"two_factor_at": state.enabled_at, "recovery_codes": state.codes_left},
        after={"two_factor_at": enabled_at, "recovery_codes": codes_left},
    )
    user = {"email": state.email, "display_name": state.display_name}
    notices.tell_log_in_changed(uow, user, event_id, what=_WORDS[event])
    return event_id
