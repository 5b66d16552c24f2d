"""The size of an image, told by its header without a decoder: as a browser shows it, and at little cost."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageOps

from taskforge.attachments.images import measure_image
from taskforge.errors import InvalidInput
from tests.pictures import picture_file

MB = 1024 * 1024
KINDS = {
    "png": ("PNG", {}),
    "jpeg": ("JPEG", {}),
    "progressive jpeg": ("JPEG", {"progressive": True}),
    "gif": ("GIF", {}),
    "webp": ("WEBP", {}),
    "lossless webp": ("WEBP", {"lossless": True}),
}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def heavy_gif() -> bytes:
    """A GIF that is nothing but comments, which a decoder joins one by one."""
    plain = picture_file("GIF")
    head = 13 + (3 * 2 ** ((plain[10] & 7) + 1) if plain[10] & 0x80 else 0)
    return plain[:head] + b"!\xfe" + (b"\xff" + b"a" * 255) * (8 * MB // 256) + b"\0" + plain[head:]


def heavy_png() -> bytes:
    """A PNG with texts that are 60 MB when they are unpacked, and a chunk of 8 MB that nobody knows."""
    text = b"k\0\0" + zlib.compress(b"a" * MB)
    plain = picture_file("PNG")
    return plain[:33] + chunk(b"zTXt", text) * 60 + chunk(b"juNk", bytes(8 * MB)) + plain[33:]


def heavy_jpeg() -> bytes:
    """A JPEG with 8 MB of EXIF data."""
    segment = b"\xff\xe1" + struct.pack(">H", 65_000) + b"Exif\0\0" + b"a" * 64_992
    plain = picture_file("JPEG")
    return plain[:2] + segment * 128 + plain[2:]


@pytest.mark.parametrize(("kind", "options"), KINDS.values(), ids=KINDS)
def test_the_size_is_the_one_that_a_decoder_finds(kind: str, options: Any) -> None:
    for size in ((1, 1), (300, 200), (1, 4000)):
        assert measure_image(BytesIO(picture_file(kind, size, **options))) == size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_camera_that_was_turned_is_allowed_for(kind: str) -> None:
    for orientation in range(1, 9):
        content = picture_file(kind, (300, 200), exif=turned(orientation).tobytes())
        seen = ImageOps.exif_transpose(Image.open(BytesIO(content)))
        assert measure_image(BytesIO(content)) == seen.size


@pytest.mark.parametrize("make", [heavy_gif, heavy_png, heavy_jpeg])
def test_what_stands_before_the_pixels_is_passed_over(make: Any) -> None:
    file = BytesIO(make())
    tracemalloc.start()
    try:
        assert measure_image(file) == (120, 80)
        assert tracemalloc.get_traced_memory()[1] < MB // 4
    finally:
        tracemalloc.stop()
    assert file.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff" * MB,
        b"\xff\xd8\xff\xe1\0\0" * 9,
        picture_file("PNG", (0x1, 0x1))[:40],
        picture_file("JPEG")[:60],
        picture_file("WEBP")[:29],
        b"GIF89a\0\0\0\0\0\0\0",
        b"\x89PNG\r\n\x1a\n" + chunk(b"noNe", b"") * 6000,
    ],
)
def test_a_broken_header_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        measure_image(BytesIO(content))


def test_exif_data_that_lead_nowhere_are_as_none() -> None:
    plain = picture_file("JPEG", (300, 200))
    for exif in (b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff", b"?" * 40):
        segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\0\0" + exif
        assert measure_image(BytesIO(plain[:2] + segment + plain[2:])) == (300, 200)
