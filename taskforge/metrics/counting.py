"""Counts of this process since they were taken last: whole numbers, by metric and labels.

Kept in memory because a request is counted in some microseconds there; the process adds them to those of all others
every few seconds (`taskforge.messaging.shared_metrics`).
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from taskforge.metrics.catalogue import (
    BUCKETS,
    CACHE_LOOKUPS,
    HIT,
    JOB_SECONDS,
    JOBS,
    MICROSECONDS,
    MISS,
    RELAY_MESSAGES,
    REQUEST_SECONDS,
    REQUESTS,
    STORE_SECONDS,
    STORE_TRIPS,
    SUM,
    Metric,
)

Key = tuple[str, ...]  # a metric's name and the values of its labels


class Counts:
    """Counts by key; safe for threads."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget everything, in a forked child: the counts are its parent's, whose other threads may hold the lock."""
        self._lock = threading.Lock()
        self._counts: dict[Key, int] = {}

    def add(self, amounts: Iterable[tuple[Key, int]]) -> None:
        """Add several amounts at once."""
        with self._lock:
            counts = self._counts
            for key, amount in amounts:
                counts[key] = counts.get(key, 0) + amount

    def take(self) -> dict[Key, int]:
        """All counts; they begin anew at nothing."""
        with self._lock:
            taken, self._counts = self._counts, {}
        return taken


counts = Counts()
os.register_at_fork(after_in_child=counts.begin_anew)


def count(metric: Metric, *labels: str, by: int = 1) -> None:
    """Count something."""
    counts.add([((metric.name, *labels), by)])


def count_lookup(cache: str, *, found: bool) -> None:
    """Count a lookup in one of the process's caches."""
    count(CACHE_LOOKUPS, cache, HIT if found else MISS)


def count_request(
    route: str, status: int, seconds: float, trips: Mapping[str, tuple[int, float]]
) -> None:
    """Count an answer; `trips` are the number and seconds of the round trips to each store."""
    amounts = [
        ((REQUESTS.name, route, str(status)), 1),
        ((REQUEST_SECONDS.name, route, str(bisect_left(BUCKETS, seconds))), 1),
        ((REQUEST_SECONDS.name, route, SUM), int(seconds * MICROSECONDS)),
    ]
    for store, (number, spent) in trips.items():
        amounts.append(((STORE_TRIPS.name, route, store), number))
        amounts.append(((STORE_SECONDS.name, route, store), int(spent * MICROSECONDS)))
    counts.add(amounts)


def count_relayed(*, applied: int, refused: int) -> None:
    """Count what became of a batch of the outbox."""
    counts.add(
        [((RELAY_MESSAGES.name, "applied"), applied), ((RELAY_MESSAGES.name, "refused"), refused)]
    )


@contextmanager
def timed_job(queue: str) -> Iterator[None]:
    """Count a run of a queue's job, and its time."""
    began, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        spent = int((time.perf_counter() - began) * MICROSECONDS)
        counts.add([((JOBS.name, queue, outcome), 1), ((JOB_SECONDS.name, queue), spent)])
