"""The metrics of all processes together, in Redis.

Each process adds what it has counted to the counts of all (so that a process that ends takes nothing with it), and
reports about itself. Whichever web process is asked for the metrics answers for all. Why not files in memory, as the
library would share them: docs/decisions/0025-shared-metrics.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from taskforge.messaging.keys import METRIC_COUNTS, METRIC_PROCESSES
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.metrics.counting import Key, counts

SEPARATOR = "|"
STALE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class ProcessReport:
    """What a process says of itself. ``process`` tells it from others; ``breakers`` are the stores that fail it."""

    process: str
    role: str
    at: float = field(default_factory=time.time)
    rss: int = 0
    pss: int = 0
    open_streams: int = 0
    pool_in_use: int = 0
    pool_size: int = 0
    breakers: tuple[str, ...] = ()


def push_counts() -> None:
    """Add what this process has counted to the counts of all; what can't be added is kept for the next time.

    Should Redis carry it out and its answer not arrive, some seconds are counted twice.
    """
    taken = counts.take()
    if not taken:
        return
    key = METRIC_COUNTS.key()
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            for name, amount in taken.items():
                pipe.hincrby(key, SEPARATOR.join(name), amount)
            pipe.expire(key, METRIC_COUNTS.ttl_seconds)
            pipe.execute()
    except RedisUnavailable:
        counts.add(taken.items())


def push_report(report: ProcessReport) -> None:
    """Write a process's report in place of its last one; does nothing while Redis is unavailable."""
    key = METRIC_PROCESSES.key()
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            pipe.hset(key, report.process, json.dumps(asdict(report)))
            pipe.expire(key, METRIC_PROCESSES.ttl_seconds)
            pipe.execute()
    except RedisUnavailable:
        return


def withdraw_report(process: str) -> None:
    """Delete the report of a process that ends in order."""
    try:
        with redis_guard() as client:
            client.hdel(METRIC_PROCESSES.key(), process)
    except RedisUnavailable:
        return


def read_counts() -> Mapping[Key, int]:
    """The counts of all processes.

    Raises:
        RedisUnavailable: Redis can't be asked.
    """
    with redis_guard() as client:
        found = cast(dict[bytes, bytes], client.hgetall(METRIC_COUNTS.key()))
    return {tuple(name.decode().split(SEPARATOR)): int(value) for name, value in found.items()}


def read_reports() -> list[ProcessReport]:
    """The reports of the processes that live, and deletes those of the ones that fell silent.

    Raises:
        RedisUnavailable: Redis can't be asked.
    """
    key, oldest = METRIC_PROCESSES.key(), time.time() - STALE_SECONDS
    with redis_guard() as client:
        found = cast(dict[bytes, bytes], client.hgetall(key))
        reports = {name: _report(raw) for name, raw in found.items()}
        alive = [report for report in reports.values() if report and report.at >= oldest]
        silent = [name for name, report in reports.items() if report and report.at < oldest]
        if silent:
            client.hdel(key, *silent)
    return alive


def _report(raw: bytes) -> ProcessReport | None:
    """A report; None for one that a process of another version wrote in another shape."""
    try:
        given: dict[str, Any] = json.loads(raw)
        return ProcessReport(**{**given, "breakers": tuple(given["breakers"])})
    except (ValueError, TypeError, KeyError):
        return None
