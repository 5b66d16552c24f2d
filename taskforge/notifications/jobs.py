"""The notifications queue's job: turn the intents of committed changes into lines of people's inboxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert

from taskforge import clock, faults
from taskforge.ids import new_id
from taskforge.messaging import queues, unread_counter
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.models import Notification
from taskforge.notifications.service import count_unread
from taskforge.stores import sql

BATCH = 200


def deliver_pending() -> int:
    """The job: deliver all intents that are not delivered yet; answers how many."""
    faults.point("job.started")
    queues.take_wake_up(queues.NOTIFICATIONS, redis_client())
    return queues.process_queue(queues.NOTIFICATIONS, deliver)


def deliver() -> int:
    """Deliver all intents that are not delivered yet; answers how many. Needs no Redis.

    Each batch is marked only when its inboxes and their counters are written: what dies in between does it all
    again, which adds no line.
    """
    delivered = 0
    while intents := _pending():
        _insert(intents)
        faults.point("notification.inserted")
        for user_id in {intent["user_id"] for intent in intents}:
            unread_counter.set_unread(user_id, count_unread(user_id, cached=False))
        _mark(intents)
        delivered += len(intents)
    return delivered


def has_undelivered(before: datetime) -> bool:
    """Whether an intent from before an instant waits for delivery."""
    return bool(
        sql.scalar(
            text(
                "SELECT EXISTS (SELECT 1 FROM notification_intents"
                " WHERE delivered_at IS NULL AND created_at < :before)"
            ),
            {"before": before},
        )
    )


def _pending() -> Sequence[sql.Row]:
    return sql.rows(
        text(
            "SELECT event_id, user_id, kind, payload, created_at FROM notification_intents"
            " WHERE delivered_at IS NULL ORDER BY created_at, event_id, user_id LIMIT :batch"
        ),
        {"batch": BATCH},
    )


def _insert(intents: Sequence[sql.Row]) -> None:
    """Once for each event and user, however often and however many at the same time the job runs."""
    with sql.transaction() as connection:
        connection.execute(
            upsert(Notification).on_conflict_do_nothing(index_elements=["event_id", "user_id"]),
            [{**intent, "notification_id": new_id()} for intent in intents],
        )


def _mark(intents: Sequence[sql.Row]) -> None:
    sql.execute_now(
        text(
            "UPDATE notification_intents i SET delivered_at = :at"
            " FROM unnest(CAST(:event_ids AS uuid[]), CAST(:user_ids AS uuid[])) AS told (event_id, user_id)"
            " WHERE i.event_id = told.event_id AND i.user_id = told.user_id AND i.delivered_at IS NULL"
        ),
        {
            "at": clock.now(),
            "event_ids": [intent["event_id"] for intent in intents],
            "user_ids": [intent["user_id"] for intent in intents],
        },
    )
