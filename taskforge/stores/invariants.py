"""What must always be true of the three stores together, as checks that may run at any time.

I1–I3, I5 and I7 compare documents with their reference rows (`document_checks`); the rest are queries of PostgreSQL and
Redis. Each check answers what is wrong now; while changes are made, a difference counts only if it is still there a
moment later. Memory is bounded: rows come in pages, and a check stops at `MAX_FINDINGS`.

The stores know no feature: what concerns a feature's own tables or keys comes from the `Probes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import TextClause, text

from taskforge import clock
from taskforge.stores import document_checks, sql
from taskforge.stores.document_parts import CONTENT, MIRROR, all_parts
from taskforge.stores.violations import Violation

MAX_FINDINGS = 1000
PAGE = 500
SEALED_WITHIN = timedelta(seconds=60)
OPERATIONS_KEPT = timedelta(days=29)

Check = Callable[[], Iterator[Violation]]


@dataclass(frozen=True)
class Versioned:
    """A table whose rows have a ``version`` that counts the audit events of one entity type."""

    entity_type: str
    table: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Probes:
    """What the features tell the checks about themselves.

    ``copies`` says what row and document copy from each other, by entity type; ``versioned`` names the tables of I4;
    ``verify_chain`` answers what is wrong with the audit chain, or None; ``checks`` are the features' own checks, by
    invariant (I9 to I22).
    """

    copies: Mapping[str, document_checks.Copies]
    versioned: Sequence[Versioned]
    verify_chain: Callable[[], str | None]
    checks: Mapping[str, Check]


def check(name: str, probes: Probes) -> list[Violation]:
    """Run the check of one invariant ("I1" to "I22")."""
    return list(islice(CHECKS[name](probes), MAX_FINDINGS))


def check_all(probes: Probes) -> list[Violation]:
    """Run all checks; those that compare documents share one pass over them.

    A row that the audit log says otherwise (I14) is no source of repairs: its mirror stays as it is.
    """
    found = list(islice(_compare(probes), MAX_FINDINGS))
    others = [name for name in CHECKS if name not in COMPARED]
    found += [violation for name in others for violation in check(name, probes)]
    untrue = {violation.entity for violation in found if violation.invariant == "I14"}
    return [
        replace(violation, remedy=None)
        if violation.part == MIRROR and violation.entity in untrue
        else violation
        for violation in found
    ]


def outbox_empty_means_equal(probes: Probes) -> Iterator[Violation]:
    """I1: a document without a pending message is at its row's version, and no message waits for long."""
    return _of("I1", _compare(probes))


def no_document_is_ahead_or_alone(probes: Probes) -> Iterator[Violation]:
    """I2: MongoDB is never newer than PostgreSQL, and has no document without a row but tombstones."""
    return _of("I2", _compare(probes))


def effective_read_is_the_last_version(probes: Probes) -> Iterator[Violation]:
    """I3: outbox, MongoDB or redo log hold the content that the row names, byte for byte."""
    return _of("I3", _compare(probes))


def one_audit_event_per_version(probes: Probes) -> Iterator[Violation]:
    """I4: versions 1..n of everything versioned have exactly one audit event each."""
    for versioned in probes.versioned:
        for row in pages(_versions(versioned), "id", entity_type=versioned.entity_type):
            if (row["events"], row["first"], row["last"]) != (row["version"], 1, row["version"]):
                yield Violation(
                    "I4",
                    f"{versioned.entity_type} {row['id']}",
                    f"version {row['version']} has {row['events']} audit events"
                    f" from {row['first']} to {row['last']}",
                )


def deleted_rows_have_tombstones(probes: Probes) -> Iterator[Violation]:
    """I5: the document of a deleted row says that it is deleted, or is not there."""
    return _of("I5", _compare(probes))


def operations_took_effect_once(_probes: Probes) -> Iterator[Violation]:
    """I6: every acknowledged operation wrote its audit events, each once, and every event's operation is stored."""
    for row in _rows(_OPERATIONS_WITHOUT_EVENT):
        yield Violation("I6", f"operation {row['op_id']}", "is acknowledged but changed nothing")
    for row in _rows(_EVENTS_WITHOUT_OPERATION, since=clock.now() - OPERATIONS_KEPT):
        yield Violation(
            "I6", f"operation {row['operation_id']}", f"{row['event']} is not on record"
        )
    for row in _rows(_REPEATED_EVENTS):
        detail = f"{row['event']} happened {row['times']} times"
        yield Violation("I6", f"operation {row['operation_id']}", detail)


