"""A sample of the figures every 15 seconds, for the charts: the last hour, in Redis."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import cast

from taskforge.admin.figures.stores import StoreFigures
from taskforge.messaging.keys import METRIC_SAMPLES, METRIC_TURN
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.messaging.shared_metrics import read_counts
from taskforge.metrics.catalogue import BUCKETS, REQUEST_SECONDS, REQUESTS, SUM
from taskforge.metrics.counting import Key

EVERY_SECONDS = 15
KEPT = 3600 // EVERY_SECONDS


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The figures at one moment. ``requests``, ``errors`` and ``buckets`` are counts that only grow."""

    at: float
    requests: int = 0
    errors: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    outbox_age: float = 0.0
    outbox_parked: int = 0
    seal_lag: float = 0.0
    waiting: dict[str, int] = field(default_factory=dict)
    memory: int = 0


def take_sample(figures: StoreFigures) -> None:
    """Store a sample, unless another relay has taken it; none is taken while Redis is unavailable."""
    now = time.time()
    turn = METRIC_TURN.key(slot=int(now // EVERY_SECONDS))
    try:
        with redis_guard() as client:
            if not client.set(turn, "1", nx=True, ex=METRIC_TURN.ttl_seconds):
                return
            sample = json.dumps(asdict(make_sample(now, read_counts(), figures)))
            with client.pipeline(transaction=False) as pipe:
                pipe.lpush(METRIC_SAMPLES.key(), sample)
                pipe.ltrim(METRIC_SAMPLES.key(), 0, KEPT - 1)
                pipe.expire(METRIC_SAMPLES.key(), METRIC_SAMPLES.ttl_seconds)
                pipe.execute()
    except RedisUnavailable:
        return


def list_samples() -> Sequence[Sample]:
    """The samples of the last hour, oldest first.

    Raises:
        RedisUnavailable: Redis can't be asked.
    """
    with redis_guard() as client:
        found = cast(list[bytes], client.lrange(METRIC_SAMPLES.key(), 0, KEPT - 1))
    samples = [_sample(raw) for raw in reversed(found)]
    return [sample for sample in samples if sample is not None]


def _sample(raw: bytes) -> Sample | None:
    """A sample; None for one that a process of another version wrote in another shape."""
    try:
        return Sample(**json.loads(raw))
    except (ValueError, TypeError):
        return None


def make_sample(at: float, counts: Mapping[Key, int], figures: StoreFigures) -> Sample:
    """The sample of these counts and figures."""
    requests = errors = 0
    buckets = [0] * (len(BUCKETS) + 1)
    for key, value in counts.items():
        if key[0] == REQUESTS.name:
            requests += value
            errors += value if key[2].startswith("5") else 0
        elif key[0] == REQUEST_SECONDS.name and key[2] != SUM:
            buckets[int(key[2])] += value
    return Sample(
        at=at,
        requests=requests,
        errors=errors,
        buckets=buckets,
        outbox_age=figures.outbox_age,
        outbox_parked=figures.outbox_parked,
        seal_lag=figures.seal_lag,
        waiting={name: length for name, (length, _age) in figures.queues.items()},
        memory=sum(report.pss for report in figures.reports),
    )
