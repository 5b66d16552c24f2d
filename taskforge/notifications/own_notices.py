"""Notification intents of what no change of data made: a job has finished something for a person."""

from __future__ import annotations

from sqlalchemy import Connection, text

from taskforge import clock
from taskforge.notification_kinds import NotificationKind

_NOTIFY = text("""
    INSERT INTO notification_intents (event_id, user_id, kind, payload, created_at)
    VALUES (:event_id, :user_id, :kind, '{}', :at)
    ON CONFLICT (event_id, user_id) DO NOTHING
""")


def notify_of_own(
    connection: Connection, event_id: str, user_id: str, kind: NotificationKind
) -> None:
    """Notify a person of something of their own, in the transaction of the job; `event_id` is the id of that thing."""
    parameters = {"event_id": event_id, "user_id": user_id, "kind": kind, "at": clock.now()}
    connection.execute(_NOTIFY, parameters)
