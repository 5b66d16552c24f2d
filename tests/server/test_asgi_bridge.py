"""The ASGI adapter, spoken to as the web server speaks to it."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from taskforge.http.asgi import CLIENT_GONE
from taskforge.server import answering, asgi_bridge, request_body

PIECE = b"z" * 200_000


def scope_of(method: str = "GET", target: bytes = b"/", **headers: str) -> dict[str, Any]:
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "raw_path": path,
        "query_string": query,
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 9),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }


class Client:
    """One request's two ends: hands out ``incoming``, then leaves or stays; keeps what was sent."""

    def __init__(self, incoming: Iterable[dict[str, Any]] = (), *, leaves: bool = False) -> None:
        self.incoming = list(incoming) or [body_message(b"")]
        self.leaves = leaves
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if self.incoming:
            return self.incoming.pop(0)
        if not self.leaves:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        await asyncio.sleep(0.01)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def body_message(piece: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": piece, "more_body": more}


def serve(program: Any, scope: dict[str, Any], client: Client) -> Client:
    application = asgi_bridge.in_threads(program, threads=2)
    asyncio.run(asyncio.wait_for(application(scope, client.receive, client.send), 10))
    return client


@Request.application
def echo(request: Request) -> Response:
    """Answers what arrived, as the real program would read it."""
    request.max_content_length = request_body.MAX_BODY_BYTES
    try:
        data = request.get_data()
    except HTTPException as refusal:
        return Response(str(refusal.code), status=refusal.code)
    seen = (request.environ["PATH_INFO"], request.headers.get("Cookie"), request.content_length)
    return Response(repr((*seen, data)))


def test_a_chunked_body_reaches_the_program_whole_and_with_its_length() -> None:
    pieces = [body_message(b"ab", more=True), body_message(b"cde")]
    client = serve(echo, scope_of("POST", transfer_encoding="chunked"), Client(pieces))
    assert client.body == b"('/', None, 5, b'abcde')"


def test_a_path_that_is_not_utf8_arrives_as_it_was_sent() -> None:
    client = serve(echo, scope_of(target=b"/%ff%C3%A9?q=1"), Client())
    assert client.body.decode().startswith("('/\xff\xc3\xa9'")


def test_several_cookie_headers_are_one_list_of_cookies() -> None:
    scope = scope_of()
    scope["headers"] = [(b"cookie", b"a=1"), (b"cookie", b"b=2")]
    assert b"'a=1; b=2'" in serve(echo, scope, Client()).body


def test_a_header_name_with_an_underscore_cannot_pass_for_the_real_one() -> None:
    scope = scope_of()
    scope["headers"] = [(b"x-real", b"1"), (b"x_real", b"2")]
    environ = asgi_bridge.environ_of(scope, request_body.Body(io.BytesIO(), 0))
    assert environ["HTTP_X_REAL"] == "1"


def test_a_body_announced_too_large_is_refused_without_being_read() -> None:
    client = Client([body_message(b"x", more=True)])
    serve(echo, scope_of("POST", content_length=str(request_body.MAX_BODY_BYTES + 1)), client)
    assert client.sent[0]["status"] == 413
    assert client.incoming


def test_a_chunked_body_that_grows_too_large_is_refused() -> None:
    half = b"x" * (request_body.MAX_BODY_BYTES // 2 + 1)
    pieces = [body_message(half, more=True), body_message(half, more=True), body_message(half)]
    client = serve(echo, scope_of("POST", transfer_encoding="chunked"), Client(pieces))
    assert client.sent[0]["status"] == 413
    assert len(client.incoming) == 1


def test_a_body_cut_short_never_reaches_the_program() -> None:
    client = Client([body_message(b"half", more=True)], leaves=True)
    assert serve(echo, scope_of("POST", content_length="100"), client).sent == []


def test_a_long_answer_is_sent_in_pieces_and_whole() -> None:
    client = serve(
        lambda environ, start: long_answer(start, threading.Event()), scope_of(), Client()
    )
    assert client.body == PIECE * 40
    assert len(client.sent) > 3


def test_a_long_answer_stops_when_the_client_leaves() -> None:
    closed = threading.Event()
    client = serve(lambda _, start: long_answer(start, closed), scope_of(), Client(leaves=True))
    assert closed.wait(2)
    assert len(client.body) < len(PIECE) * 40


def long_answer(start_response: Any, closed: threading.Event) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    try:
        for _ in range(40):
            yield PIECE
    finally:
        closed.set()


def test_a_client_that_stops_reading_gives_its_thread_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "STALLED_CLIENT_SECONDS", 0.2)
    closed = threading.Event()
    client = Client()

    async def send_never_ends(message: Any) -> None:
        await asyncio.Event().wait()

    client.send = send_never_ends  # type: ignore[method-assign]
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        serve(lambda _, start: long_answer(start, closed), scope_of(), client)
    assert closed.is_set()
    assert time.monotonic() - began < 5


def test_a_page_that_nobody_waits_for_learns_that_its_client_has_left() -> None:
    learned = threading.Event()

    def slow_page(environ: Any, start: Any) -> Iterable[bytes]:
        for _ in range(500):
            if environ[CLIENT_GONE]():
                learned.set()
                break
            time.sleep(0.01)
        start("200 OK", [])
        return [b""]

    serve(slow_page, scope_of(), Client(leaves=True))
    assert learned.is_set()


def test_a_page_whose_client_left_in_the_queue_is_not_begun_but_a_change_is() -> None:
    begun: list[str] = []

    def page(environ: Any, start: Any) -> Iterable[bytes]:
        begun.append(environ["REQUEST_METHOD"] + environ["PATH_INFO"])
        time.sleep(0.2)
        start("200 OK", [])
        return [b""]

    async def three_at_once() -> None:
        application = asgi_bridge.in_threads(page, threads=1)
        asked = [
            (scope_of(target=b"/first"), Client()),
            (scope_of(target=b"/second"), Client(leaves=True)),
            (scope_of("POST", target=b"/third"), Client(leaves=True)),
        ]
        await asyncio.gather(*(application(s, c.receive, c.send) for s, c in asked))

    asyncio.run(asyncio.wait_for(three_at_once(), 10))
    assert begun == ["GET/first", "POST/third"]


@pytest.mark.parametrize("drops", [0, 1, 40], ids=["nothing", "one byte", "drop by drop"])
def test_a_body_that_comes_too_slowly_is_refused(
    monkeypatch: pytest.MonkeyPatch, drops: int
) -> None:
    monkeypatch.setattr(request_body, "BODY_SECONDS", 0.3)
    client = Client([body_message(b"x", more=True)] * (drops + 1))
    give = client.receive

    async def drop() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return await give()

    client.receive = drop  # type: ignore[method-assign]
    began = time.monotonic()
    serve(echo, scope_of("POST", content_length="1000"), client)
    assert client.sent[0]["status"] == 408
    assert (b"connection", b"close") in client.sent[0]["headers"]
    assert time.monotonic() - began < 5


def test_a_long_body_has_the_time_that_its_size_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(request_body, "BODY_BYTES_PER_SECOND", 100)
    client = Client([body_message(b"x" * 500, more=number < 3) for number in range(4)])
    pieces = len(client.incoming)
    give = client.receive

    async def slowly() -> dict[str, Any]:
        if len(client.incoming) < pieces:  # the first one comes at once: nothing adds to its time
            await asyncio.sleep(0.08)
        return await give()

    client.receive = slowly  # type: ignore[method-assign]
    serve(echo, scope_of("POST", transfer_encoding="chunked"), client)
    assert client.sent[0]["status"] == 200


def test_a_short_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "STALLED_CLIENT_SECONDS", 0.2)
    client = Client()

    async def send_never_ends(message: Any) -> None:
        await asyncio.Event().wait()

    client.send = send_never_ends  # type: ignore[method-assign]
    with pytest.raises(TimeoutError):
        serve(echo, scope_of(), client)


def test_a_web_socket_is_refused() -> None:
    client = Client([{"type": "websocket.connect"}])
    assert serve(echo, {"type": "websocket"}, client).sent[0]["type"] == "websocket.close"
