"""Files of pictures, as people send them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 40), (30, 60, 200)


def picture_file(
    kind: str = "PNG",
    size: tuple[int, int] = (120, 80),
    colour: tuple[int, ...] = RED,
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """A file with a picture of one colour."""
    file = BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def halves(size: tuple[int, int] = (300, 100), **options: Any) -> bytes:
    """A JPEG whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    file = BytesIO()
    image.save(file, "JPEG", quality=95, **options)
    return file.getvalue()


def opened(file: bytes) -> Image.Image:
    """A picture that was sent to a browser."""
    image = Image.open(BytesIO(file))
    image.load()
    return image


def colour_at(image: Image.Image, x: float, y: float) -> str:
    """Whether a place of a picture, in parts of its sides, is red or blue."""
    pixel = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(pixel, tuple)
    return "red" if pixel[0] > pixel[2] else "blue"
