"""The size of an image, from its header alone: no memory is used for its pixels, whatever the header claims."""

from __future__ import annotations

from typing import IO, NamedTuple

from taskforge.accounts.pictures import (
    BROKEN,
    DECODER_ERRORS,
    FORMATS,
    MAX_PIXELS,
    TOO_WIDE,
    is_huge_webp,
)
from taskforge.attachments.content_types import FIELD
from taskforge.errors import InvalidInput


class ImageSize(NamedTuple):
    """Width and height in pixels, as the file has them (it may ask to be turned)."""

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
            size = ImageSize(*opened.size)
    except Image.DecompressionBombError as error:
        raise InvalidInput.about(FIELD, TOO_WIDE) from error
    except (UnidentifiedImageError, *DECODER_ERRORS) as error:
        raise InvalidInput.about(FIELD, BROKEN) from error
    file.seek(0)
    if size.width * size.height > MAX_PIXELS:
        raise InvalidInput.about(FIELD, TOO_WIDE)
    return size
