"""What the stores say of themselves at this moment: outbox, lags, queues, sizes. Each question is bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import mongoengine
import redis
from rq.job import Job
from sqlalchemy import text

from taskforge import clock
from taskforge.admin import service
from taskforge.audit.lag import seal_lag_seconds
from taskforge.errors import Unavailable
from taskforge.leaving.lag import Late, count_late
from taskforge.messaging import queues
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.messaging.shared_metrics import ProcessReport, read_reports
from taskforge.notifications.lag import delivery_lag_seconds
from taskforge.stores import mongo, sql

KEPT_SECONDS = 5.0
LATE_AFTER = timedelta(hours=1)
_DATABASE_SIZE = text("SELECT pg_database_size(current_database())")


@dataclass
class StoreFigures:
    """The figures, as far as the stores answered: ``up`` names those that did.

    ``queues`` are the number of waiting jobs and the age of the oldest in seconds, by queue; ``used`` and ``limits``
    are bytes, by store, as far as each tells. Lags and ages are in seconds. ``late`` is what was asked for an hour ago.
    """

    up: set[str] = field(default_factory=set)
    outbox_pending: int = 0
    outbox_parked: int = 0
    outbox_age: float = 0.0
    seal_lag: float = 0.0
    delivery_lag: float = 0.0
    late: Late = field(default_factory=Late)
    queues: dict[str, tuple[int, float]] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    reports: list[ProcessReport] = field(default_factory=list)


def read_store_figures() -> StoreFigures:
    """Ask all three stores; what is away is left out. Needs the application's context."""
    figures = StoreFigures()
    with suppress(Unavailable):
        _ask_postgresql(figures)
        figures.up.add(POSTGRESQL)
    with suppress(RedisUnavailable):
        _ask_redis(figures)
        figures.up.add(REDIS)
    with suppress(mongo.DocumentsUnavailable):
        _ask_mongodb(figures)
        figures.up.add(MONGODB)
    return figures


class KeptFigures:
    """The figures of a moment ago: whoever asks often, or at once, costs the stores one question in `KEPT_SECONDS`."""

    def __init__(self, read: Callable[[], StoreFigures] = read_store_figures) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._kept: tuple[float, StoreFigures] | None = None

    def get(self) -> StoreFigures:
        """The figures, at most `KEPT_SECONDS` old."""
        with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] > KEPT_SECONDS:
                self._kept = time.monotonic(), self._read()
            return self._kept[1]


def _ask_postgresql(figures: StoreFigures) -> None:
    outbox = service.outbox_figures()
    figures.outbox_pending = outbox["pending"]
    figures.outbox_parked = outbox["parked"]
    figures.outbox_age = float(outbox["oldest_seconds"] or 0)
    figures.seal_lag = seal_lag_seconds()
    figures.delivery_lag = delivery_lag_seconds()
    figures.late = count_late(clock.now() - LATE_AFTER)
    figures.used[POSTGRESQL] = int(sql.scalar(_DATABASE_SIZE))


def _ask_redis(figures: StoreFigures) -> None:
    with redis_guard() as client:
        figures.queues = {name: _queue_figures(client, name) for name in queues.QUEUES}
        memory = client.info("memory")
    figures.used[REDIS] = int(memory["used_memory"])
    if int(memory.get("maxmemory", 0)):
        figures.limits[REDIS] = int(memory["maxmemory"])
    figures.reports = read_reports()


def _queue_figures(client: redis.Redis, name: str) -> tuple[int, float]:
    """The number of waiting jobs, and the age of the one that is next."""
    found = queues.queue(name, client)
    waiting = found.get_job_ids(0, 1)
    if not waiting:
        return 0, 0.0
    raw = cast(bytes | None, client.hget(Job.key_for(waiting[0]), "enqueued_at"))
    try:
        since = datetime.fromisoformat((raw or b"").decode())
        age = (clock.now() - since).total_seconds()
    except (ValueError, TypeError):  # it was taken meanwhile, or somebody else wrote it
        age = 0.0
    return found.count, max(0.0, age)


def _ask_mongodb(figures: StoreFigures) -> None:
    """What ``dbStats`` tells; the disk is told by servers that run on one of their own."""
    with mongo.asking():
        stats = mongoengine.get_db().command("dbStats")
    used, limit = stats.get("fsUsedSize"), stats.get("fsTotalSize")
    if used and limit:
        figures.used[MONGODB], figures.limits[MONGODB] = int(used), int(limit)
    else:
        stored = (stats.get("storageSize") or 0) + (stats.get("indexSize") or 0)
        figures.used[MONGODB] = int(stored)
