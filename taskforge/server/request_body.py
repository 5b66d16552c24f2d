"""Reads the body of a request on the event loop, into memory or, a longer one, into a file.

The files have no name, so that nothing is left of a process that dies. They lie in the system's directory for such
files (``TMPDIR``), which should be on a disk and not in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

from taskforge.http.asgi import Receive, Scope, Send

MAX_BODY_BYTES = 12 * 1024 * 1024
BODY_IN_MEMORY_BYTES = 512 * 1024
# What the long bodies of a process may take on the disk, all together.
MAX_SPOOLED_BYTES = 512 * 1024 * 1024
# A body must arrive within these seconds and, a longer one, not much slower than at this rate.
BODY_SECONDS = 20.0
BODY_BYTES_PER_SECOND = 16 * 1024
TOO_SLOW = (408, b"The request did not arrive in time.\n")
TOO_BUSY = (503, b"Too many files are being sent at the same time. Please try again in a moment.\n")

BodyLimit = Callable[[Scope], int]


class Refused(Exception):
    """The body is not read to its end: status and sentence of the answer, which the application does not make."""

    def __init__(self, status: int, sentence: bytes) -> None:
        super().__init__(status)
        self.status, self.sentence = status, sentence


class Body(NamedTuple):
    """A request's body.

    ``size`` in bytes is what was sent or announced; where it is over the limit, the stream is empty, and what is left
    of the body must not be read, not even to see the client leave.
    """

    stream: IO[bytes]
    size: int
    within_limit: bool = True

    @property
    def is_long(self) -> bool:
        """Whether it is in a file."""
        return self.size > BODY_IN_MEMORY_BYTES


def general_limit(_scope: Scope) -> int:
    """The most bytes of a body, if no route takes longer ones."""
    return MAX_BODY_BYTES


class BodyReader:
    """Reads the bodies of a process.

    ``limit_of`` says how long the body of a request may be. It is asked only for one that is longer than
    `MAX_BODY_BYTES`.
    """

    def __init__(self, limit_of: BodyLimit = general_limit) -> None:
        self._limit_of = limit_of
        self._spooled = 0

    @contextmanager
    def file(self) -> Iterator[IO[bytes]]:
        """A file for one body, which is gone at the end of the block."""
        with SpooledTemporaryFile(max_size=BODY_IN_MEMORY_BYTES) as file:
            try:
                yield file
            finally:
                self._spooled -= file.seek(0, 2)

    async def read(self, scope: Scope, receive: Receive, file: IO[bytes]) -> Body | None:
        """Read the body into ``file``; None if the client disconnected before its end.

        Of a body over the limit the application gets the size and an empty stream, and refuses it by its size with its
        own error page.

        Raises:
            Refused: the body comes too slowly, or all bodies together take too much of the disk.
        """
        try:
            size, limit = await self._read(scope, receive, file)
        except TimeoutError:
            raise Refused(*TOO_SLOW) from None
        if size is None:
            return None
        if size > limit:
            self._spooled -= file.seek(0, 2)
            file.seek(0)
            file.truncate(0)
        file.seek(0)
        return Body(file, size, size <= limit)

    async def _read(
        self, scope: Scope, receive: Receive, file: IO[bytes]
    ) -> tuple[int | None, int]:
        """The size, None of a client that left, and the limit."""
        began = asyncio.get_running_loop().time()
        announced = next((int(v) for name, v in scope["headers"] if name == b"content-length"), 0)
        limit = MAX_BODY_BYTES if announced <= MAX_BODY_BYTES else self._limit_of(scope)
        size = 0
        more = True
        while more and max(size, announced) <= limit:
            async with asyncio.timeout_at(began + BODY_SECONDS + size / BODY_BYTES_PER_SECOND):
                message = await receive()
            if message["type"] == "http.disconnect":
                return None, limit
            piece: bytes = message.get("body", b"")
            size += len(piece)
            if limit == MAX_BODY_BYTES < size:
                limit = self._limit_of(scope)
            self._spooled += file.write(piece)
            if self._spooled > MAX_SPOOLED_BYTES and size > BODY_IN_MEMORY_BYTES:
                raise Refused(*TOO_BUSY)
            more = message.get("more_body", False)
        return max(size, announced), limit


async def answer_refused(refused: Refused, send: Send) -> None:
    """Refuse a request whose body was not read; the server closes the connection, in which its rest could follow."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    if refused.status == TOO_BUSY[0]:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": refused.sentence})
