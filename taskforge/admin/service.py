"""Use cases of site administration: the one-time link for the first administrator, and the outbox's figures."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

CLAIM_LIFETIME = timedelta(hours=1)


def issue_admin_claim() -> str:
    """A one-time token, good for an hour, that makes whoever uses it a site administrator. Only its hash is stored."""
    token = secrets.token_urlsafe(32)
    sql.execute_now(
        text(
            "INSERT INTO admin_claims (token_hash, created_at, expires_at) VALUES (:token_hash, :at, :expires_at)"
        ),
        {"token_hash": _hash(token), "at": clock.now(), "expires_at": clock.now() + CLAIM_LIFETIME},
    )
    return token


def is_claim_open(token: str) -> bool:
    """Whether a token can still be used."""
    found = sql.scalar(
        text(
            "SELECT 1 FROM admin_claims WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :at"
        ),
        {"token_hash": _hash(token), "at": clock.now()},
    )
    return found is not None


@idempotent
def claim_admin(actor: Actor, token: str) -> Change:
    """Use a one-time token: the actor becomes a site administrator.

    Raises:
        NotFound: the token is unknown, used or expired; of two uses at once one wins.
    """
    with UnitOfWork(actor, entity_id=actor.user_id, version=0) as uow:
        used = uow.execute(
            text(
                "UPDATE admin_claims SET used_at = :at, used_by = :user_id"
                " WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :at"
            ),
            {"at": uow.at, "user_id": actor.user_id, "token_hash": _hash(token)},
        )
        if used.rowcount != 1:
            raise NotFound("This link was used already, or its time is over.")
        before = uow.row(
            text("SELECT is_site_admin, version FROM users WHERE user_id = :user_id FOR UPDATE"),
            {"user_id": actor.user_id},
        )
        if before is None:
            raise NotFound()
        uow.answer(version=before["version"] + 1)
        uow.update_reference(
            text(
                "UPDATE users SET is_site_admin = true, version = version + 1, updated_at = :at"
                " WHERE user_id = :user_id"
            ),
            {"at": uow.at, "user_id": actor.user_id},
        )
        uow.record(
            Event.USER_ADMIN_GRANTED,
            entity_type="user",
            entity_id=actor.user_id,
            version=before["version"] + 1,
            before={"is_site_admin": before["is_site_admin"]},
            after={"is_site_admin": True},
        )
    return uow.change


def outbox_figures() -> dict[str, Any]:
    """``pending`` and ``parked`` messages, and the age of the oldest pending one in whole seconds (or None)."""
    found = sql.row(
        text(
            "SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending,"
            " count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,"
            " CAST(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)) AS int)"
            " AS oldest_seconds FROM outbox"
        )
    )
    return dict(found or {})


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
