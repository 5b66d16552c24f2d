"""The process that draws one PDF: the file on standard input, its first pages as pictures on standard output.

It writes the number of pages, then a thumbnail of the first one, then the pages, each as soon as it is drawn
(`page_frames`). So what it has drawn is kept if its limits (`limited_process`) end it. It exits with 1 for what can't
be opened, as without its password, and at a page that can't be drawn. PDFium is built without JavaScript here, and
nothing of a PDF but its pages is asked for.
"""

from __future__ import annotations

import sys
from io import BytesIO
from typing import IO, TYPE_CHECKING

from taskforge.attachments.blob_keys import MAX_PAGES
from taskforge.attachments.limited_process import limit_itself
from taskforge.attachments.page_frames import write_count, write_picture
from taskforge.attachments.thumbnailer import SIDE

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

WIDTH, MAX_HEIGHT = (
    1240,
    3200,
)  # pixels: A4 at 150 dots per inch; a page that is longer is drawn less wide


def main() -> int:
    """Draw; answers the exit code."""
    limit_itself()
    try:
        draw(sys.stdin.buffer.read(), sys.stdout.buffer)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def draw(file: bytes, output: IO[bytes]) -> None:
    """Write the first pages of a PDF to `output`.

    Raises:
        Exception: whatever PDFium and the encoder raise on what is broken, or encrypted.
    """
    from pypdfium2 import PdfDocument

    document = PdfDocument(file)
    document.init_forms()  # what somebody filled in is drawn by the form, not by the page
    write_count(output, len(document))
    for index in range(min(len(document), MAX_PAGES)):
        picture = _draw_page(document, index)
        if index == 0:
            small = picture.copy()
            small.thumbnail((SIDE, SIDE), reducing_gap=2.0)
            _write(output, small)
        _write(output, picture)


def _draw_page(document: PdfDocument, index: int) -> Image:
    page = document[index]
    width, height = page.get_size()
    scale = min(WIDTH / width, MAX_HEIGHT / height)
    picture: Image = page.render(scale=scale).to_pil()
    page.close()
    return picture


def _write(output: IO[bytes], picture: Image) -> None:
    encoded = BytesIO()
    picture.save(encoded, "WEBP", quality=80, method=2)
    write_picture(output, picture.width, picture.height, encoded.getvalue())


if __name__ == "__main__":
    raise SystemExit(main())
