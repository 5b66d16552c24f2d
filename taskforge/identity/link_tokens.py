"""Tokens of links that are shown to who makes them: a retry gets the same link, though no store holds it.

The seed of such a token (`taskforge.mail.tokens`) is made of a purpose, an owner and a nonce. Who does not know the
server's key can't derive the token: neither from what is stored nor from the operation id of a form.
"""

from __future__ import annotations

import hashlib
from uuid import uuid4

from taskforge.extensions import config_of
from taskforge.mail.tokens import LinkToken, recover_token, token_of
from taskforge.stores.actor import Actor


def make_nonce(actor: Actor) -> str:
    """What a new token is derived from: the operation id, or something random where a request has none."""
    return actor.op_id or str(uuid4())


def derive_token(purpose: str, owner_id: str, nonce: str) -> LinkToken:
    """The token of a link with a purpose that belongs to a person or a team."""
    return token_of(_seed(purpose, owner_id, nonce))


def find_token(purpose: str, owner_id: str, nonce: str, token_hash: bytes) -> str | None:
    """The token whose hash is stored; None if it is another one, or its key is not known any more."""
    return recover_token(config_of(), _seed(purpose, owner_id, nonce), token_hash)


def _seed(purpose: str, owner_id: str, nonce: str) -> bytes:
    return hashlib.sha256(f"{purpose}\n{owner_id}\n{nonce}".encode()).digest()
