"""Malformed bytes over a socket to the real web server: what it lets through, the request guard refuses."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest


def ask(address: str, request: bytes) -> int:
    """Send the bytes and return the status of the answer."""
    target = urlsplit(address)
    with socket.create_connection((target.hostname, target.port), timeout=10) as connection:
        connection.sendall(request)
        answer = connection.makefile("rb").readline()
    assert answer.startswith(b"HTTP/1.1 "), answer
    return int(answer.split(b" ")[1])


def with_head(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    head = [line, b"Host: 127.0.0.1", b"Connection: close", *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (with_head(b"GET /livez HTTP/1.1"), {200}),
        (with_head(b"GET /api/%ff HTTP/1.1"), {400}),
        (with_head(b"GET /api/%00 HTTP/1.1"), {400}),
        (with_head(b"GET /api/%c0%af HTTP/1.1"), {400}),
        (with_head(b"GET /api/%ed%a0%80 HTTP/1.1"), {400}),
        (with_head(b"GET /api/\xff HTTP/1.1"), {400}),
        (with_head(b"GET /api/x?a=%ff HTTP/1.1"), {400}),
        (with_head(b"GET /api/x?a=\xff HTTP/1.1"), {400}),
        (with_head(b"GET /api/x?a=1&a=2 HTTP/1.1"), {400}),
        (with_head(b"GET /api//x HTTP/1.1"), {404}),
        (with_head(b"GET /api/x?" + b"a" * 100_000 + b" HTTP/1.1"), {400, 413, 414, 431}),
        (with_head(b"TRACE /api/x HTTP/1.1"), {400, 405}),
        (with_head(b"PROPFIND /api/x HTTP/1.1"), {400, 405}),
        (with_head(b"GET /api/x HTTP/1.1", b"X-A: a\x00b"), {400}),
        (with_head(b"GET /api/x HTTP/1.1", b"X-A: a\x01b"), {400}),
        (with_head(b"GET /api/x HTTP/1.1", b"Cookie: " + b"a=1; " * 1_000), {400, 431}),
        (with_head(b"POST /livez HTTP/1.1", b"Content-Length: -1"), {400, 405}),
        (with_head(b"POST /livez HTTP/1.1", b"Content-Length: 1", b"Content-Length: 2"), {400}),
        (
            with_head(
                b"POST /livez HTTP/1.1",
                b"Content-Length: 4",
                b"Transfer-Encoding: chunked",
                body=b"0\r\n\r\n",
            ),
            {400, 405},
        ),
        (with_head(b"NOT HTTP"), {400}),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else "",
)
def test_malformed_bytes_get_a_client_error(
    live_server: str, request_bytes: bytes, statuses: set[int]
) -> None:
    assert ask(live_server, request_bytes) in statuses
    assert ask(live_server, with_head(b"GET /livez HTTP/1.1")) == 200
