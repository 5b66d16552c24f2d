"""What every blob store promises, asked of each of them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.stores.blobs.contract import MAX_PIECE_BYTES, BlobMissing, BlobStore, StoredBlob
from tests.together import at_once_inside

KEY = "a/0190b7a0-1111-7abc-8def-000000000001"
CONTENT = bytes(range(256)) * 2500 + b"the end"  # 640 kB, in three chunks of GridFS


def write(store: BlobStore, key: str = KEY, content: bytes = CONTENT) -> StoredBlob:
    pieces = (content[at : at + 100_000] for at in range(0, len(content), 100_000))
    return store.write(key, pieces)


def test_what_was_written_is_read_and_described(store: BlobStore) -> None:
    stored = write(store)
    assert stored == StoredBlob(len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert store.stat(KEY) == stored
    pieces = list(store.read(KEY))
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) <= MAX_PIECE_BYTES


def test_a_part_is_read_alone(store: BlobStore) -> None:
    write(store)
    chunk, size = 255 * 1024, len(CONTENT)
    for start, length in ((0, 1), (0, chunk), (chunk - 1, 2), (300_000, None), (size - 3, 99)):
        end = None if length is None else start + length
        assert b"".join(store.read(KEY, start, length)) == CONTENT[start:end]
    for start, length in ((7, 0), (size, None), (size + 5, 3)):
        assert b"".join(store.read(KEY, start, length)) == b""


def test_an_empty_blob_is_one(store: BlobStore) -> None:
    assert store.write(KEY, []) == StoredBlob(0, hashlib.sha256(b"").hexdigest())
    assert store.stat(KEY) is not None
    assert b"".join(store.read(KEY)) == b""


def test_what_is_not_there_is_missing(store: BlobStore) -> None:
    assert store.stat(KEY) is None
    with pytest.raises(BlobMissing):
        store.read(KEY)
    store.delete([KEY])


def test_writing_again_changes_nothing(store: BlobStore) -> None:
    assert write(store) == write(store)
    assert b"".join(store.read(KEY)) == CONTENT
    assert [key for key, _ in store.list_keys("", 10)] == [KEY]
    store.delete([KEY])
    assert store.stat(KEY) is None


def test_two_may_write_the_same_at_once(store: BlobStore, app: Flask) -> None:
    together = threading.Barrier(2)

    def pieces() -> Iterator[bytes]:
        yield CONTENT[:400_000]
        together.wait(60)
        yield CONTENT[400_000:]

    first, second = at_once_inside(app, [lambda: store.write(KEY, pieces())] * 2)
    assert first == second == store.stat(KEY)
    assert b"".join(store.read(KEY)) == CONTENT


def test_a_write_that_is_cut_off_leaves_nothing(store: BlobStore) -> None:
    def pieces() -> Iterator[bytes]:
        yield CONTENT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.write(KEY, pieces())
    assert store.stat(KEY) is None
    assert store.list_keys("", 10) == []
    assert store.purge_unfinished(clock.now() + timedelta(hours=1)) == 0


def test_deleted_blobs_are_gone_and_others_stay(store: BlobStore) -> None:
    for number in range(3):
        write(store, f"a/{number}", b"%d" % number)
    store.delete(["a/0", "a/2", "a/9"])
    assert [key for key, _ in store.list_keys("", 10)] == ["a/1"]
    with pytest.raises(BlobMissing):
        store.read("a/2")


def test_keys_are_listed_in_order_and_by_pages(store: BlobStore) -> None:
    before = clock.now() - timedelta(seconds=2)
    keys = ["a/1", "a/10", "a/2", "a_", "b", "t/1"]
    for key in reversed(keys):
        write(store, key, b"x")
    listed: list[str] = []
    while page := store.list_keys(listed[-1] if listed else "", 4):
        assert len(page) <= 4
        assert all(before <= at <= clock.now() + timedelta(seconds=2) for _, at in page)
        listed += [key for key, _ in page]
    assert listed == sorted(keys)


def test_what_is_no_key_is_refused(store: BlobStore) -> None:
    for key in ("", "a/../b/c.txt", "A", "a b", "ä", "~unfinished", "x" * 101):
        with pytest.raises(ValueError, match="not a key"):
            store.write(key, [b"x"])
        with pytest.raises(ValueError, match="not a key"):
            store.read(key)
