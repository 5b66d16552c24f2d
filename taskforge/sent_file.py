"""A file that somebody sent, as it goes from the edges to the domain: read in pieces, never whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, NamedTuple

PIECE_BYTES = 64 * 1024


class SentFile(NamedTuple):
    """A file that somebody sent: the name and the type that their program gave it, and its size in bytes.

    Name and type are claims. The name has no control characters; it may be empty, or hold anything else.
    """

    name: str
    stream: IO[bytes]
    size: int
    mimetype: str = ""

    def chunks(self) -> Iterator[bytes]:
        """The content from its beginning, in pieces."""
        return pieces_of(self.stream)

    def head(self, size: int) -> bytes:
        """The first bytes, at most `size`."""
        self.stream.seek(0)
        return self.stream.read(size)


def pieces_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a stream from its beginning, in pieces of at most `PIECE_BYTES`."""
    stream.seek(0)
    while piece := stream.read(PIECE_BYTES):
        yield piece
