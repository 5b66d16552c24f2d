"""Log-ins by passkey: limited by address, and recorded when they are refused."""

from __future__ import annotations

from flask import request
from limits import RateLimitItemPerMinute

from taskforge.accounts import passkeys
from taskforge.audit import security_events
from taskforge.errors import InvalidInput
from taskforge.events import Event
from taskforge.extensions import config_of
from taskforge.http import rate_limits
from taskforge.http.client_address import counted_address
from taskforge.identity.actors import client_details


def sign_in(token: str, credential: str) -> str:
    """Whose passkey has answered a challenge.

    Raises:
        RateLimited: too many wrong ones from this address within 15 minutes.
        InvalidInput: it was not accepted.
    """
    maximum = config_of().login_attempts_per_15_minutes * 10
    address = counted_address(request.remote_addr)
    refused = RateLimitItemPerMinute(maximum, 15, namespace=f"passkey:{address}")
    rate_limits.require_left(refused, rate_limits.TOO_MANY_LOGINS)
    try:
        return passkeys.sign_in(token, credential)
    except InvalidInput:
        rate_limits.count(refused)
        security_events.report(
            Event.USER_PASSKEY_FAILED, user_id=None, details={}, **client_details()
        )
        raise
