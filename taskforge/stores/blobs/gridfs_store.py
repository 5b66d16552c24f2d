"""Blobs in MongoDB, laid out as GridFS prescribes, so that its tools can read them (``mongofiles --prefix=blobs``).

The driver's own GridFS is not used: it collects up to 48 MB before it writes, and reads 16 MB at once. Here a process
holds one chunk. A file's document is written first, under a name that is no key, and is given its key at the end; so
no chunk ever lacks a document by which it is found and removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from bson import ObjectId
from mongoengine import (
    BinaryField,
    DateTimeField,
    DictField,
    Document,
    IntField,
    ObjectIdField,
    StringField,
)
from pymongo.collection import Collection

from taskforge import clock
from taskforge.stores import mongo
from taskforge.stores.blobs.contract import BlobMissing, BlobsUnavailable, StoredBlob
from taskforge.stores.blobs.keys import check_key
from taskforge.stores.blobs.pieces import cut

FILES, CHUNKS = "blobs.files", "blobs.chunks"
CHUNK_BYTES = 255 * 1024  # GridFS's own: a document of it fits into 256 kB
UNFINISHED = "~unfinished"  # behind all keys
PURGED_AT_ONCE = 100


class FileDocument(Document):
    """A blob, or one that is being written or deleted (`UNFINISHED`); its hash is in ``metadata``."""

    filename = StringField(required=True)
    uploadDate = DateTimeField(required=True)  # noqa: N815  named by GridFS
    length = IntField(required=True)
    chunkSize = IntField(required=True)  # noqa: N815  named by GridFS
    metadata = DictField()

    meta = {
        "collection": FILES,
        "auto_create_index": False,
        "indexes": [{"fields": ["filename", "uploadDate"], "cls": False}],
    }


class ChunkDocument(Document):
    """The ``n``-th chunk of a file, counted from 0."""

    files_id = ObjectIdField(required=True)
    n = IntField(required=True)
    data = BinaryField(required=True)

    meta = {
        "collection": CHUNKS,
        "auto_create_index": False,
        "indexes": [{"fields": ["files_id", "n"], "unique": True, "cls": False}],
    }


class GridFSStore:
    """The blob store of a TaskForge that is given no other."""

    name = "gridfs"

    def write(self, key: str, chunks: Iterable[bytes]) -> StoredBlob:
        """See `BlobStore.write`."""
        file_id = _begin(check_key(key))
        try:
            stored = _write_chunks(file_id, chunks)
        except BaseException:
            with suppress(BlobsUnavailable):
                _remove(file_id)
            raise
        _finish(file_id, key, stored)
        return stored

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `BlobStore.read`."""
        file = _find(key)
        if file is None:
            raise BlobMissing(key)
        end = file["length"] if length is None else min(file["length"], start + length)
        return _read_chunks(file, start, end)

    def stat(self, key: str) -> StoredBlob | None:
        """See `BlobStore.stat`."""
        file = _find(key)
        return StoredBlob(file["length"], file["metadata"]["sha256"]) if file else None

    def delete(self, keys: Iterable[str]) -> None:
        """See `BlobStore.delete`."""
        wanted = [check_key(key) for key in keys]
        with _asking():
            found = list(_files().find({"filename": {"$in": wanted}}, {"_id": 1}))
        for file in found:
            _remove(file["_id"])

    def list_keys(self, after: str, limit: int) -> list[tuple[str, datetime]]:
        """See `BlobStore.list_keys`."""
        behind = {"filename": {"$gt": after, "$lt": UNFINISHED}}
        with _asking():
            found = _files().find(behind, {"filename": 1, "uploadDate": 1})
            page = list(found.sort([("filename", 1), ("uploadDate", 1)]).limit(limit))
        # A key is there twice while one write of it replaces another.
        return list({file["filename"]: file["uploadDate"] for file in page}.items())

    def purge_unfinished(self, before: datetime) -> int:
        """See `BlobStore.purge_unfinished`; at most `PURGED_AT_ONCE`."""
        old = {"filename": UNFINISHED, "uploadDate": {"$lt": before}}
        with _asking():
            found = list(_files().find(old, {"_id": 1}).limit(PURGED_AT_ONCE))
        for file in found:
            _remove(file["_id"])
        return len(found)


def _files() -> Collection[dict[str, Any]]:
    return mongo.collection(FILES)


def _chunks() -> Collection[dict[str, Any]]:
    return mongo.collection(CHUNKS)


@contextmanager
def _asking() -> Iterator[None]:
    """Guard calls of MongoDB by its breaker."""
    try:
        with mongo.asking():
            yield
    except mongo.DocumentsUnavailable as error:
        raise BlobsUnavailable(str(error)) from error


def _find(key: str) -> dict[str, Any] | None:
    with _asking():
        found = list(_files().find({"filename": check_key(key)}))
    return max(found, key=_file_id, default=None)


def _file_id(file: dict[str, Any]) -> ObjectId:
    file_id = file["_id"]
    assert isinstance(file_id, ObjectId)
    return file_id


def _begin(key: str) -> ObjectId:
    file_id = ObjectId()
    file = {
        "_id": file_id,
        "filename": UNFINISHED,
        "uploadDate": clock.now(),
        "length": 0,
        "chunkSize": CHUNK_BYTES,
        "metadata": {"key": key},
    }
    with _asking():
        _files().insert_one(file)
    return file_id


def _write_chunks(file_id: ObjectId, chunks: Iterable[bytes]) -> StoredBlob:
    digest = hashlib.sha256()
    size = 0
    for n, data in enumerate(cut(chunks, CHUNK_BYTES)):
        digest.update(data)
        size += len(data)
        with _asking():
            _chunks().insert_one({"_id": ObjectId(), "files_id": file_id, "n": n, "data": data})
    return StoredBlob(size, digest.hexdigest())


def _finish(file_id: ObjectId, key: str, stored: StoredBlob) -> None:
    """Give a written file its key, and remove all files with that key but one.

    The one with the highest id stays, so that of writes at the same time none removes what another one keeps.

    Raises:
        BlobsUnavailable: it was purged as unfinished meanwhile.
    """
    written = {
        "filename": key,
        "uploadDate": clock.now(),
        "length": stored.size,
        "metadata.sha256": stored.sha256,
    }
    with _asking():
        if not _files().update_one({"_id": file_id}, {"$set": written}).matched_count:
            raise BlobsUnavailable("the file took too long to be written")
        found = list(_files().find({"filename": key}, {"_id": 1}))
    for file in sorted(found, key=_file_id)[:-1]:
        _remove(_file_id(file))


def _remove(file_id: ObjectId) -> None:
    """Remove a file; if that is cut off, what is left is unfinished and can no longer be read."""
    with _asking():
        _files().update_one({"_id": file_id}, {"$set": {"filename": UNFINISHED}})
        _chunks().delete_many({"files_id": file_id})
        _files().delete_one({"_id": file_id})


def _read_chunks(file: dict[str, Any], start: int, end: int) -> Iterator[bytes]:
    size = file["chunkSize"]
    while start < end:
        n, offset = divmod(start, size)
        with _asking():
            chunk = _chunks().find_one({"files_id": file["_id"], "n": n}, {"data": 1})
        piece = chunk["data"][offset : offset + end - start] if chunk else b""
        if not piece:
            raise BlobMissing(file["filename"])
        yield piece
        start += len(piece)
