"""The doctor: runs the checks and, when asked, repairs what can be repaired. Nothing is ever deleted for good.

Before a document is removed or overwritten it is copied into the collection ``quarantine``, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.ids import new_id
from taskforge.stores import document_checks, mongo, relay, sql
from taskforge.stores.document_parts import CONTENT, DocumentPart, part_of
from taskforge.stores.invariants import Probes, check_all
from taskforge.stores.violations import Violation

CLEAN, REPAIRED, NOT_REPAIRABLE = 0, 1, 2
QUARANTINE = "quarantine"
PROCESS_SECONDS = 120.0
ROUNDS = 3

Remedy = Callable[[Sequence[Violation]], object]


@dataclass
class Report:
    """What was found, and (after a repair) what is left of it."""

    found: list[Violation]
    left: list[Violation] = field(default_factory=list)
    repaired: bool = False

    @property
    def exit_code(self) -> int:
        """0 clean, 1 repairable, repaired or parked, 2 beyond repair."""
        wrong = self.left if self.repaired else self.found
        if any(not violation.repairable for violation in wrong):
            return NOT_REPAIRABLE
        return REPAIRED if self.found else CLEAN


def examine(probes: Probes) -> Report:
    """Run all checks and change nothing."""
    return Report(check_all(probes))


def treat(probes: Probes, remedies: Mapping[str, Remedy]) -> Report:
    """Run all checks, apply the remedies, and check again; `remedies` are the features' own."""
    found = left = check_all(probes)
    known: dict[str, Remedy] = {
        "process outbox": process_outbox,
        "reapply": lambda violations: [rewrite(one, probes) for one in violations],
        "replace": lambda violations: [rewrite(one, probes, force=True) for one in violations],
        "quarantine": remove_orphans,
        "update columns": lambda violations: update_columns(violations, probes),
        **remedies,
    }
    for _ in range(ROUNDS):  # one repair may uncover the next
        for name in dict.fromkeys(violation.remedy for violation in left):
            if name is not None:
                known[name]([violation for violation in left if violation.remedy == name])
        left = check_all(probes)
        if not any(violation.repairable for violation in left):
            break
    return Report(found, left, repaired=True)


def process_outbox(_violations: Sequence[Violation] = ()) -> None:
    """Try every message of the outbox now, parked ones too; what is refused again is parked again."""
    with sql.transaction() as connection:
        ids = {"ids": list(connection.execute(_PARKED).scalars())}
        connection.execute(text("UPDATE outbox SET claimed_until = '-infinity'"))
        connection.execute(_UNPARK, ids)
    relay.process_outbox(seconds=PROCESS_SECONDS)
    sql.execute_now(_PARK, ids)


def rewrite(violation: Violation, probes: Probes, *, force: bool = False) -> bool:
    """Write a part again from its row, the outbox or the redo log; with `force`, whatever the document holds.

    Answers False when the row has changed in the meantime, or there is no source any more.
    """
    part = part_of(violation.entity_type, violation.part)
    rows = document_checks.read_rows(part, ids=[violation.entity_id])
    payload = _source(part, rows[0], probes) if rows else None
    if payload is None:
        return False
    if force:
        _set_aside(part, violation)
        with mongo.asking():
            mongo.collection(part.collection).update_one(
                {"_id": violation.entity_id}, {"$unset": {part.counter: ""}}
            )
    mongo.apply(part, violation.entity_id, rows[0]["current"], payload)
    return True


def update_columns(violations: Sequence[Violation], probes: Probes) -> None:
    """Write the denormalised columns of rows again from their content."""
    for violation in violations:
        _update_columns(violation, probes)


def _update_columns(violation: Violation, probes: Probes) -> None:
    part = part_of(violation.entity_type, CONTENT)
    columns = probes.copies[violation.entity_type].columns
    document = mongo.find(part, [violation.entity_id]).get(violation.entity_id)
    if columns is None or document is None:
        return
    values = columns(part.read(document))
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    sql.execute_now(
        text(f"""
            UPDATE {part.table}
            SET {assignments}
            WHERE {part.key} = :id AND {part.version_column} = :current
        """),
        {**values, "id": violation.entity_id, "current": document[part.counter]},
    )


def remove_orphans(violations: Sequence[Violation]) -> None:
    """Move documents without a reference row into quarantine."""
    for violation in violations:
        part = part_of(violation.entity_type, violation.part)
        _set_aside(part, violation)
        with mongo.asking():
            mongo.collection(part.collection).delete_one({"_id": violation.entity_id})


def check_start(debug: bool) -> list[str]:
    """Settings of the stores and of the program that should be changed; each a sentence."""
    advice = []
    if (
        sql.scalar(text("SHOW synchronous_commit")) == "off"
        or sql.scalar(text("SHOW fsync")) == "off"
    ):
        advice.append(
            "PostgreSQL may lose acknowledged changes: turn fsync and synchronous_commit on."
        )
    if sql.scalar(text("SHOW log_min_error_statement")) not in ("fatal", "panic"):
        advice.append(
            "PostgreSQL logs statements that fail, password hashes included: set log_min_error_statement to panic."
        )
    if sql.scalar(text("SHOW log_error_verbosity")) != "terse":
        advice.append("PostgreSQL logs rows that it refuses: set log_error_verbosity to terse.")
    concern = mongo.collection(QUARANTINE).write_concern.document
    if concern.get("w") != "majority" or not concern.get("j"):
        advice.append("MongoDB is not asked to write to its journal before it confirms.")
    if debug:
        advice.append("The program runs with debug on.")
    return advice


def _source(part: DocumentPart, row: sql.Row, probes: Probes) -> bytes | None:
    if part.name == CONTENT:
        return document_checks.find_payload(part, row["id"], row["current"])
    return mongo.encode(part.to_store(probes.copies[part.entity_type].parts[part.name](row)))


def _set_aside(part: DocumentPart, violation: Violation) -> None:
    with mongo.asking():
        document: Any = mongo.collection(part.collection).find_one({"_id": violation.entity_id})
        if document is None:
            return
        mongo.collection(QUARANTINE).insert_one(
            {
                "_id": new_id(),
                "collection": part.collection,
                "document": document,
                "why": f"{violation.invariant}: {violation.detail}",
                "at": clock.now(),
            }
        )


_PARKED = text("SELECT outbox_id FROM outbox WHERE parked_at IS NOT NULL ORDER BY outbox_id")
_UNPARK = text("UPDATE outbox SET parked_at = NULL, attempts = 0 WHERE outbox_id = ANY(:ids)")
_PARK = text("UPDATE outbox SET parked_at = now() WHERE outbox_id = ANY(:ids)")
