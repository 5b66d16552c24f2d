"""Checks log-ins of the form and the API: limited in number, and recorded in the audit log however they end."""

from __future__ import annotations

import structlog
from flask import request

from taskforge.accounts import login_history, service
from taskforge.audit import security_events
from taskforge.errors import Suspended, Unavailable
from taskforge.events import Event
from taskforge.http import rate_limits
from taskforge.identity.actors import client_details
from taskforge.identity.devices import known_device

log = structlog.get_logger()

WRONG_CREDENTIALS = "That address and that password do not belong together."


def check_login(email: str, password: str) -> str | None:
    """The id of the user with this address and password; None otherwise, which is counted and recorded.

    A try that could not be checked, because a store is away or too many are made at once, does not count.

    Tries from a device with which this person has logged in before are counted by themselves: whatever others try, and
    wherever from, the right password logs in there.

    Raises:
        RateLimited: too many tries within 15 minutes.
        Suspended: the password is right, and the account is suspended; recorded as a refused log-in.
    """
    ip = request.remote_addr
    device = known_device(email)
    try:
        with rate_limits.login_try(email=email, ip=ip, device=device):
            user_id = service.check_credentials(email, password)
    except Suspended:
        rate_limits.give_back_login_tries(email=email, ip=ip, device=device)
        _report_refusal(email, why="suspended")
        raise
    if user_id is None:
        rate_limits.count_failed_login(email=email, ip=ip)
        _report_refusal(email)
    else:
        rate_limits.give_back_login_tries(email=email, ip=ip, device=device)
    return user_id


def report_login(
    user_id: str, *, kind: str, second_factor: str | None = None, is_new_device: bool = False
) -> None:
    """Record a log-in in the audit log; `kind` is the session's: ``browser`` or ``api``.

    `second_factor` is what was given beside the password, if anything was. If the person has never logged in with this
    browser (`is_new_device`) they are told; a log-in does not fail because they can't be.
    """
    details = {"kind": kind, **({"second_factor": second_factor} if second_factor else {})}
    security_events.report(
        Event.USER_LOGGED_IN, user_id=user_id, details=details, **client_details()
    )
    if not is_new_device:
        return
    try:
        login_history.tell_of_new_device(user_id, **client_details())
    except Unavailable:
        log.exception("new_device_not_told", user_id=user_id)


def _report_refusal(email: str, **why: str) -> None:
    details = {"address": security_events.pseudonym(email), **why}
    security_events.report(
        Event.USER_LOGIN_FAILED, user_id=None, details=details, **client_details()
    )
