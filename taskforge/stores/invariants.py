"""What must always be true of the three stores together, as checks that anybody may run at any time.

I1–I3, I5 and I7 compare documents with their reference rows (`document_checks`); the rest are questions to PostgreSQL
and Redis. Each check answers what is wrong now; on a system at work a difference counts only if it is
still there a moment later. Memory is bounded: rows come in pages, and a check stops at `MOST` findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.stores import document_checks, sql
from taskforge.stores.document_parts import REGISTERS, TEXT
from taskforge.stores.violations import Violation

MOST = 1000
PAGE = 500
SEALED_WITHIN = timedelta(seconds=60)
DELIVERED_WITHIN = timedelta(seconds=60)
OPERATIONS_KEPT = timedelta(days=29)
VERSIONED = (
    ("task", "tasks", "task_id"),
    ("comment", "comments", "comment_id"),
    ("user", "users", "user_id"),
    ("team", "teams", "team_id"),
    ("board", "boards", "board_id"),
)


@dataclass(frozen=True, kw_only=True)
class Probes:
    """What the stores can't know by themselves and the features tell.

    ``copies`` says what row and document copy from each other, by entity type; ``verify_chain`` says what is
    wrong with the audit chain, or None; ``check_redis`` finds what is wrong with I10 to I12 there, and
    ``check_snapshots`` what is wrong with I13.
    """

    copies: Mapping[str, document_checks.Copies]
    check_snapshots: Callable[[], Iterator[Violation]]
    verify_chain: Callable[[], str | None]
    check_redis: Mapping[str, Callable[[], Iterator[Violation]]]


def check(name: str, probes: Probes) -> list[Violation]:
    """Run the check of one invariant ("I1" to "I13")."""
    return list(islice(CHECKS[name](probes), MOST))


def check_all(probes: Probes) -> list[Violation]:
    """Run all checks; the documents are gone through once for all of theirs."""
    found = list(islice(_compare(probes), MOST))
    others = [name for name in CHECKS if name not in COMPARED]
    return found + [violation for name in others for violation in check(name, probes)]


def outbox_empty_means_equal(probes: Probes) -> Iterator[Violation]:
    """I1: a document without a pending message is at its row's version, and no message waits for long."""
    return _of("I1", _compare(probes))


def no_document_is_ahead_or_alone(probes: Probes) -> Iterator[Violation]:
    """I2: MongoDB is never newer than PostgreSQL, and has no document without a row but tombstones."""
    return _of("I2", _compare(probes))


def effective_read_is_the_last_version(probes: Probes) -> Iterator[Violation]:
    """I3: outbox, MongoDB or redo log hold the text that the row names, byte for byte."""
    return _of("I3", _compare(probes))


def one_fact_for_each_version(_probes: Probes) -> Iterator[Violation]:
    """I4: versions 1..n of everything versioned have exactly one audit fact each."""
    for entity_type, table, key in VERSIONED:
        page = text(
            f"SELECT t.{key} AS id, t.version, l.facts, l.first, l.last FROM {table} t CROSS JOIN LATERAL ("
            "SELECT count(*) AS facts, min(entity_version) AS first, max(entity_version) AS last FROM audit_logs"
            f" WHERE entity_type = :entity_type AND entity_id = t.{key} AND entity_version IS NOT NULL) l"
            f" WHERE (CAST(:after AS uuid) IS NULL OR t.{key} > CAST(:after AS uuid))"
            f" ORDER BY t.{key} LIMIT :page"
        )
        for row in pages(page, "id", entity_type=entity_type):
            if (row["facts"], row["first"], row["last"]) != (row["version"], 1, row["version"]):
                yield Violation(
                    "I4",
                    f"{entity_type} {row['id']}",
                    f"version {row['version']} has {row['facts']} facts from {row['first']} to {row['last']}",
                )


def deleted_rows_have_tombstones(probes: Probes) -> Iterator[Violation]:
    """I5: the document of a deleted row says that it is deleted, or is not there."""
    return _of("I5", _compare(probes))


def operations_took_effect_once(_probes: Probes) -> Iterator[Violation]:
    """I6: every acknowledged operation left its facts, each once; every fact's operation is on record."""
    for row in _rows(
        "SELECT o.user_id, o.op_id FROM operations o WHERE NOT EXISTS (SELECT 1 FROM audit_logs l"
        " WHERE l.operation_id = o.op_id AND l.actor_id = o.user_id) LIMIT :most"
    ):
        yield Violation("I6", f"operation {row['op_id']}", "is acknowledged but changed nothing")
    for row in _rows(
        "SELECT l.operation_id, l.event FROM audit_logs l WHERE l.operation_id IS NOT NULL"
        " AND l.action_timestamp > :since AND NOT EXISTS (SELECT 1 FROM operations o"
        " WHERE o.op_id = l.operation_id AND o.user_id = l.actor_id) LIMIT :most",
        since=clock.now() - OPERATIONS_KEPT,
    ):
        yield Violation(
            "I6", f"operation {row['operation_id']}", f"{row['event']} is not on record"
        )
    for row in _rows(
        "SELECT operation_id, event, count(*) AS times FROM audit_logs WHERE operation_id IS NOT NULL"
        " GROUP BY actor_id, operation_id, entity_id, event HAVING count(*) > 1 LIMIT :most"
    ):
        yield Violation(
            "I6",
            f"operation {row['operation_id']}",
            f"{row['event']} happened {row['times']} times",
        )


