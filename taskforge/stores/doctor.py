"""The doctor: runs the checks and, when asked, repairs what can be repaired. Nothing is ever deleted for good.

A document that should not be there, or says something else than it should, is first copied into the collection
``quarantine`` with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.ids import new_id
from taskforge.stores import document_checks, mongo, relay, sql
from taskforge.stores.document_parts import TEXT, Register, register_of
from taskforge.stores.invariants import Probes, check_all
from taskforge.stores.violations import Violation

CLEAN, REPAIRED, NOT_REPAIRABLE = 0, 1, 2
QUARANTINE = "quarantine"
DRAIN_SECONDS = 120.0
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
        "drain": drain,
        "reapply": lambda violations: [rewrite(one, probes) for one in violations],
        "replace": lambda violations: [rewrite(one, probes, over=True) for one in violations],
        "quarantine": remove_orphans,
        "copy": lambda violations: copy_to_rows(violations, probes),
        "count comments": count_comments,
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


def drain(_violations: Sequence[Violation] = ()) -> None:
    """Try everything that is in the outbox now, parked messages too; what is refused again is parked again."""
    with sql.transaction() as connection:
        parked = connection.execute(
            text("SELECT outbox_id FROM outbox WHERE parked_at IS NOT NULL ORDER BY outbox_id")
        ).scalars()
        ids = {"ids": list(parked)}
        connection.execute(text("UPDATE outbox SET claimed_until = '-infinity'"))
        connection.execute(
            text("UPDATE outbox SET parked_at = NULL, attempts = 0 WHERE outbox_id = ANY(:ids)"),
            ids,
        )
    relay.drain_all(seconds=DRAIN_SECONDS)
    sql.execute_now(text("UPDATE outbox SET parked_at = now() WHERE outbox_id = ANY(:ids)"), ids)


def rewrite(violation: Violation, probes: Probes, *, over: bool = False) -> bool:
    """Write a register again from its row, the outbox or the redo log; with `over`, whatever stands there.

    Answers False when the row has changed in the meantime, or there is no source any more.
    """
    register = register_of(violation.entity_type, violation.register)
    rows = document_checks.read_rows(register, ids=[violation.entity_id])
    payload = _source(register, rows[0], probes) if rows else None
    if payload is None:
        return False
    if over:
        _set_aside(register, violation)
        with mongo.asking():
            mongo.collection(register.collection).update_one(
                {"_id": violation.entity_id}, {"$unset": {register.counter: ""}}
            )
    mongo.apply(register, violation.entity_id, rows[0]["current"], payload)
    return True


def copy_to_rows(violations: Sequence[Violation], probes: Probes) -> None:
    """Make rows' copies of their texts anew."""
    for violation in violations:
        _copy_to_row(violation, probes)


def _copy_to_row(violation: Violation, probes: Probes) -> None:
    register = register_of(violation.entity_type, TEXT)
    face = probes.copies[violation.entity_type].face
    document = mongo.find(register, [violation.entity_id]).get(violation.entity_id)
    if face is None or document is None:
        return
    values = face(document)
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    sql.execute_now(
        text(
            f"UPDATE {register.table} SET {assignments}"
            f" WHERE {register.key} = :id AND {register.version_column} = :current"
        ),
        {**values, "id": violation.entity_id, "current": document[register.counter]},
    )


def remove_orphans(violations: Sequence[Violation]) -> None:
    """Move documents that no row stands for into quarantine."""
    for violation in violations:
        register = register_of(violation.entity_type, violation.register)
        _set_aside(register, violation)
        with mongo.asking():
            mongo.collection(register.collection).delete_one({"_id": violation.entity_id})


def count_comments(violations: Sequence[Violation]) -> None:
    """Write the number of comments of tasks anew."""
    sql.execute_now(
        text(
            "UPDATE tasks SET comment_count = (SELECT count(*) FROM comments c"
            " WHERE c.task_id = tasks.task_id AND c.deleted_at IS NULL)"
            " WHERE task_id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"ids": [violation.entity_id for violation in violations]},
    )


def check_start(debug: bool) -> list[str]:
    """What is unwise about how the stores and the program were started; each a sentence."""
    advice = []
    if (
        sql.scalar(text("SHOW synchronous_commit")) == "off"
        or sql.scalar(text("SHOW fsync")) == "off"
    ):
        advice.append(
            "PostgreSQL may lose acknowledged changes: turn fsync and synchronous_commit on."
        )
    concern = mongo.collection(QUARANTINE).write_concern.document
    if concern.get("w") != "majority" or not concern.get("j"):
        advice.append("MongoDB is not asked to write to its journal before it confirms.")
    if debug:
        advice.append("The program runs with debug on.")
    return advice


def _source(register: Register, row: sql.Row, probes: Probes) -> bytes | None:
    if register.name == TEXT:
        return document_checks.find_payload(register, row["id"], row["current"])
    return mongo.encode(dict(probes.copies[register.entity_type].core(row)))


def _set_aside(register: Register, violation: Violation) -> None:
    with mongo.asking():
        document: Any = mongo.collection(register.collection).find_one({"_id": violation.entity_id})
        if document is None:
            return
        mongo.collection(QUARANTINE).insert_one(
            {
                "_id": new_id(),
                "collection": register.collection,
                "document": document,
                "why": f"{violation.invariant}: {violation.detail}",
                "at": clock.now(),
            }
        )
