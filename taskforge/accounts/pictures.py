"""Pictures of people: checked by their content, cut square, turned upright and encoded anew in two sizes.

Nothing of a file is kept but its pixels: neither its name nor what it says of place and camera, nor what may hide
behind its end. What it claims to be is not asked; its format is found in its first bytes, and its size in its header,
before any memory is used for its pixels.
"""

from __future__ import annotations

import hashlib
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from taskforge.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SMALL, LARGE = 64, 256  # pixels of each side, for the avatars and for pages
MEDIA_TYPE = "image/webp"
NAME_BYTES = 16
FIELD = "picture"
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# A picture of 40 megapixels takes up to 300 MB while it is read.
WAIT_SECONDS = 2.0
_turn = threading.Lock()

MISSING = "is missing: choose a file"
TOO_HEAVY = "may have at most 5 MB"
TOO_WIDE = "may have at most 40 megapixels"
UNKNOWN = "must be a PNG, JPEG, WebP or GIF"
BROKEN = "can't be read: the file is damaged or cut off"
BUSY = "Another picture is being read right now. Please try again."
# How the sensor was held (EXIF orientation), and what turns its picture upright.
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
ORIENTATION = 0x0112
# The decoders raise whatever their parts do on broken input.
DECODER_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    IndexError,
    TypeError,
)


@dataclass(frozen=True)
class Picture:
    """A picture in both sizes, as WebP; ``name`` depends on nothing but the content."""

    name: str
    small: bytes
    large: bytes


def make_picture(file: bytes) -> Picture:
    """The picture in a file that somebody sent.

    Raises:
        InvalidInput: it is too large, in no known format, damaged or cut off.
        Unavailable: pictures of others are being read.
    """
    if not file:
        raise InvalidInput.about(FIELD, MISSING)
    if len(file) > MAX_FILE_BYTES:
        raise InvalidInput.about(FIELD, TOO_HEAVY)
    with _one_at_a_time():
        large = _read(file)
        encoded = _encode(large)
        small = _encode(large.resize((SMALL, SMALL)))
    return Picture(hashlib.sha256(encoded).digest()[:NAME_BYTES].hex(), small, encoded)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise Unavailable(BUSY, retry_after=5)
    try:
        yield
    finally:
        _turn.release()


def _read(file: bytes) -> Image:
    """The pixels of a file: square, upright, `LARGE`, without transparency."""
    from PIL import (
        Image,
        UnidentifiedImageError,
    )  # 40 ms and 10 MB, for the few processes that need it

    if is_huge_webp(file):
        raise InvalidInput.about(FIELD, TOO_WIDE)
    try:
        with Image.open(BytesIO(file), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise InvalidInput.about(FIELD, TOO_WIDE)
            opened.draft("RGB", (2 * LARGE, 2 * LARGE))  # a JPEG is read smaller, and so sooner
            opened.load()
            return _square(opened, opened.getexif().get(ORIENTATION))
    except UnidentifiedImageError as error:
        raise InvalidInput.about(FIELD, UNKNOWN) from error
    except Image.DecompressionBombError as error:
        raise InvalidInput.about(FIELD, TOO_WIDE) from error
    except DECODER_ERRORS as error:
        raise InvalidInput.about(FIELD, BROKEN) from error


def _square(opened: Image, orientation: object) -> Image:
    from PIL import Image

    side = min(opened.size)
    left, top = (opened.width - side) // 2, (opened.height - side) // 2
    pixels = (
        opened.convert("RGBA")
        if "transparency" in opened.info or opened.mode in CLEAR_MODES
        else (opened.convert("RGB"))
    )
    cut = pixels.resize((LARGE, LARGE), box=(left, top, left + side, top + side), reducing_gap=2.0)
    # A new image has nothing of what the file said besides its pixels.
    made = Image.new("RGB", cut.size, "white")
    made.paste(cut, mask=cut.getchannel("A") if cut.mode == "RGBA" else None)
    return turn_upright(made, orientation)


def turn_upright(image: Image, orientation: object) -> Image:
    """An image as its camera was held, by the orientation of its EXIF data."""
    from PIL import Image

    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return image.transpose(Image.Transpose[turn]) if turn else image


# Modes with transparency.
CLEAR_MODES = ("RGBA", "LA", "PA", "La", "RGBa")


def _encode(image: Image) -> bytes:
    encoded = BytesIO()
    image.save(encoded, "WEBP", quality=82, method=4)
    return encoded.getvalue()


def is_huge_webp(file: bytes) -> bool:
    """Whether a WebP says that it has more than `MAX_PIXELS`: its decoder takes memory for all when it begins."""
    if file[:4] != b"RIFF" or file[8:12] != b"WEBP" or len(file) < 30:
        return False
    width, height = webp_size(file)
    return width * height > MAX_PIXELS


def webp_size(file: bytes) -> tuple[int, int]:
    """Width and height that the first 30 bytes of a WebP say it has."""
    kind = file[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(file[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(file[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (int.from_bytes(file[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    return width, height
