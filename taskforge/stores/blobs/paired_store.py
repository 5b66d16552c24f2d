"""Two stores as one, while blobs move between them (`flask taskforge move-files`) or some are still in the other one.

New blobs are written to the first. A blob that both have is the first's: the other copy is what a move has not removed
yet. What the first lacks is looked for in the second, and then in the first again, to which it may just have moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from taskforge.stores.blobs.contract import BlobMissing, BlobStore, StoredBlob

MAX_MOVES = 2  # there and back, while one reads


class PairedStore:
    """The blob store of a TaskForge that knows two."""

    def __init__(self, first: BlobStore, second: BlobStore) -> None:
        self.first, self.second = first, second
        self.name = first.name

    def write(self, key: str, chunks: Iterable[bytes]) -> StoredBlob:
        """See `BlobStore.write`."""
        return self.first.write(key, chunks)

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `BlobStore.read`. A blob that moves while it is read is read on where it has moved to."""
        return self._follow(self._open(key, start, length), key, start, length)

    def stat(self, key: str) -> StoredBlob | None:
        """See `BlobStore.stat`."""
        return self.first.stat(key) or self.second.stat(key) or self.first.stat(key)

    def delete(self, keys: Iterable[str]) -> None:
        """See `BlobStore.delete`."""
        listed = list(keys)
        self.second.delete(listed)
        self.first.delete(listed)

    def list_keys(self, after: str, limit: int) -> list[tuple[str, datetime]]:
        """See `BlobStore.list_keys`."""
        pages = [self.second.list_keys(after, limit), self.first.list_keys(after, limit)]
        # A store may have more between the end of its page and that of the other's.
        end = min((page[-1][0] for page in pages if page), default="")
        found = {key: at for page in pages for key, at in page if key <= end}
        return sorted(found.items())[:limit]

    def purge_unfinished(self, before: datetime) -> int:
        """See `BlobStore.purge_unfinished`."""
        return self.first.purge_unfinished(before) + self.second.purge_unfinished(before)

    def _open(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        for store in (self.first, self.second):
            try:
                return store.read(key, start, length)
            except BlobMissing:
                continue
        return self.first.read(key, start, length)

    def _follow(
        self, pieces: Iterator[bytes], key: str, start: int, length: int | None
    ) -> Iterator[bytes]:
        end = None if length is None else start + length
        moves = 0
        try:
            while True:
                try:
                    piece = next(pieces, None)
                except BlobMissing:
                    moves += 1
                    if moves > MAX_MOVES:
                        raise
                    pieces = self._open(key, start, None if end is None else end - start)
                    continue
                if piece is None:
                    return
                yield piece
                start += len(piece)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
