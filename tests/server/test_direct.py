"""The short way of plain requests: which these are, and that both ways answer alike over a socket."""

from __future__ import annotations

import asyncio
import io
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from taskforge.http.asgi import CLIENT_GONE
from taskforge.server import answering, asgi_bridge, request_body
from taskforge.server.direct_call import FAILED, DirectCall
from taskforge.server.page_threads import PageThreads
from taskforge.server.request_head import HeadReader, PlainRequest
from tests.server.test_asgi_bridge import scope_of

SAID = {"REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000"}
HOST = b"Host: 127.0.0.1"
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


def head(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([line, HOST, *headers]) + b"\r\n\r\n" + body


def read(data: bytes) -> PlainRequest | None:
    return HeadReader().read(data, SAID)


@pytest.mark.parametrize(
    "data",
    [
        head(b"GET / HTTP/1.1")[:-1],
        head(b"GET / HTTP/1.1") + b"G",
        head(b"GET / HTTP/1.1").replace(b"\r\n", b"\n"),
        b"\r\n" + head(b"GET / HTTP/1.1"),
        head(b"GET  / HTTP/1.1"),
        head(b"GET / HTTP/1.1 "),
        head(b"get / HTTP/1.1"),
        head(b"CONNECT a:1 HTTP/1.1"),
        head(b"GET http://a/ HTTP/1.1"),
        head(b"GET /#a HTTP/1.1"),
        head(b"GET /\xff HTTP/1.1"),
        head(b"GET / HTTP/2.0"),
        head(b"GET / HTTP/1.1", HOST),
        head(b"GET / HTTP/1.1", b"X-A: 1", b"x-a: 2"),
        head(b"GET / HTTP/1.1", b"X_A: 1"),
        head(b"GET / HTTP/1.1", b"X-A : 1"),
        head(b"GET / HTTP/1.1", b" X-A: 1"),
        head(b"GET / HTTP/1.1", b"X-A"),
        head(b"GET / HTTP/1.1", b": 1"),
        head(b"GET / HTTP/1.1", b"X-A: a\x00b"),
        head(b"GET / HTTP/1.1", b"X-A: a\tb"),
        head(b"GET / HTTP/1.1", b"X-A: a\rb"),
        head(b"GET / HTTP/1.1", b"X-A: a\nX-B: c"),
        head(b"GET / HTTP/1.1", b"X-A: \xe9"),
        head(b"GET / HTTP/1.1", b"X-A: " + b"a" * 9_000),
        head(b"GET / HTTP/1.1", *(b"X-%d: 1" % number for number in range(101))),
        head(b"GET / HTTP/1.1", b"Connection: Upgrade"),
        head(b"GET / HTTP/1.1", b"Upgrade: h2c"),
        head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        head(b"POST / HTTP/1.1", b"Expect: 100-continue", b"Content-Length: 1", body=b"a"),
        head(b"POST / HTTP/1.1", b"Content-Length: 2", body=b"a"),
        head(b"POST / HTTP/1.1", b"Content-Length: 1", body=b"ab"),
        head(b"POST / HTTP/1.1", b"Content-Length: +1", body=b"a"),
        head(b"POST / HTTP/1.1", b"Content-Length: 1, 1", body=b"a"),
        head(b"POST / HTTP/1.1", body=b"a"),
    ],
    ids=lambda data: repr(data[:30] + data[-30:]),
)
def test_what_is_not_exactly_a_plain_request_is_left_to_the_server(data: bytes) -> None:
    assert read(data) is None


def test_a_plain_request_has_the_environment_that_it_has_by_asgi() -> None:
    names = {"content-type": "text/plain", "cookie": "a=1; b=2", "x-empty": "", "accept": "*/*"}
    given = [f"{name.title()}: {value} ".encode() for name, value in names.items()]
    target = b"/a%C3%A9/%2F?q=%20&r"
    data = head(b"POST " + target + b" HTTP/1.1", *given, b"Content-Length: 3", body=b"abc")
    short = read(data)
    assert short is not None
    scope = scope_of("POST", target, host="127.0.0.1", **names) | {"client": ("127.0.0.1", 1)}
    scope["headers"] = [(name.replace(b"_", b"-"), value) for name, value in scope["headers"]]
    usual = asgi_bridge.environ_of(scope, request_body.Body(io.BytesIO(b"abc"), 3))
    assert short.environ.pop("wsgi.input").read() == usual.pop("wsgi.input").read()
    assert short.environ | {"SERVER_NAME": usual["SERVER_NAME"]} == usual
    assert short.keeps_alive


@pytest.mark.parametrize("line", [b"GET / HTTP/1.0", b"GET / HTTP/1.1\r\nConnection: close"])
def test_a_connection_ends_where_its_client_says_so(line: bytes) -> None:
    request = read(head(line))
    assert request is not None
    assert not request.keeps_alive


class End:
    """A connection's end: what was written, and whether its client has left."""

    def __init__(self) -> None:
        self.written = b""
        self.has_left = False
        self.is_answered = asyncio.Event()

    def is_gone(self) -> bool:
        return self.has_left

    def answered(self, call: DirectCall, data: bytes) -> None:
        self.write(data)
        self.is_answered.set()

    def write(self, data: bytes) -> None:
        self.written += data

    async def drain(self) -> None:
        await asyncio.sleep(0)


def call(program: Any, data: bytes = head(b"GET / HTTP/1.1"), end: End | None = None) -> Any:
    """Answer a request by a program in a thread; the call, and what was written."""

    async def answer() -> tuple[DirectCall, bytes]:
        request, connection = read(data), end or End()
        assert request is not None
        threads = PageThreads(1)
        made = DirectCall(program, request, connection, asyncio.get_running_loop())
        threads.put(made.run)
        await connection.is_answered.wait()
        if made.has_rest:
            await made.send_rest(threads)
        return made, connection.written

    return asyncio.run(asyncio.wait_for(answer(), 20))


def answers(status: str, *headers: tuple[str, str], pieces: Iterable[bytes] = (b"abc",)) -> Any:
    def program(_environ: Any, start: Any) -> Iterable[bytes]:
        start(status, list(headers))
        return pieces

    return program


def test_an_answer_has_a_length_and_a_date_and_none_where_it_has_no_body() -> None:
    _, whole = call(answers("200 OK"))
    assert re.fullmatch(
        rb"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nServer: [^\r]+\r\nDate: [^\r]+ GMT\r\n\r\nabc",
        whole,
    )
    for made in (
        call(answers("304 NOT MODIFIED")),
        call(answers("204 NO CONTENT")),
        call(answers("200 OK"), head(b"HEAD / HTTP/1.1")),
    ):
        assert made[1].endswith(b"GMT\r\n\r\n")
        assert b"Content-Length" not in made[1]


def test_a_long_answer_comes_in_chunks_and_a_program_that_fails_ends_the_connection() -> None:
    piece = b"z" * (answering.PIECE_BYTES + 1)
    pieces = answering.ANSWER_IN_MEMORY_BYTES // len(piece) + 5
    made, sent = call(answers("200 OK", pieces=(piece for _ in range(pieces))))
    answer_head, _, body = sent.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in answer_head
    parts = re.sub(rb"[0-9a-f]+\r\n(z*)\r\n", rb"\1", body)
    assert parts == piece * pieces
    assert made.keeps_alive

    def fails(_environ: Any, _start: Any) -> Iterator[bytes]:
        raise RuntimeError("unexpected")

    for program in (fails, answers("200 OK", ("X-A", "1\r\nSet-Cookie: a=1"))):
        made, sent = call(program)
        assert (sent, made.keeps_alive) == (FAILED, False)


@pytest.mark.parametrize("pieces", [1, 20])
@pytest.mark.parametrize("surplus", [-1, 1])
def test_an_answer_of_another_length_than_announced_is_no_part_of_the_next_one(
    pieces: int, surplus: int
) -> None:
    piece = b"z" * (answering.PIECE_BYTES + 1)
    announced = len(piece) * pieces - surplus
    program = answers(
        "200 OK", ("Content-Length", str(announced)), pieces=(piece for _ in range(pieces))
    )
    made, sent = call(program)
    answer_head, _, body = sent.partition(b"\r\n\r\n")
    assert len(body) == min(announced, len(piece) * pieces)
    assert made.keeps_alive is (surplus > 0)
    assert (b"Connection: close" in answer_head) is (surplus < 0 and pieces == 1)


class Pieces:
    """The pieces of a long answer, or of one that fails, and whether they were closed."""

    def __init__(self, *, fail: bool = False) -> None:
        self.is_closed, self.fail = False, fail

    def __iter__(self) -> Iterator[bytes]:
        yield b"z"
        if self.fail:
            raise OSError("a damaged file")
        yield from [b"z" * answering.PIECE_BYTES] * 20

    def close(self) -> None:
        self.is_closed = True


def test_a_long_answer_is_closed_where_it_is_not_sent() -> None:
    """To HEAD, where a program makes a body nevertheless, and behind headers that can't be sent."""
    pieces = Pieces()
    made, sent = call(answers("200 OK", pieces=pieces), head(b"HEAD / HTTP/1.1"))
    assert sent.endswith(b"GMT\r\n\r\n")
    assert (made.keeps_alive, pieces.is_closed) == (True, True)
    pieces = Pieces()
    for value in ("1\r\nSet-Cookie: a=1", "a\x00b", "\u20ac"):
        _, sent = call(answers("200 OK", ("X-A", value), pieces=pieces))
        assert (sent, pieces.is_closed) == (FAILED, True)
    pieces = Pieces(fail=True)
    _, sent = call(answers("200 OK", pieces=pieces))
    assert (sent, pieces.is_closed) == (FAILED, True)


def test_a_program_that_exits_ends_neither_its_thread_nor_the_wait_for_an_answer() -> None:
    def exits(_environ: Any, _start: Any) -> Iterator[bytes]:
        raise SystemExit(1)

    made, sent = call(exits)
    assert (sent, made.keeps_alive) == (FAILED, False)


def test_a_client_that_has_left_is_not_read_for_but_its_change_is_made() -> None:
    asked: list[tuple[str, bool]] = []

    def program(environ: Any, start: Any) -> Iterable[bytes]:
        asked.append((environ["REQUEST_METHOD"], environ[CLIENT_GONE]()))
        return answers("200 OK")(environ, start)  # type: ignore[no-any-return]

    for method in (b"GET", b"POST"):
        end = End()
        end.has_left = True
        call(program, head(method + b" / HTTP/1.1"), end)
    assert asked == [("POST", True)]


def test_a_job_with_a_future_and_one_without_run_in_the_threads_and_end_with_them() -> None:
    threads, ran = PageThreads(2), threading.Event()
    threads.put(ran.set)
    assert ran.wait(10)
    assert threads.submit(lambda: 1 + 1).result(10) == 2
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).result(10)
    before = [thread for thread in threading.enumerate() if thread.name.startswith("page_")]
    threads.stop(10)
    assert len([thread for thread in before if thread.is_alive()]) <= len(before) - 2


