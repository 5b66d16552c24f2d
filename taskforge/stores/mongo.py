"""MongoDB access: one client per process, guarded by a breaker, and the idempotent apply of a register."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import bson
import mongoengine
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError, WriteError

from taskforge.config import Config
from taskforge.http.server_timing import MongoCommands
from taskforge.messaging.breaker import Breaker, BreakerOpen
from taskforge.stores.document_parts import Register

CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


class DocumentsUnavailable(Exception):
    """MongoDB can't be asked right now. Callers degrade; they never let it reach a person as it is."""


class DocumentRefused(Exception):
    """MongoDB answered, and will not take this document as it is: trying again is of no use."""


breaker = Breaker("mongodb", (PyMongoError,))


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
        event_listeners=[] if config.is_production else [MongoCommands()],
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


def apply(register: Register, entity_id: str, version: int, payload: bytes) -> None:
    """Set a register of a document to a version, unless the document has that version or a newer one.

    Safe to repeat and in any order. The filter is ``$not $gte`` and not ``$lt``, which would not match a document
    in which the other register arrived first. A duplicate key on the first try can mean that the other register's
    insert won the race, so it is tried once more; on the second it can only mean "already newer".

    Raises:
        DocumentsUnavailable: when MongoDB could not be asked or did not confirm.
        DocumentRefused: when it will not take the document.
    """
    try:
        fields = {**decode(payload), register.counter: version}
    except BSONError as error:
        raise DocumentRefused(str(error)) from error
    guard = {"_id": entity_id, register.counter: {"$not": {"$gte": version}}}
    for _ in range(2):
        if _set(register, guard, fields):
            return


def _set(register: Register, guard: dict[str, Any], fields: dict[str, Any]) -> bool:
    """One guarded upsert; False when it met another document with the same id."""
    with asking():
        try:
            collection(register.collection).update_one(guard, {"$set": fields}, upsert=True)
        except DuplicateKeyError:
            return False
        except (WriteError, BSONError) as error:  # an answer, and no outage for the breaker
            refusal = DocumentRefused(str(error)[:300])
            refusal.__cause__ = error
        else:
            return True
    raise refusal


def find(register: Register, entity_ids: list[str]) -> dict[str, dict[str, Any]]:
    """One register of the documents with these ids: its fields, its counter and ``_id``, by id.

    Raises:
        DocumentsUnavailable: when MongoDB can't be asked.
    """
    with asking():
        wanted = [*register.fields, register.counter]
        found = collection(register.collection).find({"_id": {"$in": entity_ids}}, wanted)
        return {document["_id"]: document for document in found}


def server_version() -> str:
    """The version that the server says it has. Raises `DocumentsUnavailable`."""
    with asking():
        return str(mongoengine.get_db().client.server_info()["version"])


def encode(fields: dict[str, Any]) -> bytes:
    """The bytes of a register: what the outbox carries and what the hash is taken of."""
    return bytes(bson.encode(fields, codec_options=CODEC))


def decode(payload: bytes) -> dict[str, Any]:
    """The fields of a register from the bytes of `encode`."""
    return dict(bson.decode(payload, codec_options=CODEC))
