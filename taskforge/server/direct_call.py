"""The way of a plain request through the application and back, without ASGI between them.

ASGI's way has a task for each request and for whoever watches its client, futures between threads and loop, time limits
around each message, and headers in another form. Here a thread runs the application and makes the bytes of the answer,
which the event loop writes: nothing else runs on the loop for a request. `PlainRequest` says which requests these are.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

import structlog

from taskforge.http.asgi import CLIENT_GONE
from taskforge.http.cross_site import SAFE_METHODS
from taskforge.server.answering import STALLED_CLIENT_SECONDS, Answer, Piece
from taskforge.server.page_threads import PageThreads
from taskforge.server.request_head import PlainRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = structlog.get_logger()
SERVER = "gunicorn/asgi"  # as for all other requests
FAILED = b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # in a header, a line break above all


class Direct(NamedTuple):
    """The short way: the application, its threads, and which plain requests must go through ASGI nevertheless."""

    wsgi: WSGIApplication
    threads: PageThreads
    needs_asgi: Callable[[WSGIEnvironment], bool]


class Connection(Protocol):
    """What a call needs of the connection on which its request came; all but `is_gone` on the event loop."""

    def is_gone(self) -> bool:
        """Whether the client has left."""

    def answered(self, call: DirectCall, data: bytes) -> None:
        """Write the beginning of an answer; the rest is sent by `DirectCall.send_rest`, if there is one."""

    def write(self, data: bytes) -> None:
        """Write more of it."""

    async def drain(self) -> None:
        """Wait until the client takes more."""


class DirectCall:
    """One request that is answered: `run` in a thread, all else on the event loop.

    ``keeps_alive`` says whether the connection may be used again behind the answer, ``has_rest`` whether there is more
    to send than `run` has made.
    """

    def __init__(
        self,
        wsgi: WSGIApplication,
        request: PlainRequest,
        connection: Connection,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        environ, self.keeps_alive = request
        environ[CLIENT_GONE] = connection.is_gone
        self.has_rest = False
        self._method: str = environ["REQUEST_METHOD"]
        self._left: int | None = None  # of the length that the answer says it has
        self._is_chunked, self._is_http_1_0 = False, environ["SERVER_PROTOCOL"] == "HTTP/1.0"
        self._answer = Answer(wsgi, environ)
        self._connection, self._loop = connection, loop

    def run(self) -> None:
        """Run the application and hand its answer over; a reading request of a client that has left is not begun."""
        data = b""
        try:
            if self._connection.is_gone() and self._method in SAFE_METHODS:
                self.keeps_alive = False
            else:
                data = self._begin()
        except BaseException:  # SystemExit would end the thread, unanswered
            log.exception("request_failed")
            data, self.keeps_alive, self.has_rest = FAILED, False, False
        with suppress(RuntimeError):  # the loop has ended: the process stops
            self._loop.call_soon_threadsafe(self._connection.answered, self, data)

    async def send_rest(self, threads: Executor) -> None:
        """Send the pieces of a long answer, each as soon as the client has taken most of what was sent before.

        Raises:
            TimeoutError: the client has stopped reading.
        """
        try:
            while self.has_rest and not self._connection.is_gone():
                await self._drain()
                piece = await self._loop.run_in_executor(threads, self._answer.go_on)
                self._connection.write(self._frame(piece))
                self.has_rest = not piece.is_last
            await self._drain()
        finally:
            if not self._answer.is_closed:
                self._loop.run_in_executor(threads, self._answer.close)

    async def _drain(self) -> None:
        async with asyncio.timeout(STALLED_CLIENT_SECONDS):
            await self._connection.drain()

    def _begin(self) -> bytes:
        piece = self._answer.begin()
        try:
            return self._encode(piece)
        finally:
            if not (self.has_rest or self._answer.is_closed):
                self._answer.close()

    def _encode(self, piece: Piece) -> bytes:
        """Status, headers and the first piece, or the only one."""
        answer = self._answer
        headers = [f"{name}: {value}" for name, value in answer.headers]
        if self._method == "HEAD" or answer.status[:3] in ("204", "304"):
            piece = Piece(b"", is_last=True)
        elif (announced := answer.announced) is not None:
            self._left = announced
            if piece.is_last and len(piece.data) < announced:
                self.keeps_alive = False
        elif piece.is_last:
            headers.append(f"Content-Length: {len(piece.data)}")
        elif self._is_http_1_0:
            self.keeps_alive = False
        else:
            self._is_chunked = True
            headers.append("Transfer-Encoding: chunked")
        if not self.keeps_alive:
            headers.append("Connection: close")
        lines = [f"HTTP/1.1 {answer.status}", *headers, f"Server: {SERVER}", f"Date: {_date()}"]
        if _UNSENDABLE.search("".join(lines)):
            raise ValueError("a control character in a header")
        data = "\r\n".join([*lines, "", ""]).encode("latin-1") + self._frame(piece)
        self.has_rest = not piece.is_last
        return data

    def _frame(self, piece: Piece) -> bytes:
        """A piece as it is sent: never more than was announced, and after less the connection is not used again."""
        if self._left is not None:
            data = piece.data[: self._left]
            self._left -= len(data)
            if piece.is_last and self._left:
                self.keeps_alive = False
            return data
        if not self._is_chunked:
            return piece.data
        chunk = b"%x\r\n%b\r\n" % (len(piece.data), piece.data) if piece.data else b""
        return chunk + LAST_CHUNK if piece.is_last else chunk


def _date() -> str:
    return _date_of(int(time.time()))


@lru_cache(maxsize=1)
def _date_of(second: int) -> str:
    return formatdate(second, usegmt=True)
