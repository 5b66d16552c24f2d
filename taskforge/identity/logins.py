"""Checking a log-in, by form or API alike: throttled, and on record however it ends."""

from __future__ import annotations

from flask import request

from taskforge.accounts import service
from taskforge.audit import security_events
from taskforge.http import rate_limits
from taskforge.identity.actors import circumstances

WRONG = "That address and that password do not belong together."


def check_login(email: str, password: str) -> str | None:
    """The id of the user with this address and password; None for anybody else, which is counted and reported.

    Raises:
        RateLimited: too many tries failed lately.
    """
    ip = request.remote_addr
    rate_limits.take_login_try(email=email, ip=ip)
    user_id = service.check_credentials(email, password)
    if user_id is None:
        rate_limits.count_failed_login(email=email, ip=ip)
        tried = {"address": security_events.pseudonym(email)}
        security_events.report("user.login_failed", user_id=None, details=tried, **circumstances())
    else:
        rate_limits.give_back_login_tries(email=email, ip=ip)
    return user_id


def report_login(user_id: str, *, kind: str) -> None:
    """Put a log-in on record; `kind` is the session's: ``browser`` or ``api``."""
    security_events.report(
        "user.logged_in", user_id=user_id, details={"kind": kind}, **circumstances()
    )
