"""Recovery codes: ten, each good for one log-in without the authenticator app."""

from __future__ import annotations

import hashlib
import re
import secrets

NUMBER = 10
# 118 bits each: too many to guess, so a plain hash is enough. Letters and digits that look alike are left out.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 24
GROUP = 6
_SEPARATORS = re.compile(r"[\s-]")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_codes() -> list[str]:
    """Ten new codes, in groups joined by hyphens."""
    return [_new_code() for _ in range(NUMBER)]


def parse_code(typed: str) -> str | None:
    """The code that somebody typed, in one spelling; None for what is none."""
    code = _SEPARATORS.sub("", typed).lower()
    return code if _CODE.fullmatch(code) else None


def hash_code(code: str) -> bytes:
    """What is stored of a code."""
    return hashlib.sha256(_SEPARATORS.sub("", code).encode()).digest()


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))
