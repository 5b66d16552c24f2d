"""Every metric of TaskForge: its name, what it says, and its labels.

The values of labels come from the code alone (endpoints, stores, queues), never from what people send, so that their
number is bounded and they name nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

MICROSECONDS = 1_000_000
UNMATCHED = "unmatched"  # the route of a request that matches none
HIT, MISS = "hit", "miss"
# Upper ends in seconds; the last bucket has none.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(frozen=True)
class Metric:
    """A metric as Prometheus names it, without ``_total``; `in_microseconds` says how its seconds are counted."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    in_microseconds: bool = False


REQUESTS = Metric("taskforge_requests", "Answers, by endpoint and status.", ("route", "status"))
# Labels in the counts: route, and the number of the bucket or `SUM`.
REQUEST_SECONDS = Metric("taskforge_request_seconds", "Time to make an answer.", ("route",))
SUM = "sum"
STORE_TRIPS = Metric(
    "taskforge_store_trips", "Round trips to a store within requests.", ("route", "store")
)
STORE_SECONDS = Metric(
    "taskforge_store_seconds", "Time of these round trips.", ("route", "store"), True
)
SLOW_CALLS = Metric(
    "taskforge_slow_calls", "Statements and commands slower than SLOW_STATEMENT_MS.", ("store",)
)
CACHE_LOOKUPS = Metric(
    "taskforge_cache_lookups", "Lookups in the caches of a process.", ("cache", "outcome")
)
JOBS = Metric("taskforge_jobs", "Runs of a queue's job, by outcome.", ("queue", "outcome"))
JOB_SECONDS = Metric("taskforge_job_seconds", "Time of these runs.", ("queue",), True)
RELAY_MESSAGES = Metric(
    "taskforge_relay_messages", "Messages of the outbox, by outcome.", ("outcome",)
)

COUNTERS = (
    REQUESTS,
    STORE_TRIPS,
    STORE_SECONDS,
    SLOW_CALLS,
    CACHE_LOOKUPS,
    JOBS,
    JOB_SECONDS,
    RELAY_MESSAGES,
)

PROCESSES = Metric("taskforge_processes", "Processes that reported lately.", ("role",))
MEMORY_RSS = Metric("taskforge_memory_rss_bytes", "Their resident memory.", ("role",))
MEMORY_PSS = Metric("taskforge_memory_pss_bytes", "The same, shared pages counted once.", ("role",))
STREAMS = Metric("taskforge_open_streams", "Open live streams.", ("role",))
POOL_IN_USE = Metric(
    "taskforge_database_connections_in_use", "Connections of PostgreSQL that are in use.", ("role",)
)
POOL_SIZE = Metric(
    "taskforge_database_connections", "Connections of PostgreSQL that are open.", ("role",)
)
BREAKER_OPEN = Metric(
    "taskforge_breakers_open", "Processes whose breaker of a store is open.", ("role", "store")
)
OUTBOX_PENDING = Metric(
    "taskforge_outbox_pending", "Messages on their way to MongoDB (counted to 10000)."
)
OUTBOX_PARKED = Metric("taskforge_outbox_parked", "Messages that MongoDB refused twelve times.")
OUTBOX_AGE = Metric("taskforge_outbox_age_seconds", "Age of the oldest message that is not parked.")
SEAL_LAG = Metric("taskforge_seal_lag_seconds", "Age of the oldest audit event without a seal.")
DELIVERY_LAG = Metric(
    "taskforge_delivery_lag_seconds", "Age of the oldest notification that is not delivered."
)
QUEUE_LENGTH = Metric("taskforge_queue_length", "Jobs that wait.", ("queue",))
QUEUE_AGE = Metric(
    "taskforge_queue_age_seconds", "How long the oldest of them has waited.", ("queue",)
)
STORE_UP = Metric("taskforge_store_up", "Whether a store answers.", ("store",))
STORE_BYTES = Metric(
    "taskforge_store_bytes", "What a store says it uses, of its disk or (Redis) memory.", ("store",)
)
STORE_LIMIT_BYTES = Metric(
    "taskforge_store_limit_bytes", "How much it may use, as far as it is known.", ("store",)
)

GAUGES = (
    PROCESSES,
    MEMORY_RSS,
    MEMORY_PSS,
    STREAMS,
    POOL_IN_USE,
    POOL_SIZE,
    BREAKER_OPEN,
    OUTBOX_PENDING,
    OUTBOX_PARKED,
    OUTBOX_AGE,
    SEAL_LAG,
    DELIVERY_LAG,
    QUEUE_LENGTH,
    QUEUE_AGE,
    STORE_UP,
    STORE_BYTES,
    STORE_LIMIT_BYTES,
)
