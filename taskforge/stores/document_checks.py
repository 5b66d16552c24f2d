"""Comparing MongoDB's documents with the reference rows, a page at a time.

A document part is judged in the schema version with which it was written: fields that were added later are not missed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from taskforge import clock
from taskforge.stores import mongo, sql
from taskforge.stores.document_check_queries import PAYLOAD, WAITING, known_ids, reference_rows
from taskforge.stores.document_parts import CONTENT, DocumentPart
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
    """The copies that the two stores keep of each other's data about an entity type.

    ``parts`` makes the fields of each part that is a copy, by its name, from a reference row; ``columns`` makes the
    row's denormalised columns from the content.
    """

    parts: Mapping[str, Fields]
    columns: Fields | None = None


def check_outbox() -> Iterator[Violation]:
    """Messages that are parked, or have waited for more than a minute (I1)."""
    for row in sql.rows(WAITING, {"before": clock.now() - SETTLED_WITHIN, "page": PAGE}):
        state = f"is parked: {row['last_error']}" if row["parked_at"] else "waits for the relay"
        yield Violation(
            "I1",
            f"{row['entity_type']} {row['entity_id']}",
            f"{row['part']} version {row['version']} {state}",
            "process outbox",
            row["part"],
        )


def check_part(part: DocumentPart, copies: Copies | None) -> Iterator[Violation]:
    """What is wrong with one part of all entities (I1, I2, I3, I5, I7)."""
    after: str | None = None
    while True:
        found, after = check_page(part, copies, after)
        yield from found
        if after is None:
            return


def check_page(
    part: DocumentPart, copies: Copies | None, after: str | None
) -> tuple[list[Violation], str | None]:
    """What is wrong with one part of the entities of one page; where the next page begins, None after the last."""
    rows = read_rows(part, after=after)
    found = _look_again(part, copies, _compare(part, rows, copies))
    return found, rows[-1]["id"] if len(rows) == PAGE else None


def check_some(part: DocumentPart, copies: Copies | None, ids: Sequence[str]) -> list[Violation]:
    """What is wrong with one part of some entities, at most a page of them."""
    return _look_again(part, copies, _compare(part, read_rows(part, ids=ids), copies))


def check_orphans(part: DocumentPart) -> Iterator[Violation]:
    """Documents that have no reference row (I2)."""
    after = ""
    while True:
        page = _ids_after(part, after)
        orphans = _without_row(part, page)
        for _ in range(SECOND_LOOKS):
            if not orphans:
                break
            time.sleep(SECOND_LOOK_SECONDS)
            orphans = _without_row(part, _still_there(part, orphans))
        for entity_id in orphans:
            yield Violation(
                "I2",
                f"{part.entity_type} {entity_id}",
                "MongoDB has a document without a reference row",
                "quarantine",
                part.name,
            )
        if len(page) < PAGE:
            return
        after = page[-1]


def read_rows(
    part: DocumentPart, *, after: str | None = None, ids: Sequence[str] | None = None
) -> Sequence[sql.Row]:
    """A page of reference rows with ``id``, ``current`` version, and version and hash of what is pending."""
    return sql.rows(
        reference_rows(part), {"part": part.name, "after": after, "ids": ids, "page": PAGE}
    )


def find_payload(part: DocumentPart, entity_id: str, version: int) -> bytes | None:
    """A part's bytes at a version, from the outbox or the redo log."""
    found = sql.scalar(PAYLOAD, {"id": entity_id, "part": part.name, "version": version})
    return bytes(found) if found is not None else None


def content_hash(part: DocumentPart, document: Document) -> bytes:
    """The hash of a content part as it stands in a document, over the fields with which it was written."""
    return hashlib.sha256(mongo.encode(part.as_written(document))).digest()


def _compare(part: DocumentPart, rows: Sequence[sql.Row], copies: Copies | None) -> list[Violation]:
    """Documents are taken from the cursor one by one: they may be large."""
    by_id = {row["id"]: row for row in rows}
    found: list[Violation] = []
    with mongo.asking():
        documents = mongo.collection(part.collection).find({"_id": {"$in": list(by_id)}})
        for document in documents:
            row = by_id.pop(document["_id"])
            found += _judge(part, row, document, copies)
    for row in by_id.values():
        found += _judge(part, row, {}, copies)
    return found


