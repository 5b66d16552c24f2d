"""What Redis holds and how it works: keys by kind, caches, queues, and who is there."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

import redis

from taskforge.analytics.parts import Figures, Part, read_parts
from taskforge.messaging import queues
from taskforge.messaging.breaker import REDIS
from taskforge.messaging.keys import FAMILIES, ONLINE_USERS
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard
from taskforge.messaging.shared_metrics import read_counts
from taskforge.metrics.catalogue import CACHE_LOOKUPS, HIT, JOB_SECONDS, JOBS, MICROSECONDS

MAX_SCANNED = 20_000  # keys whose kind is looked at
SCAN_COUNT = 1_000
MAX_MEASURED = 20  # keys of a kind whose memory is asked for
QUEUE_KEYS, OTHER_KEYS = "jobs and workers (RQ)", "other"
# The longest prefix decides: some begin with another one.
_KINDS = sorted(
    [*((family.prefix, family.name) for family in FAMILIES), ("rq:", QUEUE_KEYS)],
    key=lambda kind: -len(kind[0]),
)


def read_redis() -> list[Part]:
    """All its parts; those that it did not answer have no figures."""
    reads = {
        "online": read_online,
        "keys": read_keys,
        "caches": read_caches,
        "queues": read_queues,
    }
    return read_parts(REDIS, reads, failures=(RedisUnavailable,))


def read_online() -> Figures:
    """How many people were active within the last minutes."""
    with redis_guard() as client:
        since = time.time() - ONLINE_USERS.ttl_seconds
        return {"people": client.zcount(ONLINE_USERS.key(), since, "+inf")}


def read_keys() -> Figures:
    """Memory, the number of keys, and both by kind, in bytes.

    Bytes of a kind are estimated from some of its keys; where there are more keys than are looked at
    (``is_estimate``), so are the numbers of keys.
    """
    with redis_guard() as client:
        memory, total = client.info("memory"), int(client.dbsize())
        by_kind: dict[str, list[bytes]] = defaultdict(list)
        scanned = 0
        for key in _scan(client):
            by_kind[_kind_of(key)].append(key)
            scanned += 1
        kinds = [_measure(client, kind, keys) for kind, keys in by_kind.items()]
    is_estimate = scanned >= MAX_SCANNED and total > scanned
    for kind in kinds if is_estimate else ():
        kind["keys"] = round(kind["keys"] * total / scanned)
        kind["bytes"] = round(kind["bytes"] * total / scanned)
    return {
        "bytes": int(memory["used_memory"]),
        "limit_bytes": int(memory.get("maxmemory", 0)) or None,
        "keys": total,
        "is_estimate": is_estimate,
        "kinds": sorted(kinds, key=lambda kind: (-kind["bytes"], kind["kind"])),
    }


def read_caches() -> Figures:
    """Lookups that found something and those that did not, since Redis began to count.

    ``redis`` are all reads of keys; the others are caches in the memory of web processes, which report here.
    """
    counts = read_counts()
    with redis_guard() as client:
        stats = client.info("stats")
    found = {
        "redis": {"hits": int(stats["keyspace_hits"]), "misses": int(stats["keyspace_misses"])}
    }
    for key, number in counts.items():
        if key[0] == CACHE_LOOKUPS.name:
            cache = found.setdefault(key[1], {"hits": 0, "misses": 0})
            cache["hits" if key[2] == HIT else "misses"] += number
    return {"caches": [{"name": name, **lookups} for name, lookups in sorted(found.items())]}


def read_queues() -> Figures:
    """Each queue: jobs that wait, run and have failed; runs since Redis began to count, and their mean seconds."""
    counts = read_counts()
    with redis_guard() as client:
        return {"queues": [_queue(client, name, counts) for name in queues.QUEUES]}


def _queue(client: redis.Redis, name: str, counts: Any) -> dict[str, Any]:
    queue = queues.queue(name, client)
    done, failed = (counts.get((JOBS.name, name, outcome), 0) for outcome in ("done", "failed"))
    spent = counts.get((JOB_SECONDS.name, name), 0) / MICROSECONDS
    return {
        "name": name,
        "waiting": queue.count,
        "running": queue.started_job_registry.get_job_count(cleanup=False),
        "failed": queue.failed_job_registry.get_job_count(cleanup=False),
        "runs": done + failed,
        "failed_runs": failed,
        "mean_seconds": round(spent / (done + failed), 4) if done + failed else None,
    }


def _scan(client: redis.Redis) -> Iterable[bytes]:
    """Some keys, all of them if there are at most `MAX_SCANNED`; each once."""
    cursor, seen = 0, set[bytes]()
    while len(seen) < MAX_SCANNED:
        cursor, keys = cast(tuple[int, list[bytes]], client.scan(cursor, count=SCAN_COUNT))
        fresh = [key for key in keys if key not in seen][: MAX_SCANNED - len(seen)]
        seen.update(fresh)
        yield from fresh
        if not cursor:
            return


def _kind_of(key: bytes) -> str:
    name = key.decode(errors="replace")
    return next((kind for prefix, kind in _KINDS if name.startswith(prefix)), OTHER_KEYS)


def _measure(client: redis.Redis, kind: str, keys: list[bytes]) -> dict[str, Any]:
    """The number of a kind's keys, and about how many bytes they take."""
    measured = keys[:: max(1, len(keys) // MAX_MEASURED)][:MAX_MEASURED]
    with client.pipeline(transaction=False) as pipe:
        for key in measured:
            pipe.memory_usage(key)
        sizes = [size or 0 for size in pipe.execute()]  # None: the key has expired meanwhile
    return {
        "kind": kind,
        "keys": len(keys),
        "bytes": round(sum(sizes) / len(measured) * len(keys)),
    }