def hashes_match(probes: Probes) -> Iterator[Violation]:
    """I7: a document at its row's version has the text that was hashed, and a true copy of the row."""
    return _of("I7", _compare(probes))


def facts_are_sealed(probes: Probes) -> Iterator[Violation]:
    """I8: every fact is sealed within a minute, and the chain verifies."""
    late = sql.scalar(
        text(
            "SELECT count(*) FROM audit_logs l WHERE l.action_timestamp < :before"
            " AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.log_id = l.log_id)"
        ),
        {"before": clock.now() - SEALED_WITHIN},
    )
    if late:
        yield Violation("I8", "audit chain", f"{late} facts are not sealed", "seal")
    problem = probes.verify_chain()
    if problem:
        yield Violation("I8", "audit chain", problem)


def notifications_are_delivered_once(_probes: Probes) -> Iterator[Violation]:
    """I9: an intent becomes one line in one inbox, within a minute."""
    for row in _rows(
        "SELECT event_id, user_id, count(*) AS lines FROM notifications GROUP BY event_id, user_id"
        " HAVING count(*) > 1 LIMIT :most"
    ):
        yield Violation("I9", f"event {row['event_id']}", f"told {row['user_id']} more than once")
    for row in _rows(
        "SELECT i.event_id, i.user_id FROM notification_intents i JOIN users USING (user_id)"
        " WHERE NOT EXISTS (SELECT 1 FROM notifications n"
        " WHERE n.event_id = i.event_id AND n.user_id = i.user_id)"
        " AND (i.delivered_at IS NOT NULL OR i.created_at < :before) LIMIT :most",
        before=clock.now() - DELIVERED_WITHIN,
    ):
        yield Violation(
            "I9", f"event {row['event_id']}", f"was not told to {row['user_id']}", "deliver"
        )


def counters_are_true(probes: Probes) -> Iterator[Violation]:
    """I10: the cached number of unread notifications and a task's number of comments are what can be counted."""
    yield from probes.check_redis["I10"]()
    page = text(
        "SELECT task_id, comment_count, counted FROM tasks k CROSS JOIN LATERAL (SELECT count(*) AS counted"
        " FROM comments c WHERE c.task_id = k.task_id AND c.deleted_at IS NULL) c"
        " WHERE (CAST(:after AS uuid) IS NULL OR task_id > CAST(:after AS uuid)) ORDER BY task_id LIMIT :page"
    )
    for row in pages(page, "task_id"):
        if row["comment_count"] != row["counted"]:
            detail = f"has {row['counted']} comments and counts {row['comment_count']}"
            yield Violation("I10", f"task {row['task_id']}", detail, "count comments")


def redis_holds_hints_only(probes: Probes) -> Iterator[Violation]:
    """I11: FLUSHALL loses caches, presence and rate windows only: every key of ours but the queues expires."""
    return probes.check_redis["I11"]()


def revoked_sessions_are_over(probes: Probes) -> Iterator[Violation]:
    """I12: Redis remembers no session, and lists none, that PostgreSQL says is over."""
    return probes.check_redis["I12"]()


def snapshots_are_true(probes: Probes) -> Iterator[Violation]:
    """I13: a snapshot of a board is what the board's facts up to it say."""
    return probes.check_snapshots()


CHECKS: dict[str, Callable[[Probes], Iterator[Violation]]] = {
    "I1": outbox_empty_means_equal,
    "I2": no_document_is_ahead_or_alone,
    "I3": effective_read_is_the_last_version,
    "I4": one_fact_for_each_version,
    "I5": deleted_rows_have_tombstones,
    "I6": operations_took_effect_once,
    "I7": hashes_match,
    "I8": facts_are_sealed,
    "I9": notifications_are_delivered_once,
    "I10": counters_are_true,
    "I11": redis_holds_hints_only,
    "I12": revoked_sessions_are_over,
    "I13": snapshots_are_true,
}
COMPARED = ("I1", "I2", "I3", "I5", "I7")


def pages(statement: Any, key: str, **parameters: Any) -> Iterator[sql.Row]:
    """All rows of a statement that takes ``:after`` and ``:page``, a page at a time."""
    after = None
    while True:
        page = sql.rows(statement, {**parameters, "after": after, "page": PAGE})
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1][key]


def _compare(probes: Probes) -> Iterator[Violation]:
    yield from document_checks.check_outbox()
    for register in REGISTERS.values():
        yield from document_checks.check_register(register, probes.copies.get(register.entity_type))
        if register.name == TEXT:
            yield from document_checks.check_orphans(register)


def _of(name: str, found: Iterator[Violation]) -> Iterator[Violation]:
    return (violation for violation in found if violation.invariant == name)


def _rows(statement: str, **parameters: Any) -> Iterator[sql.Row]:
    yield from sql.rows(text(statement), {**parameters, "most": MOST})
