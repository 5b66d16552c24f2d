"""The size of an image, from its header alone: no memory is used for its pixels, whatever the header claims."""

from __future__ import annotations

from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from taskforge.accounts.pictures import (
    BROKEN,
    DECODER_ERRORS,
    FORMATS,
    MAX_PIXELS,
    ORIENTATION,
    TOO_WIDE,
    is_huge_webp,
)
from taskforge.attachments.content_types import FIELD
from taskforge.errors import InvalidInput

if TYPE_CHECKING:
    from PIL.Image import Image

ON_ITS_SIDE = frozenset({5, 6, 7, 8})  # orientations of EXIF with height and width exchanged


class ImageSize(NamedTuple):
    """Width and height in pixels, as the image is shown: turned upright if the file asks for it."""

    width: int
    height: int


def measure_image(file: IO[bytes]) -> ImageSize:
    """The size of an image; the file is at its beginning again afterwards.

    Raises:
        InvalidInput: it has more than 40 megapixels, or its header is damaged.
    """
    from PIL import Image, UnidentifiedImageError  # see `taskforge.accounts.pictures`

    head = file.read(32)
    file.seek(0)
    if is_huge_webp(head):
        raise InvalidInput.about(FIELD, TOO_WIDE)
    try:
        with Image.open(file, formats=FORMATS) as opened:
            size = _shown_size(opened)
    except Image.DecompressionBombError as error:
        raise InvalidInput.about(FIELD, TOO_WIDE) from error
    except (UnidentifiedImageError, *DECODER_ERRORS) as error:
        raise InvalidInput.about(FIELD, BROKEN) from error
    file.seek(0)
    if size.width * size.height > MAX_PIXELS:
        raise InvalidInput.about(FIELD, TOO_WIDE)
    return size


def _shown_size(opened: Image) -> ImageSize:
    """The size of an opened image. Not by `getexif`, which decodes a PNG that has no orientation before its pixels."""
    from PIL.Image import Exif

    about, is_turned = Exif(), False
    with suppress(*DECODER_ERRORS):  # of data about the picture that is damaged
        about.load(opened.info.get("exif") or b"")
        is_turned = about.get(ORIENTATION) in ON_ITS_SIDE
    width, height = opened.size
    return ImageSize(height, width) if is_turned else ImageSize(width, height)
