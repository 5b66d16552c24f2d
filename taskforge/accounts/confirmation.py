"""Proving again who one is, before what is delicate. The record of the session says when somebody last did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import passwords
from taskforge.accounts.session_records import Identity, forget, hash_sid, remember
from taskforge.errors import NotAuthenticated
from taskforge.stores import sql

CONFIRMED_FOR = timedelta(minutes=10)

_PASSWORD_HASH = text("""
    SELECT password_hash
    FROM   users
    WHERE  user_id = :user_id AND suspended_at IS NULL
""")
_MARK_CONFIRMED = text("""
    WITH old AS (SELECT sid_hash FROM user_sessions WHERE session_id = :session_id FOR UPDATE)
    UPDATE user_sessions s
    SET    confirmed_at = :at, sid_hash = coalesce(:new_hash, s.sid_hash)
    FROM   old
    WHERE  s.session_id = :session_id AND s.revoked_at IS NULL
    RETURNING old.sid_hash
""")


def is_confirmed(identity: Identity) -> bool:
    """Whether somebody has proved within `CONFIRMED_FOR` that it is them; a log-in counts."""
    at = identity.confirmed_at
    return at is not None and clock.now() - at < CONFIRMED_FOR


def check_password(user_id: str, password: str) -> bool:
    """Whether this is the person's password."""
    return passwords.verify_password(sql.scalar(_PASSWORD_HASH, {"user_id": user_id}), password)


def mark_confirmed(identity: Identity, *, secret: str | None) -> Identity:
    """Note in the record of a session that its person was proved; with `secret` it replaces the session's secret.

    Raises:
        NotAuthenticated: the session has ended meanwhile.
    """
    at = clock.now()
    new_hash = hash_sid(secret) if secret is not None else None
    with sql.transaction() as connection:
        old_hash = connection.execute(
            _MARK_CONFIRMED,
            {"session_id": identity.session_id, "at": at, "new_hash": new_hash},
        ).scalar()
    if old_hash is None:
        raise NotAuthenticated()
    if new_hash is not None:
        forget(identity.user_id, [bytes(old_hash).hex()])
        remember(identity.user_id, new_hash.hex())
    return replace(identity, confirmed_at=at)
