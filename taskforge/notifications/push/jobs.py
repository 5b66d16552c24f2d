"""The job of the push queue: claim a message, ask again whether it may be sent, send it, and forget it.

A worker that dies between the push service's answer and the deletion sends the message again: at most one duplicate for
each such death, which takes the place of the first on the device, because both have the same topic and tag.
"""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta

import structlog

from taskforge import clock, faults
from taskforge.accounts.sealed_secrets import CannotOpen
from taskforge.config import Config
from taskforge.extensions import config_of
from taskforge.messaging import queues
from taskforge.notification_kinds import Channel, find_kind
from taskforge.notifications.push import messages, queries
from taskforge.notifications.push.endpoints import Connections, Forbidden, NotReached
from taskforge.notifications.push.subscriptions import unseal
from taskforge.notifications.push.wording import find_sendable
from taskforge.notifications.settings import is_quiet, read_settings, wants
from taskforge.stores import sql

log = structlog.get_logger()
LEASE_SECONDS = 120
SEND_SECONDS = 20.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 30, 1800
MAX_ATTEMPTS = 8
# A device that failed so often since its last success is not tried any more.
MAX_FAILURES = 50
GONE = (404, 410)
OURS = (400, 413)  # this message is at fault, not the device
BUSY = (408, 425, 429)


def send_pending() -> int:
    """The job: send all messages that are due; answers how many were tried."""
    faults.point("job.started")
    return queues.process_queue(queues.PUSH, send_due)


def send_due() -> int:
    """Send messages that are due, for at most `SEND_SECONDS`; answers how many were tried. Needs no Redis."""
    config = config_of()
    if not config.sends_push:
        return 0
    deadline, tried = time.monotonic() + SEND_SECONDS, 0
    with Connections(config) as connections:
        while time.monotonic() < deadline and (intent := _claim()) is not None:
            tried += 1
            _handle(config, connections, intent)
    return tried


def has_due(before: datetime) -> bool:
    """Whether a message has waited to be sent since an instant."""
    return bool(sql.scalar(queries.HAS_DUE, {"before": before}))


def _claim() -> sql.Row | None:
    return sql.row(queries.CLAIM, {"lease": LEASE_SECONDS, "at": clock.now(), "limit": 1})


def _handle(config: Config, connections: Connections, intent: sql.Row) -> None:
    device = sql.row(queries.DEVICE, {"subscription_id": intent["subscription_id"]})
    if device is None:
        return
    if not device["is_live"]:
        _drop_device(intent, "its session has ended")
        return
    content = _content(device["user_id"], intent)
    if content is None or intent["attempts"] > MAX_ATTEMPTS:
        sql.execute_now(queries.DROP_INTENT, _key(intent))
        return
    try:
        status, retry_after = _send(config, connections, intent, device, content)
    except (CannotOpen, Forbidden, ValueError) as error:
        _drop_device(intent, type(error).__name__)
    except NotReached as error:
        _postpone(intent, str(error))
    else:
        faults.point("push.sent")
        _settle(intent, status, retry_after)


def _content(user_id: str, intent: sql.Row) -> bytes | None:
    """What the message says, if its person still wants it, may see it, and has not seen it in the inbox."""
    at = clock.now()
    line = find_sendable(user_id, intent["notification_id"])
    kind = find_kind(line.kind) if line else None
    if line is None or kind is None or intent["expires_at"] <= at:
        return None
    with sql.transaction() as connection:
        settings = read_settings(connection, [user_id])[user_id]
    if not wants(kind, Channel.PUSH, settings) or is_quiet(settings, at):
        return None
    return messages.payload(
        title=line.title, sentence=line.sentence, url=line.url, tag=intent["notification_id"]
    )


def _send(
    config: Config, connections: Connections, intent: sql.Row, device: sql.Row, content: bytes
) -> tuple[int, str | None]:
    at = clock.now()
    subscription = unseal(device)
    headers = messages.headers(
        config,
        subscription,
        topic=hashlib.sha256(intent["notification_id"].encode()).hexdigest()[:32],
        ttl=max(1, int((intent["expires_at"] - at).total_seconds())),
        at=at,
    )
    body = messages.encrypt(subscription, content)
    faults.point("push.before_send")
    status, answered = connections.post(subscription.endpoint, body, headers)
    return status, answered.get("retry-after")


def _settle(intent: sql.Row, status: int, retry_after: str | None) -> None:
    if 200 <= status < 300:
        sql.execute_now(queries.DROP_INTENT, _key(intent))
        sql.execute_now(
            queries.MARK_OK, {"subscription_id": intent["subscription_id"], "at": clock.now()}
        )
    elif status in GONE:
        _drop_device(intent, f"status {status}")
    elif status in OURS:
        log.warning("push_refused", status=status)
        sql.execute_now(queries.DROP_INTENT, _key(intent))
    elif status in BUSY or status >= 500:
        _postpone(intent, f"status {status}", retry_after)
    else:  # the key or the token is not taken: no other try would fare better
        log.warning("push_refused", status=status)
        sql.execute_now(queries.DROP_INTENT, _key(intent))
        _count_failure(intent)


def _postpone(intent: sql.Row, why: str, retry_after: str | None = None) -> None:
    failures = _count_failure(intent)
    pause = min(FIRST_PAUSE_SECONDS * 2.0 ** (failures - 1), LONGEST_PAUSE_SECONDS)
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        pause = min(max(pause, int(retry_after)), LONGEST_PAUSE_SECONDS)
    log.info("push_postponed", why=why, failures=failures)
    device = {"subscription_id": intent["subscription_id"]}
    until = clock.now() + timedelta(seconds=pause)
    sql.execute_now(queries.POSTPONE, {**device, "until": until})


def _count_failure(intent: sql.Row) -> int:
    """How often the device has failed since its last success; 1 for one that is forgotten."""
    device = {"subscription_id": intent["subscription_id"]}
    failures = int(sql.scalar(queries.MARK_FAILED, device) or 1)
    if failures >= MAX_FAILURES:
        _drop_device(intent, f"{failures} failures")
    return failures


def _drop_device(intent: sql.Row, why: str) -> None:
    """Forget a device with all that was to be sent to it: the push service does not know it, or nobody may use it."""
    log.info("push_subscription_removed", subscription_id=intent["subscription_id"], why=why)
    sql.execute_now(queries.DROP_DEVICE, {"subscription_id": intent["subscription_id"]})


def _key(intent: sql.Row) -> dict[str, str]:
    return {name: intent[name] for name in ("notification_id", "subscription_id")}
