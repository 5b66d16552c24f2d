"""The process that decodes one image: the file on standard input, its thumbnail as WebP on standard output.

It exits with 1 for what it can't decode, and is killed by its limits (`limited_process`) if that takes more memory or
time than an image of 40 megapixels needs.
"""

from __future__ import annotations

import sys
from io import BytesIO

from taskforge.accounts.pictures import (
    CLEAR_MODES,
    FORMATS,
    MAX_PIXELS,
    ORIENTATION,
    turn_upright,
)
from taskforge.attachments.limited_process import limit_itself

SIDE = 640  # pixels of the longer side at most: a card's width twice over


def main() -> int:
    """Make the thumbnail; answers the exit code."""
    limit_itself()
    try:
        made = make_thumbnail(sys.stdin.buffer.read())
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(made)
    return 0


def make_thumbnail(file: bytes) -> bytes:
    """An image, upright, as it fits into a square of `SIDE` pixels, on white; an animation's first frame.

    Raises:
        ValueError: it has more than 40 megapixels.
        Exception: whatever the decoders raise on what is broken.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(BytesIO(file), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (SIDE, SIDE))  # a JPEG is read smaller, and so sooner
        opened.load()
        orientation = opened.getexif().get(ORIENTATION)
        is_clear = "transparency" in opened.info or opened.mode in CLEAR_MODES
        mode = "RGBA" if is_clear else "RGB"
        # A copy of 40 megapixels takes 160 MB: only where the mode has to change.
        pixels = opened if opened.mode == mode else opened.convert(mode)
        pixels.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    # A new image has nothing of what the file said besides its pixels.
    made = Image.new("RGB", pixels.size, "white")
    made.paste(pixels, mask=pixels.getchannel("A") if is_clear else None)
    encoded = BytesIO()
    turn_upright(made, orientation).save(encoded, "WEBP", quality=80, method=4)
    return encoded.getvalue()


if __name__ == "__main__":
    raise SystemExit(main())
