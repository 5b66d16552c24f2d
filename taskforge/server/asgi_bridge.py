"""Serve the Flask program behind an asynchronous (ASGI) web server.

The event loop reads a request's body and writes its answer; the program itself runs in a thread of
a small pool.  So a slow client does not hold a thread, and thousands of idle connections can share
the process with the pages.  Why this server: docs/decisions/0002-web-server.md.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from taskforge.http.asgi import AsgiApplication, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MAX_BODY_BYTES = 12 * 1024 * 1024
BODY_IN_MEMORY_BYTES = 512 * 1024
ANSWER_IN_MEMORY_BYTES = 1024 * 1024
STALLED_CLIENT_SECONDS = 30


class ClientGoneError(Exception):
    """The client left while its answer was being sent."""


class Body(NamedTuple):
    """A request's body; ``size`` is what was sent or announced, even if it was not kept."""

    stream: IO[bytes]
    size: int


class _Answer(NamedTuple):
    """What is left to send once the program has returned; ``start`` is None if it has gone out."""

    start: Message | None
    rest: bytes


def in_threads(wsgi: WSGIApplication, *, threads: int) -> AsgiApplication:
    """An ASGI application that runs ``wsgi`` in a pool of ``threads`` threads."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _refuse(scope["type"], receive, send)
            return
        with SpooledTemporaryFile(max_size=BODY_IN_MEMORY_BYTES) as file:
            body = await _read_body(scope, receive, file)
            if body is None:
                return
            await _run_and_answer(pool, wsgi, environ_of(scope, body), receive, send)

    return application


def environ_of(scope: Scope, body: Body) -> WSGIEnvironment:
    """The WSGI environment of an ASGI request.

    The path is taken from the bytes on the wire, so that text which is not UTF-8 reaches the
    program as it was sent.  A chunked body has been put together: it has a length and no coding.
    A header name with an underscore is dropped: it would pass for the one with a hyphen, which a
    proxy may have checked.
    """
    host, port = scope.get("server") or ("localhost", 80)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"].partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.stream,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if b"_" in raw_name or name in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            continue
        key = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        separator = "; " if name == "COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    if body.size or scope["method"] in ("POST", "PUT", "PATCH"):
        environ["CONTENT_LENGTH"] = str(body.size)
    return environ


async def _refuse(kind: str, receive: Receive, send: Send) -> None:
    """Web sockets are not offered; the server's own start and stop messages need no work here."""
    if kind == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
        return
    raise NotImplementedError(kind)


async def _read_body(scope: Scope, receive: Receive, file: IO[bytes]) -> Body | None:
    """Read the body into ``file``; None if the client left before all of it had come.

    A body over the limit is not kept: the program is given its size with an empty stream, and
    refuses it by that size in its own words (``MAX_CONTENT_LENGTH``).
    """
    announced = next((int(v) for name, v in scope["headers"] if name == b"content-length"), 0)
    size = 0
    more = True
    while more and max(size, announced) <= MAX_BODY_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece: bytes = message.get("body", b"")
        size += len(piece)
        file.write(piece)
        more = message.get("more_body", False)
    size = max(size, announced)
    if size > MAX_BODY_BYTES:
        file.truncate(0)
    file.seek(0)
    return Body(file, size)


async def _run_and_answer(
    pool: ThreadPoolExecutor,
    wsgi: WSGIApplication,
    environ: WSGIEnvironment,
    receive: Receive,
    send: Send,
) -> None:
    """Run the program in a thread and send what it answers; a short answer goes out at once.

    A client that stops reading a long answer raises TimeoutError, on which the server drops it.
    """
    loop = asyncio.get_running_loop()
    gone = threading.Event()
    watchers: list[asyncio.Task[None]] = []

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    async def send_or_give_up(message: Message) -> None:
        if not watchers:
            watchers.append(asyncio.create_task(watch()))
        await asyncio.wait_for(send(message), STALLED_CLIENT_SECONDS)

    def send_from_thread(message: Message) -> None:
        if gone.is_set():
            raise ClientGoneError
        asyncio.run_coroutine_threadsafe(send_or_give_up(message), loop).result()

    in_context = contextvars.copy_context().run
    try:
        answer = await loop.run_in_executor(pool, in_context, _run, wsgi, environ, send_from_thread)
        if answer.start is not None:
            await send(answer.start)
        await send({"type": "http.response.body", "body": answer.rest})
    except ClientGoneError:
        return
    finally:
        gone.set()
        for watcher in watchers:
            watcher.cancel()


def _run(
    wsgi: WSGIApplication, environ: WSGIEnvironment, send: Callable[[Message], None]
) -> _Answer:
    """Run the program to its end, in a thread.

    An answer that grows past ``ANSWER_IN_MEMORY_BYTES`` is sent piece by piece, as fast as the
    client takes it.  Its iterable is closed whatever happens, as WSGI asks.
    """
    start: Message = {"type": "http.response.start"}
    pieces: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        start["status"] = int(status[:3])
        start["headers"] = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return pieces.append

    started = False
    held = 0
    iterable = wsgi(environ, start_response)
    try:
        for piece in iterable:
            pieces.append(piece)
            held += len(piece)
            if held <= ANSWER_IN_MEMORY_BYTES:
                continue
            if not started:
                send(start)
                started = True
            send({"type": "http.response.body", "body": b"".join(pieces), "more_body": True})
            pieces.clear()
            held = 0
    finally:
        close = getattr(iterable, "close", None)
        if close is not None:
            close()
    return _Answer(None if started else start, b"".join(pieces))
