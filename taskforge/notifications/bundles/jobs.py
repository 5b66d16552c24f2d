"""The job of the mail queue: send the mail intents that are due, then the mails of notifications.

A bundle is claimed, made of what is true then, sent and marked; each by itself. A worker that dies between the server's
confirmation and the mark lets it be made and sent again, with the same Message-ID: at most one duplicate for each such
death. What failed is made anew for the next attempt.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from taskforge import clock, faults
from taskforge.extensions import config_of
from taskforge.mail import jobs as intents
from taskforge.mail.messages import CannotRender, to_ascii_domain
from taskforge.mail.service import is_available
from taskforge.mail.smtp import MailServer, NotSent
from taskforge.messaging import queues
from taskforge.notifications.bundles import outcomes, queries
from taskforge.notifications.bundles.contents import Contents, read_contents
from taskforge.notifications.bundles.messages import compose
from taskforge.notifications.bundles.planning import schedule_of
from taskforge.notifications.bundles.schedule import COALESCING, due_at, end_of_quiet
from taskforge.notifications.settings import settings_of
from taskforge.stores import sql

log = structlog.get_logger()
SEND_SECONDS = 20.0
# So often it is looked, between bundles, for mails that somebody waits for, such as the link for a new password.
TURN_SECONDS = 1.0


def send_pending() -> int:
    """The job: send all mails that are due; answers how many were tried."""
    faults.point("job.started")
    return queues.process_queue(queues.MAIL, send_due)


def send_due() -> int:
    """Send mails that are due, for at most `SEND_SECONDS`; answers how many were tried. Needs no Redis.

    Without a mail server, while developing, the mails of notifications are made for the mailbox page.
    """
    config = config_of()
    deadline = time.monotonic() + SEND_SECONDS
    if not config.smtp_url:
        return _send_bundles(None, deadline)[0] if is_available() else 0
    tried, is_away = 0, False
    with MailServer(config) as server:
        while not is_away and time.monotonic() < deadline:
            asked, is_away = intents.send_intents(server, deadline)
            made = 0
            if not is_away:
                turn_ends = min(deadline, time.monotonic() + TURN_SECONDS)
                made, is_away = _send_bundles(server, turn_ends)
            tried += asked + made
            if not made:
                break
    return tried


def has_due(before: datetime) -> bool:
    """Whether a mail of any kind has waited to be sent since an instant."""
    return has_due_bundle(before) or intents.has_due(before)


def has_due_bundle(before: datetime) -> bool:
    """Whether a mail of notifications has waited to be sent since an instant."""
    return bool(sql.scalar(queries.HAS_DUE, {"before": before}))


def _send_bundles(server: MailServer | None, deadline: float) -> tuple[int, bool]:
    """Like `taskforge.mail.jobs.send_intents`, for bundles."""
    return intents.send_in_turn(_claim, partial(_send, server), _settle_failure, deadline)


def _claim() -> sql.Row | None:
    now = clock.now()
    until = now + COALESCING
    return sql.row(queries.CLAIM, {"lease": intents.LEASE_SECONDS, "at": now, "until": until})


def _send(server: MailServer | None, bundle: sql.Row) -> None:
    contents = _prepare(bundle)
    if contents is None:
        return
    try:
        message = compose(config_of(), bundle, contents)
    except CannotRender as error:
        raise NotSent(str(error), is_final=True) from error
    faults.point("mail.before_send")
    if server is not None:
        server.send(message, to_ascii_domain(bundle["to_address"]))
    faults.point("mail.sent")
    outcomes.close(bundle, contents, message)
    log.info("bundle_sent", bundle_id=bundle["bundle_id"], lines=contents.line_count)


def _prepare(bundle: sql.Row) -> Contents | None:
    """What the mail is to say by what is true now; None if there is nothing to send now, which is noted.

    Raises:
        NotSent: its attempts or its time are over.
    """
    now, settings = clock.now(), settings_of(bundle)
    schedule, since = schedule_of(settings), bundle["reschedule_from"]
    if not bundle["may_be_mailed"] or not settings.email:
        outcomes.forget_person(bundle)
    elif since is not None:
        outcomes.reschedule(bundle, due_at(schedule, since))
    elif schedule.is_quiet(now):
        outcomes.postpone_due(bundle, end_of_quiet(schedule, now))
    else:
        intents.check_attempt(bundle)
        contents = read_contents(bundle, settings, schedule, now)
        if contents.line_count:
            return contents
        outcomes.discard(bundle, contents)
    return None


def _settle_failure(bundle: Mapping[str, Any], failure: NotSent) -> None:
    is_last = intents.is_last_attempt(bundle, failure)
    log.warning(
        "bundle_not_sent",
        bundle_id=bundle["bundle_id"],
        attempts=bundle["attempts"],
        parked=is_last,
    )
    if is_last:
        outcomes.park(bundle, failure)
    else:
        outcomes.postpone(bundle, failure)
