"""Checks log-ins of the form and the API: limited in number, and recorded in the audit log however they end."""

from __future__ import annotations

from flask import request

from taskforge.accounts import service
from taskforge.audit import security_events
from taskforge.events import Event
from taskforge.http import rate_limits
from taskforge.identity.actors import client_details
from taskforge.identity.devices import known_device

WRONG_CREDENTIALS = "That address and that password do not belong together."


def check_login(email: str, password: str) -> str | None:
    """The id of the user with this address and password; None otherwise, which is counted and recorded.

    Tries from a device with which this person has logged in before are counted by themselves: whatever others try, and
    wherever from, the right password logs in there.

    Raises:
        RateLimited: too many tries within 15 minutes.
    """
    ip = request.remote_addr
    device = known_device(email)
    rate_limits.take_login_try(email=email, ip=ip, device=device)
    user_id = service.check_credentials(email, password)
    if user_id is None:
        rate_limits.count_failed_login(email=email, ip=ip)
        tried = {"address": security_events.pseudonym(email)}
        security_events.report(
            Event.USER_LOGIN_FAILED, user_id=None, details=tried, **client_details()
        )
    else:
        rate_limits.give_back_login_tries(email=email, ip=ip, device=device)
    return user_id


def report_login(user_id: str, *, kind: str) -> None:
    """Record a log-in in the audit log; `kind` is the session's: ``browser`` or ``api``."""
    security_events.report(
        Event.USER_LOGGED_IN, user_id=user_id, details={"kind": kind}, **client_details()
    )
