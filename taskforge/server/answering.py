"""Runs the WSGI application for one request in a thread, and sends its answer from the event loop.

A long answer is made piece by piece, each in a thread of the pool for as long as that takes. While a slow client takes
a piece, no thread waits for it.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from taskforge.http.asgi import CLIENT_GONE, Message, Receive, Send
from taskforge.http.cross_site import SAFE_METHODS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

# A shorter answer is sent at once, in one message.
ANSWER_IN_MEMORY_BYTES = 1024 * 1024
# Of a longer one no more is held at once than the piece that passes this.
PIECE_BYTES = 128 * 1024
STALLED_CLIENT_SECONDS = 30

Result = TypeVar("Result")


class Piece(NamedTuple):
    """Some of an answer's bytes, and whether they are the last ones."""

    data: bytes
    is_last: bool


class Answer:
    """The answer of the application to one request.

    Its steps are made one after the other, each in any thread, all in one context: what the application has put there
    is there when it goes on.
    """

    def __init__(self, wsgi: WSGIApplication, environ: WSGIEnvironment) -> None:
        self.status, self.headers = "", list[tuple[str, str]]()
        self.is_closed = False
        self._wsgi, self._environ = wsgi, environ
        self._iterable: Iterable[bytes] = ()
        self._pieces: list[bytes] = []
        self._context = contextvars.copy_context()
        self._lock = threading.Lock()

    @property
    def start(self) -> Message:
        """The first message of the answer, as ASGI has it."""
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in self.headers
        ]
        return {
            "type": "http.response.start",
            "status": int(self.status[:3]),
            "headers": headers,
        }

    @property
    def announced(self) -> int | None:
        """The length that the answer says it has, in bytes."""
        found = [int(value) for name, value in self.headers if name.lower() == "content-length"]
        return found[0] if found else None

    def begin(self) -> Piece:
        """Run the application; the whole answer, or the first piece of one that is long."""
        return self._in_turn(self._begin)

    def go_on(self) -> Piece:
        """The next piece."""
        return self._in_turn(partial(self._gather, PIECE_BYTES))

    def close(self) -> None:
        """Close the application's iterable, as WSGI demands, unless it has been closed behind its last piece."""
        self._in_turn(self._close)

    def _in_turn(self, step: Callable[[], Result]) -> Result:
        """Make a step when no other one is being made: that of a request that was cancelled runs on."""
        with self._lock:
            return self._context.run(step)

    def _begin(self) -> Piece:
        self._iterable = self._wsgi(self._environ, self._start_response)
        try:
            self._iterator = iter(self._iterable)
            return self._gather(ANSWER_IN_MEMORY_BYTES)
        except BaseException:
            if not self.is_closed:
                self._close()
            raise

    def _gather(self, enough: int) -> Piece:
        held = 0
        for piece in self._iterator:
            self._pieces.append(piece)
            held += len(piece)
            if held > enough or (held > PIECE_BYTES and self._announces_long()):
                return Piece(self._take(), is_last=False)
        self._close()
        return Piece(self._take(), is_last=True)

    def _take(self) -> bytes:
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        return data

    def _announces_long(self) -> bool:
        return (self.announced or 0) > ANSWER_IN_MEMORY_BYTES

    def _close(self) -> None:
        self.is_closed = True
        close = getattr(self._iterable, "close", None)
        if close is not None:
            close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return self._pieces.append


async def run_and_answer(
    pool: Executor,
    wsgi: WSGIApplication,
    environ: WSGIEnvironment,
    receive: Receive | None,
    send: Send,
) -> None:
    """Run the application in a thread of the pool and send its answer.

    A reading request of a client that has left is not begun, and stops where the application asks `CLIENT_GONE`. That
    the client leaves is noticed by `receive`, if it is given.

    Raises:
        TimeoutError: the client has stopped reading its answer; the server then closes the connection.
    """
    loop = asyncio.get_running_loop()
    gone = threading.Event()
    environ[CLIENT_GONE] = gone.is_set
    answer = Answer(wsgi, environ)

    def begin() -> Piece | None:
        is_unneeded = gone.is_set() and environ["REQUEST_METHOD"] in SAFE_METHODS
        return None if is_unneeded else answer.begin()

    watcher = asyncio.create_task(_watch(receive, gone)) if receive else None
    try:
        piece = await loop.run_in_executor(pool, begin)
        if piece is None:
            return
        try:
            await _send(send, answer.start)
            await _send_piece(send, piece)
            while not piece.is_last and not gone.is_set():
                piece = await loop.run_in_executor(pool, answer.go_on)
                await _send_piece(send, piece)
        finally:
            if not answer.is_closed:
                await loop.run_in_executor(pool, answer.close)
    finally:
        gone.set()
        if watcher:
            watcher.cancel()


async def _watch(receive: Receive, gone: threading.Event) -> None:
    """Set `gone` when the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


async def _send_piece(send: Send, piece: Piece) -> None:
    await _send(
        send,
        {"type": "http.response.body", "body": piece.data, "more_body": not piece.is_last},
    )


async def _send(send: Send, message: Message) -> None:
    """Send a message, or give up on a client that does not take it."""
    async with asyncio.timeout(STALLED_CLIENT_SECONDS):
        await send(message)
