"""MongoDB access: one client per process, guarded by a breaker, and the idempotent apply of a document part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

import bson
import mongoengine
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from pymongo import InsertOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import (
    BulkWriteError,
    DocumentTooLarge,
    DuplicateKeyError,
    PyMongoError,
    WriteError,
)

from taskforge.config import Config
from taskforge.messaging.breaker import MONGODB, BreakerOpen, make_breaker
from taskforge.stores.document_parts import CONTENT, FIRST_VERSION, DocumentPart
from taskforge.stores.mongo_commands import MongoCommands

CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
Command = InsertOne[dict[str, Any]] | UpdateOne


class PartChange(NamedTuple):
    """A document part at a version, encoded: what `apply` takes."""

    part: DocumentPart
    entity_id: str
    version: int
    payload: bytes

    @property
    def is_first(self) -> bool:
        """Whether it is the first content of an entity, which then has no document yet, or a tombstone."""
        return self.part.name == CONTENT and self.version == FIRST_VERSION


class DocumentsUnavailable(Exception):
    """MongoDB can't be asked right now. Callers degrade or translate it; it never reaches a person as it is."""


class DocumentRefused(Exception):
    """MongoDB answered, and will not take this document as it is: trying again is of no use."""


breaker = make_breaker(MONGODB, (PyMongoError,))


def connect(config: Config) -> None:
    """Point MongoEngine at the configured database; the sockets open on first use, in whatever process that is."""
    mongoengine.disconnect_all()
    mongoengine.connect(
        host=config.mongodb_uri,
        alias="default",
        connect=False,
        tz_aware=True,
        uuidRepresentation="standard",
        timeoutMS=config.mongodb_timeout_ms,
        serverSelectionTimeoutMS=config.mongodb_timeout_ms,
        connectTimeoutMS=config.mongodb_timeout_ms,
        w="majority",
        journal=True,
        retryWrites=False,
        event_listeners=[MongoCommands()],
    )
    breaker.reset()


def collection(name: str) -> Collection[dict[str, Any]]:
    """A collection of the application's database."""
    return cast(Collection[dict[str, Any]], mongoengine.get_db()[name])


@contextmanager
def asking() -> Iterator[None]:
    """Guard a block of MongoDB calls.

    Raises:
        DocumentsUnavailable: when the server is down, hangs, or was down a moment ago.
    """
    try:
        with breaker.guard():
            yield
    except (PyMongoError, BreakerOpen) as error:
        raise DocumentsUnavailable(str(error)[:300]) from error


def apply(part: DocumentPart, entity_id: str, version: int, payload: bytes) -> None:
    """Set a part of a document to a version, unless the document has that version or a newer one.

    Safe to repeat and in any order. A duplicate key on the first try can mean that the other part's insert won
    the race, so it is tried once more; on the second try it can only mean "already newer".

    Raises:
        DocumentsUnavailable: when MongoDB could not be asked or did not confirm.
        DocumentRefused: when it will not take the document.
    """
    try:
        guard, update = _guarded(PartChange(part, entity_id, version, payload))
    except BSONError as error:
        raise DocumentRefused(str(error)) from error
    for _ in range(2):
        if _update(part, guard, update):
            return


def apply_all(changes: Sequence[PartChange]) -> list[int]:
    """`apply` for many changes by one command for each collection; the positions of those that must be applied alone.

    Both parts of a document are one write, if both are among the changes, and the first content is an insert: MongoDB
    needs 0.2 ms of processor time for it, and 1.5 ms for an upsert. What must be applied alone is what MongoDB did not
    confirm: duplicate keys (of a write of both parts also when one of them is there already), and what it refuses.

    Raises:
        DocumentsUnavailable: when MongoDB could not be asked or did not confirm; any of them may have been applied.
    """
    alone: list[int] = []
    writes: dict[str, dict[str, _Write]] = {}
    for position, change in enumerate(changes):
        try:
            write = _Write([position], *_guarded(change), change.is_first)
        except BSONError:
            alone.append(position)
            continue
        of_collection = writes.setdefault(change.part.collection, {})
        known = of_collection.get(change.entity_id)
        if known is None:
            of_collection[change.entity_id] = write
        elif change.part.counter in known.guard:  # another version of the same part
            alone.append(position)
        else:
            of_collection[change.entity_id] = known.with_part(write)
    for name, of_collection in writes.items():
        together = list(of_collection.values())
        unconfirmed = _write_all(name, [write.command for write in together])
        alone += [position for index in unconfirmed for position in together[index].positions]
    return alone


