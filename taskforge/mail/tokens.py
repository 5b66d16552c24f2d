"""One-time tokens for links in mails: 256 bit, of which no store holds the clear text.

The token is a keyed hash of a random seed. The table of the link keeps the token's SHA-256, the mail's intent keeps the
seed until the mail is sent: who reads PostgreSQL, but not ``SECRET_KEY``, has neither the token nor a way to it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from taskforge.config import Config
from taskforge.extensions import config_of

SEED_BYTES = 32
LENGTH = 43  # of 256 bit in URL-safe base64


@dataclass(frozen=True)
class LinkToken:
    """A new token: ``secret`` goes into the link, ``hash`` into the table that knows what it is good for."""

    seed: bytes = field(repr=False)
    secret: str = field(repr=False)

    @property
    def hash(self) -> bytes:
        """What is stored of it."""
        return hash_token(self.secret)


def make_token() -> LinkToken:
    """A new one-time token."""
    return token_of(secrets.token_bytes(SEED_BYTES))


def token_of(seed: bytes) -> LinkToken:
    """The token of a seed that is random, or made of what nobody can choose twice."""
    return LinkToken(seed, _derive(config_of().secret_key, seed))


def hash_token(secret: str) -> bytes:
    """The SHA-256 of a token, by which it is looked up."""
    return hashlib.sha256(secret.encode()).digest()


def recover_token(config: Config, seed: bytes, token_hash: bytes) -> str | None:
    """The token of a seed, also when ``SECRET_KEY`` has changed since; None if its key is not known any more."""
    for key in (config.secret_key, *config.fallback_keys):
        secret = _derive(key, seed)
        if hmac.compare_digest(hash_token(secret), token_hash):
            return secret
    return None


def _derive(secret_key: str, seed: bytes) -> str:
    key = hashlib.sha256(b"taskforge-link:" + secret_key.encode()).digest()
    digest = hmac.new(key, seed, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
