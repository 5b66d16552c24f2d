"""Moves blobs from one store to another, one at a time, while both are in use (`paired_store.py`).

A blob is copied, read back from where it was copied to, compared by its hash, and only then removed where it was. So at
every moment it can be read, and whoever begins again after an interruption goes on with what is left. Two moves at
the same time do each other no harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from taskforge.stores.blobs.contract import BlobMissing, BlobStore, StoredBlob

PAGE = 500


class Outcome(StrEnum):
    """What has become of a blob."""

    MOVED = "moved"
    GONE = "gone"  # deleted meanwhile, or moved by somebody else
    DAMAGED = "damaged"  # its bytes are not the ones that were written; it stays where it was
    DIFFERENT = "different"  # both stores have it, not the same; both stay, and the target's is the one that is read


class Step(NamedTuple):
    """A blob that has been dealt with; ``size`` in bytes is what was moved."""

    key: str
    outcome: Outcome
    size: int


class _Damaged(Exception):
    """The hash of what was read is another one than that of what was written."""


def count_blobs(store: BlobStore) -> int:
    """How many blobs a store has."""
    return sum(1 for _ in _keys(store))


def move_all(source: BlobStore, target: BlobStore) -> Iterator[Step]:
    """Move every blob that `source` has to `target`, and say of each what has become of it.

    Raises:
        BlobsUnavailable: one of the stores can't be asked.
    """
    for key in _keys(source):
        yield move_blob(source, target, key)


def move_blob(source: BlobStore, target: BlobStore, key: str) -> Step:
    """Move one blob; exceptions as `move_all`."""
    stored = source.stat(key)
    if stored is None:
        return Step(key, Outcome.GONE, 0)
    try:
        present = target.stat(key)
        if present is None:
            # An error on the way, and a hash that is another one, keep the target from finishing the blob.
            target.write(key, _checked(source.read(key), stored))
        elif present != stored:
            return Step(key, Outcome.DIFFERENT, 0)
        for _ in _checked(target.read(key), stored):
            pass
    except BlobMissing:
        return Step(key, Outcome.GONE, 0)
    except _Damaged:
        return Step(key, Outcome.DAMAGED, 0)
    source.delete([key])
    return Step(key, Outcome.MOVED, stored.size)


def _keys(store: BlobStore) -> Iterator[str]:
    after = ""
    while page := store.list_keys(after, PAGE):
        for key, _ in page:
            yield key
        after = page[-1][0]


def _checked(pieces: Iterable[bytes], stored: StoredBlob) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.hexdigest() != stored.sha256:
        raise _Damaged
