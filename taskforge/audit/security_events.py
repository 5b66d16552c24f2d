"""Security events that belong to no change of data: log-ins, failed log-ins, denials."""

from __future__ import annotations

import hashlib
from typing import Any

import structlog

from taskforge import clock
from taskforge.audit.jobs import insert_security_event
from taskforge.errors import Unavailable
from taskforge.events import Event
from taskforge.ids import new_id
from taskforge.messaging import queues
from taskforge.stores.actor import NOBODY

log = structlog.get_logger()


def report(
    event: Event,
    *,
    user_id: str | None,
    ip: str | None = None,
    user_agent: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Hand a security event to the audit job; if Redis is away it is written at once. Never fails the request."""
    entry = {
        "event_id": new_id(),
        "event": event,
        "entity_type": "user",
        "entity_id": user_id or NOBODY,
        "action": event.action,
        "actor_id": user_id,
        "at": clock.now().isoformat(),
        "new_state": details or {},
        "ip": ip,
        "user_agent": user_agent,
    }
    if queues.enqueue_security_event(entry):
        return
    try:
        insert_security_event(entry)
    except Unavailable:
        log.exception("security_event_lost", security_event=event, user_id=user_id, ip=ip)


def pseudonym(email: str) -> str:
    """What the log keeps of an address that somebody tried to log in with: enough to count, not to read."""
    return hashlib.sha256(email.encode()).hexdigest()[:16]
