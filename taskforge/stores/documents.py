"""Overlay reads: the text register of an entity at exactly the version that its reference row names.

Order of sources: pending outbox payload, Redis, MongoDB, redo log. Whatever dies, an acknowledged version is read
or nothing is; an older text is never shown as the present one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from taskforge.errors import Unavailable
from taskforge.messaging import redis_cache
from taskforge.stores import mongo, sql
from taskforge.stores.document_parts import TEXT, register_of

ATTEMPTS = 4


class VersionMoved(Exception):
    """The document is already newer than the reference row that was read: read the row again."""


def read_current(
    entity_type: str, row: sql.Row, *, read_row: Callable[[], sql.Row], unreadable: str
) -> tuple[sql.Row, dict[str, Any]]:
    """A reference row (with ``pending_text``) and the text at its version; `read_row` reads the row again.

    The row that comes back is a newer one when a change came in between.

    Raises:
        Unavailable: no store that holds the text can be asked; says `unreadable`.
    """
    key = register_of(entity_type, TEXT).key
    for _ in range(ATTEMPTS):
        try:
            return row, _read_text(entity_type, row[key], row["doc_version"], row["pending_text"])
        except VersionMoved:
            row = read_row()
        except mongo.DocumentsUnavailable as error:
            raise Unavailable(unreadable) from error
    raise Unavailable(unreadable, retry_after=1)


def read_texts(entity_type: str, versions: dict[str, int]) -> dict[str, dict[str, Any]]:
    """The text registers of several entities of one type, each at its version.

    Raises:
        VersionMoved: a newer version was committed after the rows were read.
        DocumentsUnavailable: none of the sources could be asked.
    """
    cached = redis_cache.get_documents(entity_type, versions)
    missing = {
        entity_id: version for entity_id, version in versions.items() if entity_id not in cached
    }
    found = {entity_id: mongo.decode(payload) for entity_id, payload in cached.items()}
    if missing:
        fresh = _from_mongo(entity_type, missing)
        redis_cache.set_documents(
            entity_type,
            {
                entity_id: (missing[entity_id], mongo.encode(fields))
                for entity_id, fields in fresh.items()
            },
        )
        found |= fresh
    return found


def _read_text(
    entity_type: str, entity_id: str, version: int, pending: bytes | None
) -> dict[str, Any]:
    """One text register; `pending` is the newest outbox payload as read together with the reference row."""
    if pending is not None:
        return mongo.decode(bytes(pending))
    return read_texts(entity_type, {entity_id: version})[entity_id]


def _from_mongo(entity_type: str, versions: dict[str, int]) -> dict[str, dict[str, Any]]:
    register = register_of(entity_type, TEXT)
    try:
        documents = mongo.find(register, list(versions))
    except mongo.DocumentsUnavailable:
        return _from_redo_log(versions, strict=True)
    found: dict[str, dict[str, Any]] = {}
    behind: dict[str, int] = {}
    for entity_id, version in versions.items():
        document = documents.get(entity_id, {})
        stored = document.get(register.counter, 0)
        if stored > version:
            raise VersionMoved(entity_id)
        if stored < version:
            behind[entity_id] = version
        else:
            found[entity_id] = {
                name: document[name] for name in register.fields if name in document
            }
    return found | (_from_redo_log(behind, strict=False) if behind else {})


def _from_redo_log(versions: dict[str, int], *, strict: bool) -> dict[str, dict[str, Any]]:
    """Texts from the redo log, which keeps a week: the way round a MongoDB that is down or lost a write."""
    kept = sql.rows(
        text(
            "SELECT entity_id, version, payload FROM outbox_redo"
            " WHERE entity_id = ANY(CAST(:ids AS uuid[])) AND register = 'text'"
            " UNION ALL SELECT entity_id, version, payload FROM outbox"
            " WHERE entity_id = ANY(CAST(:ids AS uuid[])) AND register = 'text'"
        ),
        {"ids": list(versions)},
    )
    found = {}
    for kept_row in kept:
        if kept_row["version"] == versions[kept_row["entity_id"]]:
            found[kept_row["entity_id"]] = mongo.decode(bytes(kept_row["payload"]))
        elif kept_row["version"] > versions[kept_row["entity_id"]]:
            raise VersionMoved(kept_row["entity_id"])
    if len(found) < len(versions):
        raise mongo.DocumentsUnavailable(
            "the text is in MongoDB only" if strict else "MongoDB is behind"
        )
    return found