def test_requests_of_both_ways_follow_each_other_on_a_connection(live_server: str) -> None:
    """Plain ones, two at once, one in two pieces, one with a chunked body, one that ends the connection."""
    plain = head(b"GET /livez HTTP/1.1")
    chunked = head(
        b"POST /login HTTP/1.1",
        b"Transfer-Encoding: chunked",
        b"Content-Type: application/x-www-form-urlencoded",
        body=b"3\r\na=1\r\n0\r\n\r\n",
    )
    last = head(b"HEAD /livez HTTP/1.0")
    asked = [plain, plain + plain, plain[:30], plain[30:], chunked, plain, plain * 3, last]
    expected = [1, 2, 0, 1, 1, 1, 3, 1]
    target = urlsplit(live_server)
    with socket.create_connection((target.hostname, target.port), timeout=30) as connection:
        statuses: list[bytes] = []
        for data, answers_due in zip(asked, expected, strict=True):
            connection.sendall(data)
            got = b""
            while len(STATUS.findall(got)) < answers_due or not _is_whole(got):
                if not (piece := connection.recv(65_536)):
                    break
                got += piece
            statuses += STATUS.findall(got)
        assert connection.recv(1) == b""
    assert [status for status in statuses if status != b"200"] == [statuses[4]]
    assert statuses[4] in (b"400", b"403")
    assert len(statuses) == sum(expected)


def _is_whole(got: bytes) -> bool:
    """Whether the last answer has come to its end, as far as its length tells."""
    answer_head, _, body = got[got.rfind(b"HTTP/1.") :].partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", answer_head)
    return not got or length is None or len(body) >= int(length[1]) or b"/1.0" in answer_head
