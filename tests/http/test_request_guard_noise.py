"""Whatever bytes arrive at the request guard, there is an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.http.echo_app import FORM, MULTIPART, build_echo


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Co", "Cn", "Cf"]),
            max_size=10,
        ),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        max_size=5,
    )
)
def test_every_printable_form_arrives_as_it_was_sent(fields: dict[str, str]) -> None:
    client = build_echo().test_client()
    expected = {name: [value] for name, value in fields.items()}
    assert client.post("/echo", data=fields).get_json()["form"] == expected
    answer = client.get("/api/things", query_string=fields)
    assert answer.get_json() == expected


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=120),
    st.sampled_from(["application/json", FORM["content_type"], "multipart/form-data; boundary=B"]),
)
def test_any_bytes_as_a_body_get_an_answer(raw: bytes, content_type: str) -> None:
    client = build_echo().test_client()
    for path in ("/echo", "/api/things"):
        answer = client.post(path, data=raw, content_type=content_type)
        assert answer.status_code in {200, 400, 413, 415, 422}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--B",
                b"--B--",
                b"\r\n",
                b"\n",
                b'Content-Disposition: form-data; name="a"',
                b"x",
                b"\xff",
                b"Content-Type: text/plain",
                b":",
                b" ",
            ]
        ),
        max_size=14,
    ).map(b"".join)
)
def test_multipart_shaped_noise_gets_an_answer(raw: bytes) -> None:
    answer = build_echo().test_client().post("/echo", data=raw, **MULTIPART)
    assert answer.status_code in {200, 400, 413}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_as_an_address_get_an_answer(path: bytes, query: bytes) -> None:
    environ = {"PATH_INFO": "/" + path.decode("latin-1"), "QUERY_STRING": query.decode("latin-1")}
    answer = build_echo().test_client().get("/", environ_overrides=environ)
    assert answer.status_code in {200, 308, 400, 404}


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Say nothing: hostile requests would fill the report."""


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    server = make_server("127.0.0.1", 0, build_echo(), handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield ("127.0.0.1", server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /echo HTTP/1.0\r\n\r\n", 200),
        (b"GET /%ff HTTP/1.0\r\n\r\n", 400),
        (b"GET /%00 HTTP/1.0\r\n\r\n", 400),
        (b"GET /%c0%af HTTP/1.0\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo?a=%ff HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo?a=\xff HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo?a=%ED%A0%80 HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo//x HTTP/1.0\r\n\r\n", 404),
        (b"TRACE /echo HTTP/1.0\r\n\r\n", 405),
        (b"PROPFIND /echo HTTP/1.0\r\n\r\n", 405),
        (b"GET /echo HTTP/1.0\r\nCookie: " + b"a=1; " * 100 + b"\r\n\r\n", 400),
        (b"GET /echo HTTP/1.0\r\nCookie: a=" + b"x" * 9_000 + b"\r\n\r\n", 400),
        (b"GET /echo HTTP/1.0\r\nX-A: a\x01b\r\n\r\n", 400),
        (b"POST /echo HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx", 415),
        (b"POST /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\nx", 415),
    ],
)
def test_raw_requests_over_a_socket(
    address: tuple[str, int], request_bytes: bytes, status: int
) -> None:
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(request_bytes)
        answer = connection.recv(4_096)
    assert int(answer.split(b" ")[1]) == status
