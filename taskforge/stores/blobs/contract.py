"""What every blob store does, whatever keeps the bytes: GridFS or an S3-compatible service.

A blob is a file's bytes under a key (`keys.py`). Whoever writes one puts a key and its content together for good: the
same key is never written with other bytes. What a blob is for, and who may read it, stands in PostgreSQL; a blob is
written before the row that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

MAX_PIECE_BYTES = 256 * 1024


class StoredBlob(NamedTuple):
    """A blob as it is stored: its size in bytes and the SHA-256 of its content in hexadecimal."""

    size: int
    sha256: str


class BlobsUnavailable(Exception):
    """The store can't be asked right now, or did not confirm. Callers translate it; it never reaches a person."""


class BlobMissing(Exception):
    """The store has no blob with this key, or not all of it."""


class BlobStore(Protocol):
    """Each method raises `BlobsUnavailable`, and ValueError for what is no key."""

    name: str

    def write(self, key: str, chunks: Iterable[bytes]) -> StoredBlob:
        """Store a blob piece by piece, in bounded memory. It is durable, and can be read, when this returns.

        Safe to repeat, also at the same time. Of a write that does not come to its end nothing can be read;
        `purge_unfinished` removes what it left. What iterating `chunks` raises passes through.
        """
        ...

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` on, at most `length` of them, in pieces of at most `MAX_PIECE_BYTES`.

        The blob is looked up at once, the pieces are fetched as they are asked for. The iterator has a ``close``.

        Raises:
            BlobMissing: at once where there is no such blob; from the iterator if it is deleted meanwhile.
        """
        ...

    def stat(self, key: str) -> StoredBlob | None:
        """Size and hash of a blob; None where there is none."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs; keys that have none are passed over."""
        ...

    def list_keys(self, after: str, limit: int) -> list[tuple[str, datetime]]:
        """Up to `limit` keys behind `after` in the order of their bytes, each with the instant of its writing.

        An empty list is the end; a shorter one need not be.
        """
        ...

    def purge_unfinished(self, before: datetime) -> int:
        """Remove what is left of writes and deletions that began before an instant and came to no end; how many."""
        ...
