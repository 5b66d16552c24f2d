"""The size of an image, from its header alone: it is looked at by a few short reads, whatever is in the file.

No decoder opens it here. Those keep what stands before the pixels, or unpack it: a PNG of 60 kB takes 60 MB, and a JPEG
of 25 MB, most of it EXIF data, 47 MB and 4 seconds. They run in a process of their own (`thumbnailer`).
"""

from __future__ import annotations

import struct
from typing import IO, Any, NamedTuple

from taskforge.accounts.pictures import BROKEN, MAX_PIXELS, ORIENTATION, TOO_WIDE, webp_size
from taskforge.attachments.content_types import FIELD
from taskforge.errors import InvalidInput

MAX_PARTS = (
    5000  # chunks or segments before the pixels; a JPEG of 25 MB has 400 of the longest ones
)
MAX_EXIF_BYTES = 64 * 1024
LYING = frozenset({5, 6, 7, 8})  # orientations in which what is stored as a row is seen as a column
_PNG, _EXIF, _WEBP_HAS_EXIF = b"\x89PNG\r\n\x1a\n", b"Exif\0\0", 0x08
# Markers of a JPEG: frames, which begin with the size; those without a content; those behind which no frame comes.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_PIXELS_OR_END = frozenset({0xDA, 0xD9})
_APP1 = 0xE1


class ImageSize(NamedTuple):
    """Width and height in pixels, as the image is seen: a camera that was turned is allowed for."""

    width: int
    height: int


class _Damaged(Exception):
    """The header ends too early, or is none."""


def measure_image(file: IO[bytes]) -> ImageSize:
    """The size of a PNG, JPEG, GIF or WebP; the file is at its beginning again afterwards.

    Raises:
        InvalidInput: it has more than 40 megapixels, or its header is damaged.
    """
    try:
        width, height, orientation = _read(file)
    except _Damaged as error:
        raise InvalidInput.about(FIELD, BROKEN) from error
    finally:
        file.seek(0)
    if not (width and height):
        raise InvalidInput.about(FIELD, BROKEN)
    if width * height > MAX_PIXELS:
        raise InvalidInput.about(FIELD, TOO_WIDE)
    return ImageSize(height, width) if orientation in LYING else ImageSize(width, height)


def _read(file: IO[bytes]) -> tuple[int, int, int]:
    """Width, height and EXIF orientation as they stand in the file; the last is 0 where there is none."""
    file.seek(0)
    head = _take(file, 12)
    if head.startswith(_PNG):
        return _read_png(file)
    if head.startswith(b"GIF8"):
        return (*struct.unpack_from("<HH", head, 6), 0)
    if head.startswith(b"RIFF"):
        return _read_webp(file)
    return _read_jpeg(file)


def _read_png(file: IO[bytes]) -> tuple[int, int, int]:
    width = height = orientation = 0
    at = len(_PNG)
    for _ in range(MAX_PARTS):
        size, kind = _unpack(file, at, ">I4s")
        if kind == b"IHDR":
            width, height = _unpack(file, at + 8, ">II")
        elif kind == b"eXIf":
            orientation = _orientation(_exif(file, at + 8, size))
        elif kind == b"IDAT":
            return width, height, orientation
        at += 12 + size
    raise _Damaged


def _read_jpeg(file: IO[bytes]) -> tuple[int, int, int]:
    orientation, at = 0, 2
    for _ in range(MAX_PARTS):
        start, marker = _unpack(file, at, "BB")
        if start != 0xFF or marker in _PIXELS_OR_END:
            break
        if marker == 0xFF:  # filling
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            height, width = _unpack(file, at + 5, ">HH")
            return width, height, orientation
        else:
            (size,) = _unpack(file, at + 2, ">H")
            if marker == _APP1 and not orientation:
                orientation = _orientation(_exif(file, at + 4, size - 2))
            at += 2 + size
    raise _Damaged


def _read_webp(file: IO[bytes]) -> tuple[int, int, int]:
    file.seek(0)
    head = _take(file, 30)
    width, height = webp_size(head)
    if head[12:16] != b"VP8X" or not head[20] & _WEBP_HAS_EXIF:
        return width, height, 0
    at = 12
    for _ in range(MAX_PARTS):
        try:
            kind, size = _unpack(file, at, "<4sI")
        except _Damaged:  # the size is known by then
            break
        if kind == b"EXIF":
            return width, height, _orientation(_exif(file, at + 8, size))
        at += 8 + size + size % 2
    return width, height, 0


def _orientation(exif: bytes) -> int:
    """How the camera was held, by EXIF data (a TIFF's header and directory); 0 where they do not say it."""
    exif = exif.removeprefix(_EXIF)
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, start)
        for at in range(start + 2, start + 2 + 12 * entries, 12):
            (tag,) = struct.unpack_from(f"{order}H", exif, at)
            if tag == ORIENTATION:
                return int(struct.unpack_from(f"{order}H", exif, at + 8)[0])
    except struct.error:
        return 0
    return 0


def _exif(file: IO[bytes], at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(max(0, min(size, MAX_EXIF_BYTES)))


def _unpack(file: IO[bytes], at: int, form: str) -> tuple[Any, ...]:
    file.seek(at)
    return struct.unpack(form, _take(file, struct.calcsize(form)))


def _take(file: IO[bytes], size: int) -> bytes:
    taken = file.read(size)
    if len(taken) < size:
        raise _Damaged
    return taken
