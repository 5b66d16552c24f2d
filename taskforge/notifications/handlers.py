"""The notifications queue's job: turn the intents of committed changes into lines of people's inboxes."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import insert as upsert

from taskforge import clock, faults, jobs, redis_cache
from taskforge.extensions import redis_client
from taskforge.ids import new_id
from taskforge.notifications.models import Notification
from taskforge.notifications.service import count_unread
from taskforge.stores import sql

BATCH = 200


def deliver_pending() -> int:
    """Deliver all intents that are not delivered yet; answers how many."""
    faults.point("job.started")
    jobs.answer_doorbell(jobs.NOTIFICATIONS, redis_client())
    delivered = 0
    while (batch := _deliver_batch()) > 0:
        delivered += batch
    return delivered


def _deliver_batch() -> int:
    with sql.transaction() as connection:
        intents = connection.execute(
            text(
                "SELECT event_id, user_id, kind, payload, created_at FROM notification_intents"
                " WHERE delivered_at IS NULL ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED"
            ),
            {"batch": BATCH},
        ).mappings()
        lines = [{**intent, "notification_id": new_id()} for intent in intents]
        if lines:
            _insert(connection, lines)
    for user_id in {line["user_id"] for line in lines}:
        redis_cache.set_unread(user_id, count_unread(user_id, cached=False))
    return len(lines)


def _insert(connection: Connection, lines: list[dict[str, object]]) -> None:
    """Once for each event and user, however often the job runs."""
    connection.execute(
        upsert(Notification).on_conflict_do_nothing(index_elements=["event_id", "user_id"]), lines
    )
    faults.point("notification.inserted")
    connection.execute(
        text(
            "UPDATE notification_intents SET delivered_at = :at"
            " WHERE event_id = CAST(:event_id AS uuid) AND user_id = CAST(:user_id AS uuid)"
        ),
        [
            {"at": clock.now(), "event_id": line["event_id"], "user_id": line["user_id"]}
            for line in lines
        ],
    )
