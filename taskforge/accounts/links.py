"""One-time links of accounts: to set a new password, and to confirm an address.

A link is bound to what the account was when it was made: it dies with a change of its password or address. Only the
SHA-256 of its token is stored (`taskforge.mail.tokens`). A used link stays as a row until it is removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.errors import NotFound
from taskforge.mail.tokens import LinkToken, hash_token
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

SPENT = "This link was used already, or its time is over. Ask for a new one."


class Purpose(StrEnum):
    """What a link does; ``lifetime`` is how long it can be used."""

    lifetime: timedelta

    def __new__(cls, name: str, lifetime: timedelta) -> Purpose:
        """One row of the table."""
        purpose = str.__new__(cls, name)
        purpose._value_ = name
        purpose.lifetime = lifetime
        return purpose

    RESET = "reset", timedelta(minutes=10)
    CONFIRM_ADDRESS = "address", timedelta(hours=24)


_INSERT = text("""
    INSERT INTO account_links (token_hash, purpose, user_id, address, binding, created_at, expires_at)
    VALUES (:token_hash, :purpose, :user_id, :address, :binding, :at, :expires_at)
""")
_FIND = text("""
    SELECT l.address, l.binding, u.user_id, u.email, u.display_name, u.password_hash, u.password_changed_at,
           u.email_verified_at, u.version, u.core_version, u.created_at, u.last_login
    FROM   account_links l
           JOIN users u ON u.user_id = l.user_id
    WHERE  l.token_hash = :token_hash AND l.purpose = :purpose
           AND l.used_at IS NULL AND l.expires_at > :at AND u.suspended_at IS NULL
""")
_USE = text("""
    UPDATE account_links
    SET    used_at = :at
    WHERE  token_hash = :token_hash AND used_at IS NULL AND expires_at > :at
""")


def add_link(
    uow: UnitOfWork,
    purpose: Purpose,
    token: LinkToken,
    *,
    user: Mapping[str, Any] | None,
    address: str,
) -> None:
    """Store a link of an account, for an address; without a `user` one that nobody can use."""
    uow.execute(
        _INSERT,
        {
            "token_hash": token.hash,
            "purpose": purpose.value,
            "user_id": user["user_id"] if user else None,
            "address": address,
            "binding": _binding(user) if user else b"",
            "at": uow.at,
            "expires_at": uow.at + purpose.lifetime,
        },
    )


def get_link(purpose: Purpose, secret: str) -> sql.Row:
    """The open link of a token, with the row of its account.

    Raises:
        NotFound: unknown, used, expired, or made before the account's password or address changed.
    """
    found = sql.row(
        _FIND,
        {"token_hash": hash_token(secret), "purpose": purpose.value, "at": clock.now()},
    )
    if found is None or bytes(found["binding"]) != _binding(found):
        raise NotFound(SPENT)
    return found


def use_link(uow: UnitOfWork, secret: str) -> None:
    """Use a link up, inside the transaction of what it does; of two uses at once one wins.

    Raises:
        NotFound: it was used meanwhile, or its time is over.
    """
    if uow.execute(_USE, {"token_hash": hash_token(secret), "at": uow.at}).rowcount != 1:
        raise NotFound(SPENT)


def _binding(user: Mapping[str, Any]) -> bytes:
    """What changes with the account's password and address."""
    return hashlib.sha256(f"{user['email']}\n{user['password_hash']}".encode()).digest()
