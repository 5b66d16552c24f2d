"""Answers with files: whole, in parts, or not at all, with headers that make them harmless."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask, Response, request

from taskforge.config import Config
from taskforge.http.compression import init_compression
from taskforge.http.file_answers import ANY_TYPE, File, answer_with_file, disposition
from taskforge.http.security_headers import init_security_headers

CONTENT = bytes(range(200))
HASH = "ab" * 32
WRITTEN = datetime(2026, 11, 29, 12, 30, 15, 123000, UTC)
HTTP_WRITTEN = "Sun, 29 Nov 2026 12:30:15 GMT"


class Served:
    """A file behind an address, and what was opened of it."""

    def __init__(self) -> None:
        self.opened: list[tuple[int, int]] = []
        app = Flask("files")
        app.config.update(TASKFORGE=Config())
        init_security_headers(app)
        init_compression(app)
        app.add_url_rule("/", view_func=self.answer)
        self.client = app.test_client()

    def answer(self) -> Response:
        size = int(request.args.get("size", len(CONTENT)))
        mimetype = request.args.get("type", "image/png")
        file = File(name="plan.png", mimetype=mimetype, size=size, sha256=HASH, written_at=WRITTEN)
        return answer_with_file(file, self.read, inline="inline" in request.args)

    def read(self, start: int, length: int) -> Iterator[bytes]:
        self.opened.append((start, length))
        return iter([CONTENT[start : start + length]])

    def get(self, target: str = "/", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(target, headers=named)


@pytest.fixture
def served() -> Served:
    return Served()


def test_a_file_is_sent_whole_and_can_do_nothing(served: Served) -> None:
    answer = served.get()
    assert (answer.status_code, answer.data) == (200, CONTENT)
    expected = {
        "Content-Type": "image/png",
        "Content-Length": "200",
        "Content-Disposition": 'attachment; filename="plan.png"',
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{HASH}"',
        "Last-Modified": HTTP_WRITTEN,
    }
    assert {name: answer.headers.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=190-", 190, 200),
        ("bytes=190-999999999999999", 190, 200),
        ("bytes=-5", 195, 200),
        ("bytes=-999", 0, 200),
        ("Bytes= 3-3", 3, 4),
    ],
)
def test_a_range_is_sent_alone(served: Served, asked: str, start: int, end: int) -> None:
    answer = served.get(Range=asked)
    assert (answer.status_code, answer.data) == (206, CONTENT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/200"
    assert answer.headers["Content-Length"] == str(end - start)
    assert served.opened == [(start, end - start)]


@pytest.mark.parametrize("asked", ["bytes=200-", "bytes=200-300", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(served: Served, asked: str) -> None:
    answer = served.get(Range=asked)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */200")
    assert served.opened == []


def test_an_empty_file_has_no_range(served: Served) -> None:
    assert served.get("/?size=0", Range="bytes=0-").status_code == 416
    answer = served.get("/?size=0")
    assert (answer.status_code, answer.data, served.opened) == (200, b"", [])


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-2", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes=0-1;", "bytes=٣-٤"],
)
def test_what_is_no_single_range_is_answered_by_the_whole(served: Served, asked: str) -> None:
    answer = served.get(Range=asked)
    assert (answer.status_code, answer.data) == (200, CONTENT)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (f'"{HASH}"', 206),
        (f'W/"{HASH}"', 200),
        ('"other"', 200),
        (HTTP_WRITTEN, 206),
        ("Sun, 29 Nov 2026 12:30:16 GMT", 200),
        ("yesterday", 200),
    ],
)
def test_a_range_of_an_earlier_file_is_answered_by_the_whole(
    served: Served, condition: str, status: int
) -> None:
    assert served.get(Range="bytes=0-9", If_Range=condition).status_code == status


@pytest.mark.parametrize("known", [f'"{HASH}"', f'"x", W/"{HASH}"', "*"])
def test_a_browser_that_has_the_file_is_sent_nothing(served: Served, known: str) -> None:
    answer = served.get(If_None_Match=known, Range="bytes=0-9")
    assert (answer.status_code, answer.data, served.opened) == (304, b"", [])
    assert answer.headers["ETag"] == f'"{HASH}"'


def test_head_says_what_get_would_without_opening_the_file(served: Served) -> None:
    answer = served.client.head("/", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.data, served.opened) == (200, b"", [])
    assert answer.headers["Content-Length"] == "200"


@pytest.mark.parametrize(
    ("mimetype", "sent"),
    [
        ("application/pdf", "application/pdf"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
        *(
            (kind, ANY_TYPE)
            for kind in ("text/html", "image/svg+xml", "application/json", "x\r\ny")
        ),
        *((kind, ANY_TYPE) for kind in ("application/xhtml+xml", "text/xml", "application/wasm")),
        *((kind, ANY_TYPE) for kind in ("application/vnd.x+xml", "text/javascript", "")),
    ],
)
def test_what_a_browser_might_run_is_only_bytes(served: Served, mimetype: str, sent: str) -> None:
    answer = served.client.get("/", query_string={"inline": "", "type": mimetype})
    assert answer.headers["Content-Type"] == sent
    assert answer.headers["Content-Disposition"].startswith("inline") == (sent != ANY_TYPE)
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("Report 2026.pdf", "Report 2026.pdf", None),
        ("Gödel’s proof.pdf", "G_del_s proof.pdf", "Gödel’s proof.pdf"),
        ('../../etc/"passwd"\r\nX: y', "_.._etc__passwd___X_ y", None),
        ("C:\\evil.exe", "C__evil.exe", None),
        ("invoice\u202efdp.exe", "invoice_fdp.exe", None),
        ("50% off;*.txt", "50_ off;_.txt", "50% off;_.txt"),
        (" . ", "file", None),
        ("漢" * 100, "_" * 100, "漢" * 100),
    ],
)
def test_a_name_is_sent_so_that_every_browser_saves_it(
    name: str, plain: str, full: str | None
) -> None:
    value = disposition(name, inline=False)
    assert value.isascii()
    head, _, encoded = value.partition("; filename*=UTF-8''")
    assert head == f'attachment; filename="{plain}"'
    assert (unquote(encoded, errors="strict") or None) == full
