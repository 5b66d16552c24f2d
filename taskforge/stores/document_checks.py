"""Comparing MongoDB's documents with the reference rows, a page at a time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from taskforge import clock
from taskforge.stores import mongo, sql
from taskforge.stores.document_parts import TEXT, Register
from taskforge.stores.violations import Violation
from taskforge.text.values import is_uuid

PAGE = 500
SETTLED_WITHIN = timedelta(seconds=60)
SECOND_LOOKS = 3
SECOND_LOOK_SECONDS = 0.3

Document = Mapping[str, Any]
Judgement = tuple[str, str, str | None] | None  # invariant, detail, remedy
Fields = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Copies:
    """The copies that an entity type keeps on either side.

    ``core`` makes the document's copy from a row; ``face`` makes the row's copy from a document's text.
    """

    core: Fields
    face: Fields | None = None


def check_outbox() -> Iterator[Violation]:
    """Messages that are parked, or have waited for more than a minute."""
    waiting = sql.rows(
        text(
            "SELECT entity_type, entity_id, register, version, parked_at, last_error FROM outbox"
            " WHERE parked_at IS NOT NULL OR created_at < :before ORDER BY outbox_id LIMIT :page"
        ),
        {"before": clock.now() - SETTLED_WITHIN, "page": PAGE},
    )
    for row in waiting:
        state = f"is parked: {row['last_error']}" if row["parked_at"] else "waits for the relay"
        yield Violation(
            "I1",
            f"{row['entity_type']} {row['entity_id']}",
            f"{row['register']} version {row['version']} {state}",
            "drain",
            row["register"],
        )


def check_register(register: Register, copies: Copies | None) -> Iterator[Violation]:
    """What is wrong with one register of all entities (I1, I2, I3, I5, I7)."""
    after: str | None = None
    while True:
        rows = read_rows(register, after=after)
        found = _compare(register, rows, copies)
        for _ in range(SECOND_LOOKS):  # a change may have come between the two reads
            if not found:
                break
            time.sleep(SECOND_LOOK_SECONDS)
            again = read_rows(register, ids=list({one.entity_id for one in found}))
            found = _compare(register, again, copies)
        yield from found
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


def check_orphans(register: Register) -> Iterator[Violation]:
    """Documents that no reference row stands for (I2)."""
    after = ""
    while True:
        page = _ids_after(register, after)
        alone = _without_row(register, page)
        for _ in range(SECOND_LOOKS):
            if not alone:
                break
            time.sleep(SECOND_LOOK_SECONDS)
            alone = _without_row(register, _still_there(register, alone))
        for entity_id in alone:
            yield Violation(
                "I2",
                f"{register.entity_type} {entity_id}",
                "MongoDB has a document that no row stands for",
                "quarantine",
                register.name,
            )
        if len(page) < PAGE:
            return
        after = page[-1]


def read_rows(
    register: Register, *, after: str | None = None, ids: Sequence[str] | None = None
) -> Sequence[sql.Row]:
    """A page of reference rows with ``id``, ``current`` version, and version and hash of what is pending."""
    return sql.rows(
        text(
            f"SELECT t.*, t.{register.key} AS id, t.{register.version_column} AS current,"
            " o.version AS pending_version, o.sha AS pending_sha"
            f" FROM {register.table} t LEFT JOIN LATERAL (SELECT version, sha256(payload) AS sha FROM outbox o"
            f" WHERE o.entity_id = t.{register.key} AND o.register = :register ORDER BY version DESC LIMIT 1) o"
            f" ON true WHERE (CAST(:after AS uuid) IS NULL OR t.{register.key} > CAST(:after AS uuid))"
            f" AND (CAST(:ids AS uuid[]) IS NULL OR t.{register.key} = ANY(CAST(:ids AS uuid[])))"
            f" ORDER BY t.{register.key} LIMIT :page"
        ),
        {"register": register.name, "after": after, "ids": ids, "page": PAGE},
    )


def find_payload(register: Register, entity_id: str, version: int) -> bytes | None:
    """A register's bytes at a version, from the outbox or the redo log."""
    found = sql.scalar(
        text(
            "SELECT payload FROM outbox WHERE entity_id = :id AND register = :register AND version = :version"
            " UNION ALL SELECT payload FROM outbox_redo"
            " WHERE entity_id = :id AND register = :register AND version = :version LIMIT 1"
        ),
        {"id": entity_id, "register": register.name, "version": version},
    )
    return bytes(found) if found is not None else None


def text_hash(register: Register, document: Document) -> bytes:
    """The hash of a text register as it stands in a document."""
    payload = mongo.encode({name: document.get(name) for name in register.fields})
    return hashlib.sha256(payload).digest()


