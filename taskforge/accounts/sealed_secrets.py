"""Secrets that must be read again are stored encrypted (AES-256-GCM), with a key derived from ``SECRET_KEY``.

What was sealed for one purpose can't be opened for another: a row that is copied to another person is of no use.
Former keys (``SECRET_KEY_FALLBACKS``) still open; whoever opens with one should seal anew (`Opened.is_outdated`).
The library takes 8 MB that most processes need not spend, so it is imported at the first use.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from taskforge import clock
from taskforge.extensions import config_of

FORMAT = b"\x01"
NONCE_BYTES = 12
MAX_TOKEN_LENGTH = 2_000


class CannotOpen(Exception):
    """It was sealed for another purpose, with an unknown key, was altered, or its time is over."""


@dataclass(frozen=True)
class Opened:
    """A secret, and whether it was sealed with a former key."""

    secret: bytes
    is_outdated: bool


def seal(secret: bytes, purpose: str) -> bytes:
    """Encrypt a secret for a purpose, which names its owner too."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # late: see the module

    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key(config_of().secret_key)).encrypt(nonce, secret, purpose.encode())
    return FORMAT + nonce + sealed


def open_sealed(sealed: bytes, purpose: str) -> Opened:
    """Decrypt what `seal` made for the same purpose.

    Raises:
        CannotOpen: it can't be opened.
    """
    from cryptography.exceptions import InvalidTag  # late: see the module
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] == FORMAT and len(nonce) == NONCE_BYTES:
        config = config_of()
        for number, key in enumerate((config.secret_key, *config.fallback_keys)):
            try:
                found = AESGCM(_key(key)).decrypt(nonce, rest, purpose.encode())
            except InvalidTag:
                continue
            return Opened(found, is_outdated=number > 0)
    raise CannotOpen


def make_token(values: dict[str, Any], purpose: str) -> str:
    """A text that nobody else can read or make, for values that a client brings back soon."""
    body = json.dumps({**values, "at": clock.now().isoformat()}).encode()
    return base64.urlsafe_b64encode(seal(body, purpose)).decode().rstrip("=")


def read_token(token: str, purpose: str, *, lifetime: timedelta) -> dict[str, Any]:
    """The values of `make_token`, and ``at``, when it was made.

    Raises:
        CannotOpen: it is no such token, or older than `lifetime`.
    """
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise CannotOpen
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise CannotOpen from None
    values: dict[str, Any] = json.loads(open_sealed(sealed, purpose).secret)
    at = values["at"] = datetime.fromisoformat(values["at"])
    if not timedelta(0) <= clock.now() - at < lifetime:
        raise CannotOpen
    return values


def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"taskforge-sealed-secrets", hashlib.sha256)
