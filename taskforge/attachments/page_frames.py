"""What the process that draws a PDF says to the one that started it: a number, then pictures with their sizes.

The reader believes nothing of it: whoever breaks PDFium writes it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, NamedTuple

MAX_PICTURE_BYTES = 4_000_000  # of a page of 4 megapixels, however it is patterned
MAX_SIDE = 16_383  # of a WebP
MAX_COUNT = 1_000_000
_COUNT, _PICTURE = struct.Struct(">I"), struct.Struct(">HHI")


class Picture(NamedTuple):
    """A page as WebP, and its size in pixels."""

    width: int
    height: int
    content: bytes


def write_count(output: IO[bytes], count: int) -> None:
    """Say first how many pages there are."""
    output.write(_COUNT.pack(count))
    output.flush()


def write_picture(output: IO[bytes], width: int, height: int, content: bytes) -> None:
    """Say a picture, so that it is there whatever becomes of this process."""
    output.write(_PICTURE.pack(width, height, len(content)) + content)
    output.flush()


def read_count(output: IO[bytes]) -> int:
    """The number of pages that a process has said; 0 if it said none, or none that can be."""
    said = output.read(_COUNT.size)
    count = _COUNT.unpack(said)[0] if len(said) == _COUNT.size else 0
    return int(count) if count <= MAX_COUNT else 0


def read_pictures(output: IO[bytes], limit: int) -> Iterator[Picture]:
    """The pictures behind the number, at most so many, up to the first that is not whole."""
    for _ in range(limit):
        head = output.read(_PICTURE.size)
        if len(head) < _PICTURE.size:
            return
        width, height, size = _PICTURE.unpack(head)
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and size <= MAX_PICTURE_BYTES):
            return
        content = output.read(size)
        if len(content) < size or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
            return
        yield Picture(width, height, content)