def _look_again(
    part: DocumentPart, copies: Copies | None, found: list[Violation]
) -> list[Violation]:
    """What is still there a moment later: a change may have come between two reads."""
    for _ in range(SECOND_LOOKS):
        if not found:
            break
        time.sleep(SECOND_LOOK_SECONDS)
        again = read_rows(part, ids=list({one.entity_id for one in found}))
        found = _compare(part, again, copies)
    return found


def _judge(
    part: DocumentPart, row: sql.Row, document: Document, copies: Copies | None
) -> list[Violation]:
    current, stored = row["current"], document.get(part.counter) or 0
    wrong = _judge_pending(part, row)
    if wrong is None and stored > current:
        wrong = "I2", f"MongoDB is at {stored}, ahead of {current}", "replace"
    elif wrong is None and stored < current:
        wrong = _judge_behind(part, row, document, stored)
    elif wrong is None:
        wrong = _judge_equal(part, row, document, copies)
    if wrong is None:
        return []
    name, detail, remedy = wrong
    if remedy not in (None, "update columns") and not _has_source(part, row):
        remedy = None
    entity = f"{part.entity_type} {row['id']}"
    return [Violation(name, entity, detail, remedy, part.name)]


def _judge_pending(part: DocumentPart, row: sql.Row) -> Judgement:
    pending, current = row["pending_version"], row["current"]
    if pending is not None and pending > current:
        return "I3", f"version {pending} is pending, and the row is at {current}", None
    if (
        pending == current
        and part.name == CONTENT
        and bytes(row["pending_sha"]) != bytes(row["doc_sha"])
    ):
        return "I3", f"the pending content of version {current} is not what was committed", None
    return None


def _judge_behind(part: DocumentPart, row: sql.Row, document: Document, stored: int) -> Judgement:
    current = row["current"]
    if row["pending_version"] == current or _may_be_absent(part, row, document):
        return None
    if _has_source(part, row):
        return "I1", f"MongoDB is at {stored}, behind {current}", "reapply"
    return "I3", f"no store has the content of version {current}", None


def _judge_equal(
    part: DocumentPart, row: sql.Row, document: Document, copies: Copies | None
) -> Judgement:
    is_deleted = "deleted" in part.names and row["deleted_at"] is not None
    if is_deleted and document.get("deleted") is not True:
        return "I5", "is deleted, and its document is not", "replace"
    if not _is_true(part, row, document, copies):
        return "I7", f"version {row['current']} is not what was written", "replace"
    if part.name == CONTENT and copies is not None and copies.columns is not None:
        expected = copies.columns(part.read(document))
        wrong = sorted(name for name, value in expected.items() if row[name] != value)
        if wrong:
            return (
                "I7",
                f"columns differ from the content: {', '.join(wrong)}",
                "update columns",
            )
    return None


def _has_source(part: DocumentPart, row: sql.Row) -> bool:
    """Whether a part can be written again: a mirror from the row, content from outbox or redo log."""
    if part.name != CONTENT:
        return True
    payload = find_payload(part, row["id"], row["current"])
    return payload is not None and hashlib.sha256(payload).digest() == bytes(row["doc_sha"])


def _may_be_absent(part: DocumentPart, row: sql.Row, document: Document) -> bool:
    return not document and part.absent_when_deleted and row["deleted_at"] is not None


def _is_true(part: DocumentPart, row: sql.Row, document: Document, copies: Copies | None) -> bool:
    if part.name == CONTENT or copies is None:
        return content_hash(part, document) == bytes(row["doc_sha"])
    expected = copies.parts[part.name](row)
    written = part.names_in(part.schema_of(document))
    return all(document.get(name) == expected[name] for name in written)


def _ids_after(part: DocumentPart, after: str) -> list[str]:
    with mongo.asking():
        found = (
            mongo.collection(part.collection)
            .find({"_id": {"$gt": after}, "purged_at": None}, ["_id"])
            .sort("_id", 1)
            .limit(PAGE)
        )
        return [document["_id"] for document in found]


def _still_there(part: DocumentPart, ids: list[str]) -> list[str]:
    with mongo.asking():
        found = mongo.collection(part.collection).find(
            {"_id": {"$in": ids}, "purged_at": None}, ["_id"]
        )
        return [document["_id"] for document in found]


def _without_row(part: DocumentPart, ids: list[str]) -> list[str]:
    """Those of these ids that have neither a row nor a message on its way (a tombstone, say)."""
    uuids = [entity_id for entity_id in ids if is_uuid(entity_id)]
    known = sql.rows(known_ids(part), {"ids": uuids})
    return sorted(set(ids) - {row["id"] for row in known})
