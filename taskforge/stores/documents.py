"""Overlay reads: the content part of an entity at exactly the version that its reference row names.

Order of sources: pending outbox payload, Redis, MongoDB, redo log. Whichever store fails, either the acknowledged
version is read or an error is raised: older content is never shown as the present one. Each source holds a part as it
was written; what is answered is in the part's present schema (`DocumentPart.read`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from taskforge.errors import Unavailable
from taskforge.messaging import document_cache
from taskforge.stores import mongo, sql
from taskforge.stores.document_parts import CONTENT, DocumentPart, part_of

ATTEMPTS = 4
Fields = dict[str, Any]


class VersionMoved(Exception):
    """The document is already newer than the reference row that was read: read the row again."""


def read_current(
    entity_type: str, row: sql.Row, *, read_row: Callable[[], sql.Row], unreadable: str
) -> tuple[sql.Row, Fields]:
    """A reference row (with ``pending_content``) and the content at its version; `read_row` reads the row again.

    The row that comes back is a newer one when a change came in between.

    Raises:
        Unavailable: no store that holds the content can be asked; says `unreadable`.
    """
    part = part_of(entity_type, CONTENT)
    for _ in range(ATTEMPTS):
        try:
            if row["pending_content"] is not None:
                return row, decode_content(entity_type, row["pending_content"])
            entity_id, version = row[part.key], row["doc_version"]
            return row, read_contents(entity_type, {entity_id: version})[entity_id]
        except VersionMoved:
            row = read_row()
        except mongo.DocumentsUnavailable as error:
            raise Unavailable(unreadable) from error
    raise Unavailable(unreadable, retry_after=1)


def decode_content(entity_type: str, payload: bytes) -> Fields:
    """The content fields of an outbox payload, in the present schema."""
    return part_of(entity_type, CONTENT).read(mongo.decode(bytes(payload)))


def read_contents(entity_type: str, versions: dict[str, int]) -> dict[str, Fields]:
    """The contents of several entities of one type by id, each at its version.

    Raises:
        VersionMoved: a newer version was committed after the rows were read.
        DocumentsUnavailable: none of the sources could be asked.
    """
    part = part_of(entity_type, CONTENT)
    cached = document_cache.get_documents(entity_type, versions)
    stored = {entity_id: mongo.decode(payload) for entity_id, payload in cached.items()}
    missing = {
        entity_id: version for entity_id, version in versions.items() if entity_id not in cached
    }
    if missing:
        fresh = _from_mongo(part, missing)
        document_cache.set_documents(
            entity_type,
            {
                entity_id: (missing[entity_id], mongo.encode(fields))
                for entity_id, fields in fresh.items()
            },
        )
        stored |= fresh
    return {entity_id: part.read(fields) for entity_id, fields in stored.items()}


def read_for_index(entity_type: str, versions: dict[str, int]) -> dict[str, Fields]:
    """Those contents that are stored at exactly these versions, by id; without a cache, for work on many at once.

    PostgreSQL is asked first, which has everything of the last week. Absent is what was changed meanwhile or is lost.

    Raises:
        DocumentsUnavailable: some are in MongoDB alone, which does not answer.
    """
    part = part_of(entity_type, CONTENT)
    stored = {
        kept["entity_id"]: mongo.decode(bytes(kept["payload"]))
        for kept in sql.rows(_KEPT, {"ids": list(versions), "part": part.name})
        if kept["version"] == versions[kept["entity_id"]]
    }
    if missing := [entity_id for entity_id in versions if entity_id not in stored]:
        for entity_id, document in mongo.find(part, missing).items():
            if document.get(part.counter) == versions[entity_id]:
                stored[entity_id] = part.stored_fields(document)
    return {entity_id: part.read(fields) for entity_id, fields in stored.items()}


def _from_mongo(part: DocumentPart, versions: dict[str, int]) -> dict[str, Fields]:
    """Contents as they are stored, with the marks of their schema versions."""
    try:
        documents = mongo.find(part, list(versions))
    except mongo.DocumentsUnavailable:
        return _from_redo_log(part, versions, otherwise="the content is in MongoDB only")
    found: dict[str, Fields] = {}
    behind: dict[str, int] = {}
    for entity_id, version in versions.items():
        document = documents.get(entity_id, {})
        stored = document.get(part.counter, 0)
        if stored > version:
            raise VersionMoved(entity_id)
        if stored < version:
            behind[entity_id] = version
        else:
            found[entity_id] = part.stored_fields(document)
    if behind:
        found |= _from_redo_log(part, behind, otherwise="MongoDB is behind")
    return found


def _from_redo_log(
    part: DocumentPart, versions: dict[str, int], *, otherwise: str
) -> dict[str, Fields]:
    """Contents as they are stored, from what PostgreSQL keeps of them for a week.

    For a MongoDB that can't be asked or lost a write.

    Raises:
        VersionMoved: a newer version was committed after the rows were read.
        DocumentsUnavailable: a content is not there; says `otherwise`.
    """
    found = {}
    for kept in sql.rows(_KEPT, {"ids": list(versions), "part": part.name}):
        entity_id, version = kept["entity_id"], kept["version"]
        if version == versions[entity_id]:
            found[entity_id] = mongo.decode(bytes(kept["payload"]))
        elif version > versions[entity_id]:
            raise VersionMoved(entity_id)
    if len(found) < len(versions):
        raise mongo.DocumentsUnavailable(otherwise)
    return found


_KEPT = text("""
    SELECT entity_id, version, payload
    FROM outbox_redo
    WHERE entity_id = ANY(CAST(:ids AS uuid[])) AND part = :part
    UNION ALL
    SELECT entity_id, version, payload
    FROM outbox
    WHERE entity_id = ANY(CAST(:ids AS uuid[])) AND part = :part
""")
