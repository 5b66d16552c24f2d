"""Two stores as one, and moving files between them while they are read, deleted and written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from taskforge.s3_address import read_address
from taskforge.stores import blobs, mongo
from taskforge.stores.blobs.contract import BlobMissing, BlobStore
from taskforge.stores.blobs.gridfs_store import CHUNKS, GridFSStore
from taskforge.stores.blobs.moving import Outcome, move_all, move_blob
from taskforge.stores.blobs.paired_store import PairedStore
from taskforge.stores.blobs.s3_store import S3Store
from tests.blobs.s3_server import FaultyServer, forbidden

SIZE = 300 * 1024  # two chunks


def content(key: str) -> bytes:
    return key.encode() * (SIZE // len(key))


def fill(store: BlobStore, number: int) -> list[str]:
    keys = [f"a/{index:03}" for index in range(number)]
    for key in keys:
        store.write(key, [content(key)])
    return keys


def keys_of(store: BlobStore, at_once: int = 1000) -> list[str]:
    keys: list[str] = []
    while page := store.list_keys(keys[-1] if keys else "", at_once):
        keys += [key for key, _ in page]
    return keys


@pytest.fixture(params=["to s3", "to gridfs"])
def pair(request: pytest.FixtureRequest, s3: S3Store, gridfs: GridFSStore) -> PairedStore:
    """Both stores as one, in each order."""
    return PairedStore(s3, gridfs) if request.param == "to s3" else PairedStore(gridfs, s3)


def test_what_is_only_in_the_other_store_is_found(pair: PairedStore) -> None:
    pair.second.write("a/old", [b"old"])
    pair.write("a/new", [b"new"])
    assert (keys_of(pair.first), keys_of(pair.second)) == (["a/new"], ["a/old"])
    assert b"".join(pair.read("a/old", 1)) == b"ld"
    assert pair.stat("a/old") == pair.second.stat("a/old")
    assert keys_of(pair) == ["a/new", "a/old"]
    pair.delete(["a/old", "a/new"])
    assert keys_of(pair) == []


def test_keys_of_both_stores_are_listed_where_the_page_of_one_is_short(
    s3: S3Store, gridfs: GridFSStore, s3_client: Any, s3_url: str
) -> None:
    where = read_address(s3_url)
    s3_client.put_object(Bucket=where.bucket, Key=f"{where.folder}a/!none of ours", Body=b"x")
    for store, key in ((s3, "a/1"), (s3, "a/2"), (gridfs, "b/1"), (gridfs, "b/2")):
        store.write(key, [b"x"])
    assert keys_of(PairedStore(gridfs, s3), 2) == ["a/1", "a/2", "b/1", "b/2"]


def test_of_a_blob_in_both_stores_the_first_ones_is_read(pair: PairedStore) -> None:
    pair.second.write("t/1", [b"second"])
    pair.first.write("t/1", [b"first"])
    assert b"".join(pair.read("t/1")) == b"first"
    assert pair.stat("t/1") == pair.first.stat("t/1")
    pair.delete(["t/1"])
    with pytest.raises(BlobMissing):
        pair.read("t/1")


def test_a_blob_that_moves_while_it_is_read_is_read_to_its_end(pair: PairedStore) -> None:
    (key,) = fill(pair.second, 1)
    whole, part = pair.read(key), pair.read(key, 10, SIZE - 20)
    begun = next(whole)
    assert move_blob(pair.second, pair.first, key).outcome == Outcome.MOVED
    assert begun + b"".join(whole) == content(key)
    assert b"".join(part) == content(key)[10 : SIZE - 10]


def test_files_are_read_all_the_time_while_they_move(pair: PairedStore, app: Flask) -> None:
    keys = fill(pair.second, 6)
    wrong: list[str] = []
    read = threading.Event()
    done = threading.Event()

    def read_all() -> None:
        with app.app_context():
            while not done.is_set():
                wrong.extend(key for key in keys if b"".join(pair.read(key)) != content(key))
                read.set()

    reader = threading.Thread(target=read_all)
    reader.start()
    try:
        for step in move_all(pair.second, pair.first):
            assert step.outcome == Outcome.MOVED
            read.clear()
            assert read.wait(60)
    finally:
        done.set()
        reader.join(60)
    assert wrong == []
    assert (keys_of(pair.first), keys_of(pair.second)) == (keys, [])


def test_a_move_that_was_interrupted_goes_on_with_what_is_left(
    s3: S3Store, gridfs: GridFSStore, s3_server: FaultyServer
) -> None:
    keys = fill(gridfs, 3)
    steps = move_all(gridfs, s3)
    next(steps)
    with s3_server.faulty("PUT", "", forbidden), pytest.raises(blobs.BlobsUnavailable):
        next(steps)
    assert (keys_of(s3), keys_of(gridfs)) == (keys[:1], keys[1:])
    s3.write(keys[1], [content(keys[1])])  # a process was killed between copying and removing
    assert [step.outcome for step in move_all(gridfs, s3)] == [Outcome.MOVED] * 2
    assert (keys_of(s3), keys_of(gridfs)) == (keys, [])


def test_what_is_not_what_was_written_is_not_moved(s3: S3Store, gridfs: GridFSStore) -> None:
    damaged, different, fine = fill(gridfs, 3)
    chunk = mongo.collection(CHUNKS).find_one({"n": 1}, sort=[("files_id", 1)])
    assert chunk is not None
    mongo.collection(CHUNKS).update_one({"_id": chunk["_id"]}, {"$set": {"data": bytes(50_000)}})
    s3.write(different, [b"another thumbnail"])
    outcomes = {step.key: step.outcome for step in move_all(gridfs, s3)}
    assert outcomes == {
        damaged: Outcome.DAMAGED,
        different: Outcome.DIFFERENT,
        fine: Outcome.MOVED,
    }
    assert keys_of(gridfs) == [damaged, different]
    assert keys_of(s3) == [different, fine]


def test_what_is_deleted_while_it_moves_is_no_error(s3: S3Store, gridfs: GridFSStore) -> None:
    (key,) = fill(gridfs, 1)

    class Deleting(S3Store):
        def write(self, key: str, chunks: Iterator[bytes]) -> None:  # type: ignore[override]
            gridfs.delete([key])
            super().write(key, chunks)

    s3.__class__ = Deleting
    try:
        assert move_blob(gridfs, s3, key).outcome == Outcome.GONE
    finally:
        s3.__class__ = S3Store
    assert keys_of(s3) == []


def test_the_command_moves_all_and_says_so(s3_configured: Flask, gridfs: GridFSStore) -> None:
    fill(gridfs, 3)
    run = s3_configured.test_cli_runner().invoke
    refused = run(args=["taskforge", "move-files", "--to", "gridfs"])
    assert refused.exit_code == 1
    assert "Set FILE_STORE=gridfs" in refused.output
    moved = run(args=["taskforge", "move-files", "--to", "s3"])
    assert moved.exit_code == 0, moved.output
    assert "3 files moved and verified, 0.9 MB.\n0 left in gridfs." in moved.output
    assert keys_of(gridfs) == []
    assert keys_of(blobs.store()) == ["a/000", "a/001", "a/002"]


def test_the_command_names_what_it_could_not_move(
    s3_configured: Flask, gridfs: GridFSStore, s3: S3Store
) -> None:
    (key,) = fill(gridfs, 1)
    s3.write(key, [b"another"])
    done = s3_configured.test_cli_runner().invoke(args=["taskforge", "move-files", "--to", "s3"])
    assert done.exit_code == 1
    assert f"{key} is in both stores" in done.output
    assert "1 left in gridfs." in done.output


def test_without_a_second_store_there_is_nothing_to_move(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["taskforge", "move-files", "--to", "s3"])
    assert done.exit_code == 1
    assert "S3_URL is not set" in done.output


def test_the_store_for_files_is_among_those_that_are_watched(
    s3_configured: Flask, s3_server: FaultyServer
) -> None:
    client = s3_configured.test_client()
    assert client.get("/readyz").get_json()["stores"]["s3"] == "ok"
    with s3_server.faulty("HEAD", "", forbidden):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["degraded"]) == (200, ["s3"])
