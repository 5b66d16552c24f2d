"""Blobs in MongoDB: GridFS's own layout, what a killed process leaves, and what happens while MongoDB is away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import mongoengine
import pytest
from flask import Flask
from gridfs import GridFSBucket

from taskforge import clock
from taskforge.admin.maintenance import purge_unfinished_blobs
from taskforge.stores import mongo
from taskforge.stores.blobs.contract import BlobMissing, BlobsUnavailable
from taskforge.stores.blobs.gridfs_store import CHUNK_BYTES, CHUNKS, FILES, GridFSStore

KEY = "a/0190b7a0-1111-7abc-8def-000000000001"
CONTENT = b"0123456789abcdef" * 50_000


def test_other_programs_read_it_as_gridfs(gridfs: GridFSStore) -> None:
    gridfs.write(KEY, [CONTENT])
    bucket = GridFSBucket(mongoengine.get_db(), bucket_name="blobs")
    file = bucket.open_download_stream_by_name(KEY)
    assert file.read() == CONTENT
    assert (file.length, file.chunk_size) == (len(CONTENT), CHUNK_BYTES)


def test_what_a_killed_process_left_is_purged_after_a_while(gridfs: GridFSStore) -> None:
    seen: list[object] = []

    def pieces() -> Iterator[bytes]:
        yield CONTENT
        seen.extend(mongo.collection(FILES).find())
        seen.extend(mongo.collection(CHUNKS).find())
        yield CONTENT

    gridfs.write(KEY, pieces())
    gridfs.delete([KEY])
    file, *chunks = seen
    mongo.collection(FILES).insert_one(file)
    mongo.collection(CHUNKS).insert_many(chunks)
    assert gridfs.stat(KEY) is None
    assert gridfs.list_keys("", 10) == []
    assert purge_unfinished_blobs() == 0
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert purge_unfinished_blobs() == 1
    assert mongo.collection(CHUNKS).count_documents({}) == 0


def test_a_write_that_was_purged_meanwhile_is_not_taken_for_done(gridfs: GridFSStore) -> None:
    def pieces() -> Iterator[bytes]:
        yield CONTENT
        gridfs.purge_unfinished(clock.now() + timedelta(hours=1))

    with pytest.raises(BlobsUnavailable):
        gridfs.write(KEY, pieces())
    assert gridfs.stat(KEY) is None


def test_a_blob_that_is_deleted_while_it_is_read_ends_with_an_error(gridfs: GridFSStore) -> None:
    gridfs.write(KEY, [CONTENT])
    pieces = gridfs.read(KEY)
    next(pieces)
    gridfs.delete([KEY])
    with pytest.raises(BlobMissing):
        list(pieces)


def test_while_mongodb_is_away_the_store_says_so_and_its_breaker_opens(
    gridfs: GridFSStore, app: Flask
) -> None:
    gridfs.write(KEY, [CONTENT])
    config = app.config["TASKFORGE"]
    try:
        mongo.connect(
            config.replaced(mongodb_uri="mongodb://127.0.0.1:1/test", mongodb_timeout_ms=50)
        )
        for ask in (
            lambda: gridfs.write("a/1", [b"x"]),
            lambda: gridfs.read(KEY),
            lambda: gridfs.stat(KEY),
            lambda: gridfs.delete([KEY]),
            lambda: gridfs.list_keys("", 1),
        ):
            with pytest.raises(BlobsUnavailable):
                ask()
        assert mongo.breaker.is_open
    finally:
        mongo.connect(config)
    assert gridfs.stat(KEY) is not None
