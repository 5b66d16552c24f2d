"""Tokens of links that are shown to who makes them: derived from the server's key, so that a retry gets the same link.

Who does not know the key can't derive them: neither from what is stored nor from the operation id of a form.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from uuid import uuid4

from flask import current_app

from taskforge.stores.actor import Actor


def make_nonce(actor: Actor) -> str:
    """What a new token is derived from: the operation id, or something random where a request has none."""
    return actor.op_id or str(uuid4())


def derive_token(purpose: str, owner_id: str, nonce: str) -> str:
    """The token, 256 bits, of a link with a purpose that belongs to a person or a team."""
    return _derive(current_app.config["SECRET_KEY"], purpose, owner_id, nonce)


def find_token(purpose: str, owner_id: str, nonce: str, token_hash: bytes) -> str | None:
    """The token whose hash is stored; None if it was derived from a key that the server does not know any more."""
    config = current_app.config
    keys: Sequence[str] = (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])
    for key in keys:
        token = _derive(key, purpose, owner_id, nonce)
        if hmac.compare_digest(hashlib.sha256(token.encode()).digest(), token_hash):
            return token
    return None


def _derive(key: str, purpose: str, owner_id: str, nonce: str) -> str:
    message = f"{purpose}\n{owner_id}\n{nonce}".encode()
    digest = hmac.new(b"taskforge-link:" + key.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
