"""Runs a WSGI application (Flask) behind an asynchronous (ASGI) web server.

The event loop reads a request's body and writes its answer; the application runs in a thread of a small pool. A slow
client therefore holds no thread, and thousands of idle connections can share the process with the pages. Why this
server: docs/decisions/0002-web-server.md.
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

from taskforge.http.asgi import CLIENT_GONE, AsgiApplication, Message, Receive, Scope, Send
from taskforge.http.cross_site import SAFE_METHODS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MAX_BODY_BYTES = 12 * 1024 * 1024
BODY_IN_MEMORY_BYTES = 512 * 1024
ANSWER_IN_MEMORY_BYTES = 1024 * 1024
STALLED_CLIENT_SECONDS = 30
# A body must arrive within these seconds and, a longer one, not much slower than at this rate.
BODY_SECONDS = 20.0
BODY_BYTES_PER_SECOND = 16 * 1024
TOO_SLOW = b"The request did not arrive in time.\n"


class ClientGoneError(Exception):
    """The client left while its answer was being sent."""


class Body(NamedTuple):
    """A request's body; ``size`` in bytes is what was sent or announced, also where the stream is empty."""

    stream: IO[bytes]
    size: int


class _Answer(NamedTuple):
    """What is left to send when the application has returned; ``start`` is None if it was sent already."""

    start: Message | None
    rest: bytes


def in_threads(wsgi: WSGIApplication, *, threads: int) -> AsgiApplication:
    """An ASGI application that runs the WSGI application ``wsgi`` in a pool of ``threads`` threads."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _refuse(scope["type"], receive, send)
            return
        with SpooledTemporaryFile(max_size=BODY_IN_MEMORY_BYTES) as file:
            try:
                body = await _read_body(scope, receive, file)
            except TimeoutError:
                await _answer_too_slow(send)
                return
            if body is None:
                return
            # What is left of a body that was refused must not be read, not even to see the client leave.
            watched = receive if body.size <= MAX_BODY_BYTES else None
            await _run_and_answer(pool, wsgi, environ_of(scope, body), watched, send)

    return application


def environ_of(scope: Scope, body: Body) -> WSGIEnvironment:
    """The WSGI environment of an ASGI request.

    The path comes from the raw bytes, so that text that is not UTF-8 reaches the application as it was sent. A chunked
    body has been put together: it has a length and no transfer coding. Headers with an underscore in the name are
    dropped: WSGI can't tell them from the ones with a hyphen, which a proxy may have checked or set.
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
    """Close a web socket at once: none are offered.

    Raises:
        NotImplementedError: for other kinds; a server takes it to mean that ``lifespan`` is not used.
    """
    if kind == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
        return
    raise NotImplementedError(kind)


async def _read_body(scope: Scope, receive: Receive, file: IO[bytes]) -> Body | None:
    """Read the body into ``file``; None if the client disconnected before its end.

    Of a body over the limit the application gets the size and an empty stream, and refuses it by its size with its own
    error page.

    Raises:
        TimeoutError: the body comes too slowly.
    """
    began = asyncio.get_running_loop().time()
    announced = next((int(v) for name, v in scope["headers"] if name == b"content-length"), 0)
    size = 0
    more = True
    while more and max(size, announced) <= MAX_BODY_BYTES:
        async with asyncio.timeout_at(began + BODY_SECONDS + size / BODY_BYTES_PER_SECOND):
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


async def _answer_too_slow(send: Send) -> None:
    """Refuse a request whose body did not arrive; the server closes the connection, in which its rest could follow."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_SLOW})


async def _run_and_answer(
    pool: ThreadPoolExecutor,
    wsgi: WSGIApplication,
    environ: WSGIEnvironment,
    receive: Receive | None,
    send: Send,
) -> None:
    """Run the application in a thread and send its answer, a short one in one message.

    A reading request of a client that has left is not begun, and stops where the application asks `CLIENT_GONE`.

    Raises:
        TimeoutError: the client has stopped reading its answer; the server then closes the connection.
    """
    loop = asyncio.get_running_loop()
    gone = threading.Event()
    environ[CLIENT_GONE] = gone.is_set

    async def send_or_give_up(message: Message) -> None:
        async with asyncio.timeout(STALLED_CLIENT_SECONDS):
            await send(message)

    def send_from_thread(message: Message) -> None:
        if gone.is_set():
            raise ClientGoneError
        asyncio.run_coroutine_threadsafe(send_or_give_up(message), loop).result()

    def run() -> _Answer:
        if gone.is_set() and environ["REQUEST_METHOD"] in SAFE_METHODS:
            raise ClientGoneError
        return _run(wsgi, environ, send_from_thread)

    watcher = asyncio.create_task(_watch(receive, gone)) if receive else None
    try:
        answer = await loop.run_in_executor(pool, contextvars.copy_context().run, run)
        if answer.start is not None:
            await send_or_give_up(answer.start)
        await send_or_give_up({"type": "http.response.body", "body": answer.rest})
    except ClientGoneError:
        return
    finally:
        gone.set()
        if watcher:
            watcher.cancel()


async def _watch(receive: Receive, gone: threading.Event) -> None:
    """Set `gone` when the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _run(
    wsgi: WSGIApplication, environ: WSGIEnvironment, send: Callable[[Message], None]
) -> _Answer:
    """Run the application to its end, in a thread.

    An answer that grows past ``ANSWER_IN_MEMORY_BYTES`` is sent piece by piece, as fast as the client takes it. The
    answer's iterable is closed in every case, as WSGI demands.
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
