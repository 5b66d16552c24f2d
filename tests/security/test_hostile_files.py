"""Files that are sent to do harm: hostile names, false types, bombs, polyglots, scripts. Refused whole, or harmless."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask

from taskforge.attachments.content_types import SHOWN_INLINE, UNKNOWN, detect_type
from taskforge.attachments.names import MAX_NAME_BYTES, clean_name
from taskforge.attachments.service import attach_to_task
from taskforge.attachments.thumbnails import make_due
from taskforge.errors import InvalidInput
from tests.attachments.files import attach, row_of, rows, sent, stored_keys
from tests.factories import Person, make_task, make_team
from tests.pictures import picture_file

BOUNDARY = "----hostile"
NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "C:\\Users\\ada\\plan.txt": "plan.txt",
    "..": "file",
    "...": "file",
    "": "file",
    "/": "file",
    " .. ": "file",
    "a\x00b.txt": "ab.txt",
    "a\r\nSet-Cookie: x.txt": "a Set-Cookie: x.txt",
    "\u202egnp.exe": "gnp.exe",
    "\u2066evil\u2069.txt": "evil.txt",
    "\ufeffmark.txt": "mark.txt",
    "a\u2028b.txt": "ab.txt",
    'say "hi".txt': 'say "hi".txt',
    "e\u0301.txt": "\u00e9.txt",
    "\U0001f469\u200d\U0001f680.png": "\U0001f469\u200d\U0001f680.png",
    ".htaccess": ".htaccess",
}


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def task_id(ada: Person) -> str:
    return make_task(ada, make_team(ada))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size, with a row of pixels at most."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    chunks += [(b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def zip_bomb() -> bytes:
    """Ten megabytes of nothing in ten kilobytes."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", b"\0" * 10_000_000)
    return file.getvalue()


@pytest.mark.parametrize(("given", "shown"), NAMES.items())
def test_a_name_is_made_harmless(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\U0001f600"])
def test_a_long_name_keeps_its_extension_and_whole_letters(letter: str) -> None:
    name = clean_name(f"{letter * 300}.jpeg")
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert name.endswith(f"{letter}.jpeg")
    assert len(clean_name(f"a.{letter * 300}").encode()) <= MAX_NAME_BYTES


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ" + b"\0" * 200, "photo.png"),
        (b"<html><script>alert(1)</script>", "photo.jpg"),
        (b"plain words", "paper.pdf"),
        (picture_file("GIF"), "photo.webp"),
        (b"\xff\xd8\xff" + b"broken" * 20, "photo.jpg"),
        (picture_file("PNG")[:40], "photo.png"),
        (png_header(50_000, 50_000), "huge.png"),
        (png_header(50_000, 50_000), "huge.bin"),
        (b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\x0f\xff\xff\x0f", "huge.webp"),
    ],
)
@pytest.mark.usefixtures("inside")
def test_a_false_or_exploding_image_is_refused_and_nothing_is_stored(
    ada: Person, task_id: str, content: bytes, name: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        attach_to_task(ada.actor, task_id, sent(content, name))
    assert refused.value.message.endswith(".")
    assert stored_keys() == []
    assert rows("SELECT * FROM attachments") == []
    assert rows("SELECT * FROM team_files") == []


@pytest.mark.parametrize(
    ("content", "name", "mimetype"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            "a.svg",
            "image/svg+xml",
        ),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "a.xml", "image/svg+xml"),
        (b"\xef\xbb\xbf<!DOCTYPE html><body onload=alert(1)>", "a.txt", "text/html"),
        (b"hello <script>alert(1)</script>", "a.md", "text/html"),
        (b"MZ\x90\0" + b"\0" * 300, "setup.exe", UNKNOWN),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 100, "tool", UNKNOWN),
        (b"GIF89a=1;alert(1)//", "a.js", "image/gif"),
        (b"\0" * 500, "zeros", UNKNOWN),
    ],
)
def test_what_could_run_is_told_by_its_content_and_never_shown(
    content: bytes, name: str, mimetype: str
) -> None:
    found = detect_type(BytesIO(content), name)
    if mimetype == UNKNOWN:
        assert found not in SHOWN_INLINE
        assert not found.startswith("text/")
    else:
        assert found == mimetype
    if "script" in content.decode(errors="ignore"):
        assert found not in SHOWN_INLINE


@pytest.mark.usefixtures("inside")
def test_a_zip_bomb_is_stored_as_it_is_and_never_opened(ada: Person, task_id: str) -> None:
    attachment_id = attach(ada.actor, task_id, zip_bomb(), "bomb.zip")
    assert row_of(attachment_id)["mimetype"] == "application/zip"
    assert row_of(attachment_id)["thumbnail"] is None


@pytest.mark.usefixtures("inside")
def test_an_image_that_breaks_its_decoder_has_no_thumbnail_and_stops_nobody(
    ada: Person, task_id: str
) -> None:
    broken = attach(ada.actor, task_id, png_header(600, 600), "broken.png")
    good = attach(ada.actor, task_id, picture_file(), "good.png")
    assert make_due() == 2
    assert (row_of(broken)["thumbnail"], row_of(good)["thumbnail"]) == ("failed", "ready")


def test_a_form_that_is_cut_off_or_malformed_stores_nothing(
    app: Flask, ada: Person, task_id: str
) -> None:
    client = app.test_client(use_cookies=False)
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nwords'
    for body in (
        head,
        "",
        f"{head}\r\n--{BOUNDARY}",
        head.replace("a.txt", "a\x00.txt") + f"\r\n--{BOUNDARY}--\r\n",
    ):
        answer = client.post(
            f"/api/tasks/{task_id}/attachments",
            data=body.encode(),
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
            headers=ada.headers,
        )
        assert answer.status_code in (400, 415, 422), body
        assert answer.json["error"]["message"].endswith(".")
    with app.app_context():
        assert stored_keys() == []


@pytest.mark.parametrize(
    "name", ['q"; x="y.txt', "\u202etxt.exe", "\u00fcber \u2603.txt", "a" * 300 + ".txt"]
)
def test_a_header_with_any_name_has_one_line_and_one_name(
    app: Flask, ada: Person, task_id: str, name: str
) -> None:
    with app.app_context():
        attachment_id = attach(ada.actor, task_id, name=name)
    value = ada.api("GET", f"/attachments/{attachment_id}").headers["Content-Disposition"]
    assert value.isascii()
    assert value.startswith("attachment; filename=")
    assert value.count('"') == 2
    assert "\n" not in value
