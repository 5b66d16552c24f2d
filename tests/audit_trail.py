"""What the application has put on record and whom it will notify, for tests of what a change leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from taskforge.notifications.fan_out import expand
from taskforge.stores import sql


@dataclass(frozen=True)
class Entry:
    """One audit event."""

    event: str
    actor_id: str
    version: int | None
    before: Any
    after: Any


def events_of(entity_id: str) -> list[Entry]:
    """The audit events of an entity, oldest first."""
    rows = sql.rows(
        text(
            "SELECT event, actor_id, entity_version, previous_state, new_state FROM audit_logs"
            " WHERE entity_id = :id ORDER BY log_id"
        ),
        {"id": entity_id},
    )
    return [
        Entry(row["event"], row["actor_id"], row["entity_version"], row["previous_state"], row["new_state"])
        for row in rows
    ]  # fmt: skip


def last_event(entity_id: str) -> Entry:
    """The newest audit event of an entity."""
    return events_of(entity_id)[-1]


def intents(user_id: str) -> list[str]:
    """The kinds of the notifications that somebody will get or has got, oldest first."""
    while expand().events:
        continue
    rows = sql.rows(
        text(
            "SELECT kind FROM notification_intents WHERE user_id = :id ORDER BY created_at, event_id"
        ),
        {"id": user_id},
    )
    return [row["kind"] for row in rows]


def mails() -> list[tuple[str, str]]:
    """The kinds and addresses of the mails that were sent, oldest first."""
    rows = sql.rows(text("SELECT kind, to_address FROM mail_intents ORDER BY created_at, mail_id"))
    return [(row["kind"], row["to_address"]) for row in rows]
