"""Checks a second factor at a log-in: a code of the authenticator app, or a recovery code. Each is good once."""

from __future__ import annotations

import structlog
from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import recovery_codes, sealed_secrets, totp
from taskforge.accounts.two_factor import secret_purpose
from taskforge.errors import StaleVersion
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork

log = structlog.get_logger()

APP, RECOVERY = "app", "recovery_code"

_SECRET = text("SELECT sealed_secret FROM totp_secrets WHERE user_id = :user_id")
# One of two requests with the same code gets the row; the other waits, and then finds the step used.
_USE_STEP = text("""
    UPDATE totp_secrets
    SET    last_step = :step
    WHERE  user_id = :user_id AND last_step < :step
""")
_RESEAL = text("""
    UPDATE totp_secrets
    SET    sealed_secret = :new
    WHERE  user_id = :user_id AND sealed_secret = :old
""")
_USE_CODE = text("""
    UPDATE recovery_codes
    SET    used_at = :at
    WHERE  code_hash = :code_hash AND user_id = :user_id AND used_at IS NULL
""")
_CODES_LEFT = text(
    "SELECT count(*) FROM recovery_codes WHERE user_id = :user_id AND used_at IS NULL"
)


def use_code(actor: Actor, typed: str) -> str | None:
    """Use up a code that the actor typed: answers which kind it was (`APP`, `RECOVERY`), or None if it is wrong."""
    if (code := totp.parse_code(typed)) is not None:
        return APP if _use_app_code(actor.user_id, code) else None
    if (code := recovery_codes.parse_code(typed)) is not None:
        return RECOVERY if _use_recovery_code(actor, code) else None
    return None


def _use_app_code(user_id: str, code: str) -> bool:
    sealed = sql.scalar(_SECRET, {"user_id": user_id})
    if sealed is None:
        return False
    try:
        opened = sealed_secrets.open_sealed(bytes(sealed), secret_purpose(user_id))
    except sealed_secrets.CannotOpen:
        # SECRET_KEY was changed without a fallback. Recovery codes still work.
        log.exception("totp_secret_cannot_be_opened", user_id=user_id)
        return False
    step = totp.find_step(opened.secret.decode(), code, clock.now())
    if step is None or sql.execute_now(_USE_STEP, {"user_id": user_id, "step": step}) != 1:
        return False
    if opened.is_outdated:
        new = sealed_secrets.seal(opened.secret, secret_purpose(user_id))
        sql.execute_now(_RESEAL, {"user_id": user_id, "old": bytes(sealed), "new": new})
    return True


def _use_recovery_code(actor: Actor, code: str) -> bool:
    parameters = {"user_id": actor.user_id, "code_hash": recovery_codes.hash_code(code)}
    try:
        with UnitOfWork(actor, entity_id=actor.user_id, version=0) as uow:
            uow.update_reference(_USE_CODE, {**parameters, "at": uow.at})
            left: int = uow.execute(_CODES_LEFT, {"user_id": actor.user_id}).scalar() or 0
            uow.record(
                Event.USER_RECOVERY_CODE_USED,
                entity_type="user",
                entity_id=actor.user_id,
                before={"recovery_codes": left + 1},
                after={"recovery_codes": left},
            )
    except StaleVersion:  # no such code, or it is used
        return False
    return True
