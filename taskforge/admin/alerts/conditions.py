"""What administrators are told of: each condition, judged from the figures of the stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from taskforge.admin.figures.stores import StoreFigures
from taskforge.messaging.breaker import MONGODB, POSTGRESQL, REDIS, breaker_of

MAX_OUTBOX_SECONDS = 60  # invariant I1 allows a minute
MAX_QUEUE_SECONDS = 60
MAX_USED_SHARE = 0.9
MEBIBYTE = 1024 * 1024
OUTBOX_AGE, PARKED_ROWS, BROKEN_CHAIN, DOCTOR, LATE_EXPORTS, LATE_ERASURES = (
    "outbox-age",
    "parked-rows",
    "broken-chain",
    "doctor",
    "late-exports",
    "late-erasures",
)
QUEUE_PREFIX, BREAKER_PREFIX, DISK_PREFIX = "queue-", "breaker-", "disk-"
DATABASE_AWAY = BREAKER_PREFIX + POSTGRESQL
TITLES = {POSTGRESQL: "PostgreSQL", MONGODB: "MongoDB", REDIS: "Redis"}


@dataclass(frozen=True)
class Judgement:
    """Whether a condition holds, and a sentence about it, which names no person and no board."""

    name: str
    holds: bool
    detail: str


def judge(figures: StoreFigures, *, postgresql_limit_mb: int) -> list[Judgement]:
    """All conditions that can be judged; those of a store that is away can't, and stay as they were."""
    found = [*_of_breakers(figures)]
    if POSTGRESQL in figures.up:
        age, parked = int(figures.outbox_age), figures.outbox_parked
        late = f"The oldest change on its way to MongoDB is {age} s old."
        found.append(Judgement(OUTBOX_AGE, age > MAX_OUTBOX_SECONDS, late))
        refused = f"MongoDB has refused {parked} changes, which are parked."
        found.append(Judgement(PARKED_ROWS, parked > 0, refused))
        late_exports, late_erasures = figures.late.exports, figures.late.erasures
        waiting = f"People have waited for their exports for more than an hour: {late_exports}."
        found.append(Judgement(LATE_EXPORTS, late_exports > 0, waiting))
        hanging = f"Deletions of accounts have not come to their end for more than an hour: {late_erasures}."
        found.append(Judgement(LATE_ERASURES, late_erasures > 0, hanging))
    if REDIS in figures.up:
        for name, (length, waited) in figures.queues.items():
            stalled = (
                f"The queue {name} has {length} jobs; the oldest has waited for {int(waited)} s."
            )
            found.append(Judgement(QUEUE_PREFIX + name, waited > MAX_QUEUE_SECONDS, stalled))
    limits = dict(figures.limits)
    if postgresql_limit_mb:
        limits[POSTGRESQL] = postgresql_limit_mb * MEBIBYTE
    return [*found, *_of_sizes(figures.used, limits)]


def _of_breakers(figures: StoreFigures) -> Iterator[Judgement]:
    for store, title in TITLES.items():
        away = breaker_of(store).opened_lately and store not in figures.up
        failing = sum(store in report.breakers for report in figures.reports)
        where = f"of {failing} processes" if failing else "of the relay"
        detail = f"The circuit breaker {where} for {title} is open: it does not answer."
        yield Judgement(BREAKER_PREFIX + store, away or failing > 0, detail)


def _of_sizes(used: Mapping[str, int], limits: Mapping[str, int]) -> Iterator[Judgement]:
    """Where no limit is known (any more) there is nothing to tell."""
    for store, size in used.items():
        limit = limits.get(store, 0)
        share = size / limit if limit else 0.0
        detail = f"{TITLES[store]} uses {share:.0%} of the {limit // MEBIBYTE} MB that it may."
        yield Judgement(DISK_PREFIX + store, share > MAX_USED_SHARE, detail)
