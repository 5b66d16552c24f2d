"""Tokens of the links into teams: 256 bits, of which only the SHA-256 is stored."""

from __future__ import annotations

import re

from taskforge.errors import NotFound
from taskforge.mail import tokens

UNKNOWN = (
    "This link is not valid. Perhaps a part of it is missing, or a newer one was sent since: use the"
    " newest, or ask for one."
)
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{tokens.LENGTH}}}")


def hash_token(token: str) -> bytes:
    """What is stored of a token.

    Raises:
        NotFound: it has not the form of a token.
    """
    if _TOKEN.fullmatch(token) is None:
        raise NotFound(UNKNOWN)
    return tokens.hash_token(token)
