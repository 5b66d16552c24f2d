"""The relay's chores: waking jobs that were lost, and dropping what nobody needs any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text

from taskforge import clock
from taskforge.admin import trash
from taskforge.admin.stuck_jobs import requeue_stuck_jobs
from taskforge.audit import chain
from taskforge.errors import NotFound, Unavailable
from taskforge.extensions import config_of
from taskforge.history import snapshots
from taskforge.messaging import queues
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.notifications import jobs as notifications
from taskforge.stores import sql
from taskforge.stores.relay import Chore

log = structlog.get_logger()
LATE = timedelta(seconds=2)
REDIS_PATIENCE_SECONDS = 5.0
TRASH_KEPT = timedelta(days=30)
TASKS_PURGED_AT_ONCE = 50
ROWS_DROPPED_AT_ONCE = 2000
BATCHES_AT_ONCE = 10
PURGE_SECONDS = 5.0
EXPIRED = (
    ("outbox_redo", "applied_at < :before", timedelta(days=7)),
    ("operations", "created_at < :before", timedelta(days=30)),
    ("notification_intents", "delivered_at < :before", timedelta(days=30)),
    ("user_sessions", "revoked_at < :before OR expires_at < :before", timedelta(days=30)),
    ("admin_claims", "expires_at < :before", timedelta(days=30)),
)


class LateWork:
    """Rings a queue whose work lies about, and does the work itself while Redis stays away."""

    def __init__(
        self, queue: str, is_late: Callable[[datetime], bool], drain: Callable[[], object]
    ) -> None:
        self._queue, self._is_late, self._drain = queue, is_late, drain
        self._away_since: float | None = None

    def __call__(self) -> None:
        """Look once."""
        if not self._is_late(clock.now() - LATE):
            return
        if queues.wake(self._queue):
            self._away_since = None
            return
        now = time.monotonic()
        self._away_since = self._away_since or now
        if now - self._away_since > REDIS_PATIENCE_SECONDS:
            self._drain()


def chores() -> list[Chore]:
    """Everything that a relay does beside relaying. Needs the application's context."""
    key = config_of().audit_key.encode()
    seal = LateWork(queues.AUDIT, chain.has_unsealed, lambda: chain.seal_pending(key))
    deliver = LateWork(queues.NOTIFICATIONS, notifications.has_undelivered, notifications.deliver)
    return [
        Chore("seal late facts", 1.0, seal),
        Chore("deliver late notifications", 1.0, deliver),
        Chore("put stuck jobs back", 60.0, put_stuck_jobs_back),
        Chore("take board snapshots", 30.0, snapshots.take_due),
        Chore("drop expired rows", 600.0, drop_expired),
        Chore("empty the trash", 600.0, empty_trash),
        Chore("note the audit head", 600.0, note_audit_head),
    ]


def put_stuck_jobs_back() -> int:
    """Security events exist in their jobs only, so a job that failed is tried again; answers how many."""
    try:
        with redis_guard():
            return requeue_stuck_jobs()
    except RedisUnavailable:
        return 0


def drop_expired() -> int:
    """Delete rows that are past their time, in bounded batches; answers how many."""
    dropped = 0
    for table, condition, kept in EXPIRED:
        for _ in range(BATCHES_AT_ONCE):
            batch = sql.execute_now(
                text(
                    f"DELETE FROM {table} WHERE ctid = ANY (ARRAY("
                    f"SELECT ctid FROM {table} WHERE {condition} LIMIT :limit))"
                ),
                {"before": clock.now() - kept, "limit": ROWS_DROPPED_AT_ONCE},
            )
            dropped += batch
            if batch < ROWS_DROPPED_AT_ONCE:
                break
    return dropped


def empty_trash() -> int:
    """Purge what has been in the trash for 30 days, for at most five seconds; answers how many tasks."""
    before, deadline, purged = clock.now() - TRASH_KEPT, time.monotonic() + PURGE_SECONDS, 0
    for task_id in trash.list_expired(before, TASKS_PURGED_AT_ONCE):
        if time.monotonic() > deadline:
            break
        try:
            trash.purge_task(task_id, deleted_before=before)
        except (NotFound, Unavailable) as error:  # restored or busy this very moment
            log.info("purge_postponed", task_id=task_id, why=str(error))
        else:
            purged += 1
    return purged


def note_audit_head() -> None:
    """Log the newest link of the audit chain: an anchor outside the database, in case the chain is cut short."""
    seq, link = chain.head()
    log.info("audit_head", anchor=f"{seq}:{link.hex()}")
