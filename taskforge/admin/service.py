"""Use cases of site administration: the one-time link for the first administrator, and the outbox's figures."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from taskforge import clock
from taskforge.accounts import queries as accounts
from taskforge.accounts import two_factor
from taskforge.accounts.site_admins import claim_site_role
from taskforge.admin import queries
from taskforge.errors import InvalidInput, NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork

CLAIM_LIFETIME = timedelta(hours=1)
MAX_COUNTED = 10_000


def issue_admin_claim() -> str:
    """A one-time token, good for an hour, that makes whoever uses it a site administrator. Only its hash is stored."""
    token = secrets.token_urlsafe(32)
    sql.execute_now(
        accounts.INSERT_ADMIN_CLAIM,
        {"token_hash": _hash(token), "at": clock.now(), "expires_at": clock.now() + CLAIM_LIFETIME},
    )
    return token


def is_claim_open(token: str) -> bool:
    """Whether a token can still be used."""
    found = sql.scalar(
        accounts.OPEN_ADMIN_CLAIM,
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
            accounts.USE_ADMIN_CLAIM,
            {"at": uow.at, "user_id": actor.user_id, "token_hash": _hash(token)},
        )
        if used.rowcount != 1:
            raise NotFound("This link was used already, or its time is over.")
        claim_site_role(uow)
    return uow.change


def reset_two_factor(actor: Actor, email: str) -> Change:
    """Turn off the second factor of somebody who has lost it; they are told.

    Raises:
        InvalidInput: no account has this address.
        Conflict: it is not on.
    """
    user_id = accounts.find_user_id(email=email)
    if user_id is None:
        raise InvalidInput.about("email", "belongs to no account")
    return two_factor.reset(actor, user_id)


def outbox_figures() -> dict[str, Any]:
    """``pending`` and ``parked`` messages, and the age of the oldest pending one in whole seconds (or None).

    Of the `MAX_COUNTED` oldest messages, so that the question stays cheap while MongoDB is away.
    """
    return dict(sql.row(queries.OUTBOX_FIGURES, {"counted": MAX_COUNTED}) or {})


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
