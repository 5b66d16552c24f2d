"""What is made of the file of a picture, and which files are refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from taskforge.accounts import pictures
from taskforge.accounts.pictures import LARGE, SMALL, make_picture
from taskforge.errors import InvalidInput
from tests.pictures import colour_at, halves, opened, picture_file

ORIENTATION = 0x0112


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it has this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp_of(width: int, height: int) -> bytes:
    """The beginning of a WebP that says it has this size."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def zip_of(text: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("evil.html", text)
    return file.getvalue()


PNG, JPEG = picture_file("PNG"), picture_file("JPEG", (400, 300))
REFUSED = {
    "nothing": (b"", "is missing"),
    "text": (b"Hello, I am a picture.", "must be a PNG, JPEG, WebP or GIF"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "must be a PNG"),
    "html": (b"<!doctype html><script>1</script>", "must be a PNG"),
    "pdf": (b"%PDF-1.7 ...", "must be a PNG"),
    "zip": (zip_of(b"x"), "must be a PNG"),
    "tiff": (picture_file("TIFF"), "must be a PNG"),
    "bmp": (picture_file("BMP"), "must be a PNG"),
    "icon": (picture_file("ICO"), "must be a PNG"),
    "script in the dress of a GIF": (b"GIF89a/*" + b" " * 40 + b"*/=1;alert(1)//", "must be a PNG"),
    "cut off PNG": (PNG[: len(PNG) // 2], "can't be read"),
    "cut off JPEG": (JPEG[: len(JPEG) // 2], "can't be read"),
    "only the beginning": (PNG[:8], "must be a PNG"),
    "50,000 x 50,000 PNG": (png_of(50_000, 50_000), "may have at most 40 megapixels"),
    "8,000 x 8,000 PNG": (png_of(8_000, 8_000), "may have at most 40 megapixels"),
    "16,000 x 16,000 WebP": (webp_of(16_000, 16_000), "may have at most 40 megapixels"),
    "50,000 x 50,000 GIF": (
        b"GIF89a"
        + struct.pack("<HH", 50_000, 50_000)
        + b"\0\0\0,"
        + struct.pack("<HHHH", 0, 0, 50_000, 50_000)
        + b"\0\2\1\0\0;",
        "may have at most 40 megapixels",
    ),
    "few bytes for many pixels": (png_of(6_000, 6_000, b"\0" * 100), "can't be read"),
    "6 MB": (PNG + b"\0" * 6 * 1024 * 1024, "may have at most 5 MB"),
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_format_becomes_a_square_webp_in_two_sizes(kind: str) -> None:
    picture = make_picture(picture_file(kind))
    for file, side in ((picture.small, SMALL), (picture.large, LARGE)):
        image = opened(file)
        assert (image.format, image.size, image.mode) == ("WEBP", (side, side), "RGB")
        assert colour_at(image, 0.5, 0.5) == "red"
    assert len(picture.name) == 32
    assert make_picture(picture_file(kind)).name == picture.name


@pytest.mark.parametrize(
    ("mode", "colour"),
    [("RGBA", (200, 30, 40, 255)), ("LA", (90, 128)), ("L", (90,)), ("P", (3,)), ("1", (1,))],
)
def test_every_kind_of_pixel_is_read(mode: str, colour: tuple[int, ...]) -> None:
    value = colour if len(colour) > 1 else colour[0]
    file = io.BytesIO()
    Image.new(mode, (50, 50), value).save(file, "PNG")
    assert opened(make_picture(file.getvalue()).large).mode == "RGB"


def test_the_middle_is_cut_out() -> None:
    image = opened(make_picture(halves()).large)
    assert colour_at(image, 0.2, 0.5) == "red"
    assert colour_at(image, 0.8, 0.5) == "blue"


@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [(1, (0.1, 0.5)), (3, (0.9, 0.5)), (6, (0.5, 0.1)), (8, (0.5, 0.9)), (2, (0.9, 0.5))],
)
def test_a_photograph_is_turned_upright(orientation: int, red_at: tuple[float, float]) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = opened(make_picture(halves((200, 200), exif=exif)).large)
    assert colour_at(image, *red_at) == "red"


def test_nothing_of_the_file_is_kept_but_its_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Secret garden, 48.2 N"
    file = picture_file("JPEG", exif=exif, icc_profile=b"Secret profile" * 20, comment=b"Secret")
    picture = make_picture(file + zip_of(b"<script>Secret</script>"))
    for made in (picture.small, picture.large):
        assert b"Secret" not in made
        assert b"PK" not in made
        assert not opened(made).getexif()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_a_sentence(name: str) -> None:
    file, sentence = REFUSED[name]
    with pytest.raises(InvalidInput) as refused:
        make_picture(file)
    assert refused.value.fields["picture"].startswith(f"Picture {sentence}")


def test_a_picture_of_almost_40_megapixels_is_taken() -> None:
    assert make_picture(picture_file("PNG", (6_300, 6_300), (1,), mode="1")).name


def test_who_waits_too_long_for_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.01)
    with pictures._turn, pytest.raises(Exception, match="Another picture is being read"):
        make_picture(PNG)