class _Write(NamedTuple):
    """An upsert or insert of one document, and the positions of the changes that it makes."""

    positions: list[int]
    guard: dict[str, Any]
    update: dict[str, Any]
    is_insert: bool

    @property
    def command(self) -> Command:
        """What is sent to MongoDB."""
        if self.is_insert:
            return InsertOne(self.update["$set"] | {"_id": self.guard["_id"]})
        return UpdateOne(self.guard, self.update, upsert=True)

    def with_part(self, other: _Write) -> _Write:
        """Both as one write, of different parts of the same document."""
        operators = self.update.keys() | other.update.keys()
        return _Write(
            self.positions + other.positions,
            self.guard | other.guard,
            {name: self.update.get(name, {}) | other.update.get(name, {}) for name in operators},
            self.is_insert or other.is_insert,
        )


def _guarded(change: PartChange) -> tuple[dict[str, Any], dict[str, Any]]:
    """The filter and the update of an upsert that sets a part, unless it is there in that version or a newer one.

    The filter is ``$not $gte`` and not ``$lt``, which would not match a document in which the other part arrived first.
    """
    part = change.part
    payload = decode(change.payload)  # an old one may hold fields that are another part's by now
    fields = {name: payload[name] for name in payload if name not in part.left}
    fields[part.counter] = change.version
    update: dict[str, Any] = {"$set": fields}
    if part.schema_key not in fields:
        # The payload has the first schema; a release that knew a later one may have written the document before.
        update["$unset"] = {part.schema_key: ""}
    return {"_id": change.entity_id, part.counter: {"$not": {"$gte": change.version}}}, update


def _write_all(name: str, writes: Sequence[Command]) -> Sequence[int]:
    """Send writes to a collection together; the positions of those that were not confirmed."""
    with asking():
        try:
            collection(name).bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise
            return [failure["index"] for failure in error.details["writeErrors"]]
        except (WriteError, DocumentTooLarge, BSONError):
            return range(len(writes))
        return ()


def _update(part: DocumentPart, guard: dict[str, Any], update: dict[str, Any]) -> bool:
    """One guarded upsert; False when it met another document with the same id."""
    with asking():
        try:
            collection(part.collection).update_one(guard, update, upsert=True)
        except DuplicateKeyError:
            return False
        except (WriteError, BSONError) as error:  # an answer, and no outage for the breaker
            refusal = DocumentRefused(str(error)[:300])
            refusal.__cause__ = error
        else:
            return True
    raise refusal


def find(part: DocumentPart, entity_ids: list[str]) -> dict[str, dict[str, Any]]:
    """One part of the documents with these ids: its fields, counter, schema version and ``_id``, by id.

    Raises:
        DocumentsUnavailable: when MongoDB can't be asked.
    """
    with asking():
        projection = [*part.names, part.counter, part.schema_key]
        found = collection(part.collection).find({"_id": {"$in": entity_ids}}, projection)
        return {document["_id"]: document for document in found}


def server_version() -> str:
    """The version that the server says it has. Raises `DocumentsUnavailable`."""
    with asking():
        return str(mongoengine.get_db().client.server_info()["version"])


def encode(fields: dict[str, Any]) -> bytes:
    """The bytes of a part: what the outbox carries and what the hash is taken of."""
    return bytes(bson.encode(fields, codec_options=CODEC))


def decode(payload: bytes) -> dict[str, Any]:
    """The fields of a part from the bytes of `encode`."""
    return dict(bson.decode(payload, codec_options=CODEC))
