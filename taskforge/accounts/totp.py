"""Codes of authenticator apps (RFC 6238): SHA-1, six digits, a new one every 30 seconds, as every app makes them."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1  # a clock may be half a minute off, and typing takes time
ISSUER = "TaskForge"
_CODE = re.compile(r"[0-9]{6}")
_SEPARATORS = re.compile(r"[\s-]")


def new_secret() -> str:
    """A secret of 160 bits, in Base32."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, account: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def parse_code(typed: str) -> str | None:
    """The six digits that somebody typed, spaces left out; None for anything else."""
    code = _SEPARATORS.sub("", typed)
    return code if _CODE.fullmatch(code) else None


def code_at(secret: str, step: int) -> str:
    """The code of one step of 30 seconds, counted from 1970."""
    return pyotp.TOTP(secret).generate_otp(step)


def step_at(at: datetime) -> int:
    """The step that an instant lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def find_step(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, of the present one and its neighbours; the latest of them. None if there is none."""
    now = step_at(at)
    for step in range(now + DRIFT_STEPS, now - DRIFT_STEPS - 1, -1):
        if hmac.compare_digest(code_at(secret, step), code):
            return step
    return None