def hashes_match(probes: Probes) -> Iterator[Violation]:
    """I7: a document at its row's version has the content that was hashed, and a true mirror of the row."""
    return _of("I7", _compare(probes))


def audit_events_are_sealed(probes: Probes) -> Iterator[Violation]:
    """I8: every audit event is sealed within a minute, and the chain verifies."""
    late = sql.scalar(_UNSEALED, {"before": clock.now() - SEALED_WITHIN})
    if late:
        yield Violation("I8", "audit chain", f"{late} audit events are not sealed", "seal")
    problem = probes.verify_chain()
    if problem:
        yield Violation("I8", "audit chain", problem)


# What features check themselves (`Probes.checks`): news, counters, Redis, sessions, snapshots, rows against the log,
# mails, derived rows, pictures, files, thumbnails, counts of files, search, ways of tasks. Sentences: docs/glossary.md.
OF_FEATURES = tuple(f"I{number}" for number in range(9, 23))


def _of_feature(name: str) -> Callable[[Probes], Iterator[Violation]]:
    return lambda probes: probes.checks[name]()


CHECKS: dict[str, Callable[[Probes], Iterator[Violation]]] = {
    "I1": outbox_empty_means_equal,
    "I2": no_document_is_ahead_or_alone,
    "I3": effective_read_is_the_last_version,
    "I4": one_audit_event_per_version,
    "I5": deleted_rows_have_tombstones,
    "I6": operations_took_effect_once,
    "I7": hashes_match,
    "I8": audit_events_are_sealed,
    **{name: _of_feature(name) for name in OF_FEATURES},
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
    for part in all_parts():
        yield from document_checks.check_part(part, probes.copies.get(part.entity_type))
        if part.name == CONTENT:
            yield from document_checks.check_orphans(part)


def _of(name: str, found: Iterator[Violation]) -> Iterator[Violation]:
    return (violation for violation in found if violation.invariant == name)


def _rows(statement: TextClause, **parameters: Any) -> Iterator[sql.Row]:
    yield from sql.rows(statement, {**parameters, "limit": MAX_FINDINGS})


def _versions(versioned: Versioned) -> TextClause:
    return text(f"""
        SELECT t.{versioned.key} AS id, t.version, l.events, l.first, l.last
        FROM {versioned.table} t
        CROSS JOIN LATERAL (
            SELECT count(*) AS events, min(entity_version) AS first, max(entity_version) AS last
            FROM audit_logs
            WHERE entity_type = :entity_type
              AND entity_id = t.{versioned.key}
              AND entity_version IS NOT NULL
        ) l
        WHERE (CAST(:after AS uuid) IS NULL OR t.{versioned.key} > CAST(:after AS uuid))
        ORDER BY t.{versioned.key}
        LIMIT :page
    """)


_OPERATIONS_WITHOUT_EVENT = text("""
    SELECT o.user_id, o.op_id
    FROM operations o
    WHERE NOT EXISTS (
        SELECT 1
        FROM audit_logs l
        WHERE l.operation_id = o.op_id AND l.actor_id = o.user_id
    )
    LIMIT :limit
""")

_EVENTS_WITHOUT_OPERATION = text("""
    SELECT l.operation_id, l.event
    FROM audit_logs l
    WHERE l.operation_id IS NOT NULL
      AND l.action_timestamp > :since
      AND NOT EXISTS (
          SELECT 1
          FROM operations o
          WHERE o.op_id = l.operation_id AND o.user_id = l.actor_id
      )
    LIMIT :limit
""")

_REPEATED_EVENTS = text("""
    SELECT operation_id, event, count(*) AS times
    FROM audit_logs
    WHERE operation_id IS NOT NULL
    GROUP BY actor_id, operation_id, entity_id, event
    HAVING count(*) > 1
    LIMIT :limit
""")

_UNSEALED = text("""
    SELECT count(*)
    FROM audit_logs l
    WHERE l.action_timestamp < :before
      AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.log_id = l.log_id)
""")
