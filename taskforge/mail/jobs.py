"""Sends mail intents: claim one, send it, mark it. The job is `taskforge.notifications.bundles.jobs`.

A worker that dies between the server's confirmation and the mark sends the mail again, with the same Message-ID: at
most one duplicate for each such death. A mail that a server breaks off after it had all of it is tried once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from taskforge import clock, faults
from taskforge.extensions import config_of
from taskforge.mail import queries
from taskforge.mail.kinds import MailKind
from taskforge.mail.messages import CannotRender, compose, to_ascii_domain
from taskforge.mail.smtp import MailServer, NotSent
from taskforge.stores import sql

log = structlog.get_logger()
# Longer than a conversation and the job's own limit: nobody else claims a mail that is being sent.
LEASE_SECONDS = 120
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15, 3600
MAX_ATTEMPTS = 16  # over about nine hours
TOO_LATE = "its time was over before it could be sent"
_checks: dict[str, Callable[[Mapping[str, Any]], bool]] = {}


def send_intents(server: MailServer, deadline: float) -> tuple[int, bool]:
    """Send mail intents that are due, until `deadline` of the monotonic clock.

    Answers how many were tried, and whether the server is away, so that the next mail would fare the same.
    """
    return send_in_turn(_claim, partial(_send, server), _settle_failure, deadline)


def send_in_turn(
    claim: Callable[[], sql.Row | None],
    send: Callable[[sql.Row], None],
    settle_failure: Callable[[sql.Row, NotSent], None],
    deadline: float,
) -> tuple[int, bool]:
    """Send the mails that `claim` gives out, until it has none, `deadline` is reached or the server is away.

    Answers like `send_intents`. A mail for which `send` raises `NotSent` is handed to `settle_failure`.
    """
    tried = 0
    while time.monotonic() < deadline and (mail := claim()) is not None:
        tried += 1
        try:
            send(mail)
        except NotSent as failure:
            settle_failure(mail, failure)
            if failure.server_away:
                return tried, True
    return tried, False


def has_due(before: datetime) -> bool:
    """Whether a mail has waited to be sent since an instant."""
    return bool(sql.scalar(queries.HAS_DUE, {"before": before}))


def _claim() -> sql.Row | None:
    return sql.row(queries.CLAIM, {"lease": LEASE_SECONDS, "at": clock.now()})


def check_attempt(mail: Mapping[str, Any]) -> None:
    """Refuse an attempt of a mail (a row with ``attempts``, ``last_error`` and ``expires_at``) that comes too late.

    Raises:
        NotSent: it had all its attempts, or its time is over.
    """
    if mail["attempts"] > MAX_ATTEMPTS:  # each attempt ended its process
        raise NotSent(mail["last_error"] or "no attempt came to its end", is_final=True)
    if mail["expires_at"] is not None and mail["expires_at"] <= clock.now():
        raise NotSent(TOO_LATE, is_final=True)


def is_last_attempt(mail: Mapping[str, Any], failure: NotSent) -> bool:
    """Whether a mail that failed is given up: for good, or because a second try might have made a second duplicate."""
    return (
        failure.is_final
        or mail["attempts"] >= MAX_ATTEMPTS
        or (failure.maybe_sent and mail["maybe_sent"])
    )


def _send(server: MailServer, intent: sql.Row) -> None:
    if not _may_be_sent(intent):
        sql.execute_now(queries.DROP, {"mail_id": intent["mail_id"]})
        log.info("mail_dropped", mail_id=intent["mail_id"], kind=intent["kind"])
        return
    config = config_of()
    check_attempt(intent)
    try:
        message = compose(config, intent)
    except CannotRender as error:
        raise NotSent(str(error), is_final=True) from error
    faults.point("mail.before_send")
    server.send(message, to_ascii_domain(intent["to_address"]))
    faults.point("mail.sent")
    sql.execute_now(
        queries.MARK_SENT,
        {
            "mail_id": intent["mail_id"],
            "at": clock.now(),
            "keeps_seed": not config.is_production,  # the mailbox page shows it
        },
    )
    log.info("mail_sent", mail_id=intent["mail_id"], kind=intent["kind"])


def ask_before_sending(kind: MailKind, check: Callable[[Mapping[str, Any]], bool]) -> None:
    """Have mails of a kind dropped whose intent (a row) a check refuses when they are to be sent."""
    _checks[kind.value] = check


def _may_be_sent(intent: Mapping[str, Any]) -> bool:
    if not sql.scalar(queries.MAY_BE_MAILED, {"address": intent["to_address"]}):
        return False
    check = _checks.get(intent["kind"])
    return check is None or check(intent)


def _settle_failure(intent: Mapping[str, Any], failure: NotSent) -> None:
    """Try again later, or never."""
    is_last = is_last_attempt(intent, failure)
    settled = {
        "mail_id": intent["mail_id"],
        "at": clock.now(),
        "error": str(failure),
        "maybe_sent": failure.maybe_sent,
    }
    log.warning(
        "mail_not_sent",
        mail_id=intent["mail_id"],
        kind=intent["kind"],
        attempts=intent["attempts"],
        parked=is_last,
    )
    if is_last:
        sql.execute_now(queries.PARK, settled)
    else:
        pauses = {"first": FIRST_PAUSE_SECONDS, "longest": LONGEST_PAUSE_SECONDS}
        sql.execute_now(queries.POSTPONE, {**settled, **pauses})