def _compare(register: Register, rows: Sequence[sql.Row], copies: Copies | None) -> list[Violation]:
    """Documents are taken from the cursor one by one: they may be large."""
    by_id = {row["id"]: row for row in rows}
    found: list[Violation] = []
    with mongo.asking():
        documents = mongo.collection(register.collection).find({"_id": {"$in": list(by_id)}})
        for document in documents:
            row = by_id.pop(document["_id"])
            found += _judge(register, row, document, copies)
    for row in by_id.values():
        found += _judge(register, row, {}, copies)
    return found


def _judge(
    register: Register, row: sql.Row, document: Document, copies: Copies | None
) -> list[Violation]:
    current, stored = row["current"], document.get(register.counter) or 0
    wrong = _judge_pending(register, row)
    if wrong is None and stored > current:
        wrong = "I2", f"MongoDB is at {stored}, ahead of {current}", "replace"
    elif wrong is None and stored < current:
        wrong = _judge_behind(register, row, document, stored)
    elif wrong is None:
        wrong = _judge_equal(register, row, document, copies)
    if wrong is None:
        return []
    name, detail, remedy = wrong
    if remedy not in (None, "copy") and not _has_source(register, row):
        remedy = None
    entity = f"{register.entity_type} {row['id']}"
    return [Violation(name, entity, detail, remedy, register.name)]


def _judge_pending(register: Register, row: sql.Row) -> Judgement:
    pending, current = row["pending_version"], row["current"]
    if pending is not None and pending > current:
        return "I3", f"version {pending} waits, {current} counts", None
    if (
        pending == current
        and register.name == TEXT
        and bytes(row["pending_sha"]) != bytes(row["doc_sha"])
    ):
        return "I3", f"the text that waits for version {current} is another", None
    return None


def _judge_behind(register: Register, row: sql.Row, document: Document, stored: int) -> Judgement:
    current = row["current"]
    if row["pending_version"] == current or _may_be_absent(register, row, document):
        return None
    if _has_source(register, row):
        return "I1", f"MongoDB is at {stored}, behind {current}", "reapply"
    return "I3", f"no store has the text of version {current}", None


def _judge_equal(
    register: Register, row: sql.Row, document: Document, copies: Copies | None
) -> Judgement:
    is_deleted = "deleted" in register.fields and row["deleted_at"] is not None
    if is_deleted and document.get("deleted") is not True:
        return "I5", "is deleted, and its document is not", "replace"
    if not _is_true(register, row, document, copies):
        return "I7", f"version {row['current']} is not what was written", "replace"
    if register.name == TEXT and copies is not None and copies.face is not None:
        wanted = copies.face(document)
        wrong = sorted(name for name, value in wanted.items() if row[name] != value)
        if wrong:
            return "I7", f"the row's copy of the text is not true: {', '.join(wrong)}", "copy"
    return None


def _has_source(register: Register, row: sql.Row) -> bool:
    """Whether a register can be made anew: core ones from the row, texts from what is kept of them."""
    if register.name != TEXT:
        return True
    payload = find_payload(register, row["id"], row["current"])
    return payload is not None and hashlib.sha256(payload).digest() == bytes(row["doc_sha"])


def _may_be_absent(register: Register, row: sql.Row, document: Document) -> bool:
    """A deleted comment needs no document; a task in the trash does, since it can be restored."""
    return not document and register.entity_type == "comment" and row["deleted_at"] is not None


def _is_true(register: Register, row: sql.Row, document: Document, copies: Copies | None) -> bool:
    if register.name == TEXT or copies is None:
        return text_hash(register, document) == bytes(row["doc_sha"])
    wanted = copies.core(row)
    return all(document.get(name) == value for name, value in wanted.items())


def _ids_after(register: Register, after: str) -> list[str]:
    with mongo.asking():
        found = (
            mongo.collection(register.collection)
            .find({"_id": {"$gt": after}, "purged_at": None}, ["_id"])
            .sort("_id", 1)
            .limit(PAGE)
        )
        return [document["_id"] for document in found]


def _still_there(register: Register, ids: list[str]) -> list[str]:
    with mongo.asking():
        found = mongo.collection(register.collection).find(
            {"_id": {"$in": ids}, "purged_at": None}, ["_id"]
        )
        return [document["_id"] for document in found]


def _without_row(register: Register, ids: list[str]) -> list[str]:
    """Those of these ids that have neither a row nor a message on its way (a tombstone, say)."""
    known = sql.rows(
        text(
            f"SELECT {register.key} AS id FROM {register.table} WHERE {register.key} = ANY(CAST(:ids AS uuid[]))"
            " UNION SELECT entity_id FROM outbox WHERE entity_id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"ids": [entity_id for entity_id in ids if is_uuid(entity_id)]},
    )
    return sorted(set(ids) - {row["id"] for row in known})
