"""Cuts a stream of bytes into pieces of one size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def cut(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of `size` bytes, of which only the last may be shorter; no piece is empty."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)
