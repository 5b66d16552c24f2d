"""Reads the body of a request on the event loop, into memory or, a longer one, into a file.

The files have no name, so that nothing is left of a process that dies. They lie in the system's directory for such
files (``TMPDIR``), which should be on a disk and not in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

import structlog

from taskforge.http.asgi import Receive, Scope, Send

log = structlog.get_logger()
MAX_BODY_BYTES = 12 * 1024 * 1024
BODY_IN_MEMORY_BYTES = 512 * 1024
# What the long bodies of a process may take on the disk, all together.
MAX_SPOOLED_BYTES = 512 * 1024 * 1024
# A body must arrive within these seconds and, a longer one, not much slower than at this rate. What came fast gives
# credit for a pause, but no more than `PAUSE_SECONDS`: what it takes of the disk would be others'.
BODY_SECONDS = 20.0
BODY_BYTES_PER_SECOND = 16 * 1024
PAUSE_SECONDS = 60.0
TOO_SLOW = (408, b"The request did not arrive in time.\n")
NO_SPACE = (503, b"There is no space for what you sent. Please tell whoever runs this server.\n")
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


class _Spool:
    """A body while it arrives, and how many bytes it is said to take; said before they are written, which may fail."""

    def __init__(self) -> None:
        self.file = SpooledTemporaryFile(max_size=BODY_IN_MEMORY_BYTES)  # noqa: SIM115  closed by `BodyReader.spool`
        self.size = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        self.size += len(piece)
        self.file.write(piece)

    def empty(self) -> int:
        """Give the bytes up; answers how many they were."""
        self.file.seek(0)
        self.file.truncate(0)
        size, self.size = self.size, 0
        return size


class BodyReader:
    """Reads the bodies of a process.

    ``limit_of`` says how long the body of a request may be. It is asked only for one that is longer than
    `MAX_BODY_BYTES`.
    """

    def __init__(self, limit_of: BodyLimit = general_limit) -> None:
        self._limit_of = limit_of
        self._spooled = 0

    @contextmanager
    def spool(self) -> Iterator[_Spool]:
        """Where one body is put, which is gone at the end of the block."""
        spool = _Spool()
        try:
            yield spool
        finally:
            self._spooled -= spool.size
            with suppress(OSError):  # of a full disk, at the last bytes
                spool.file.close()

    async def read(self, scope: Scope, receive: Receive, spool: _Spool) -> Body | None:
        """Read the body into a spool; None if the client disconnected before its end.

        Of a body over the limit the application gets the size and an empty stream, and refuses it by its size with its
        own error page.

        Raises:
            Refused: the body comes too slowly, all bodies together take too much of the disk, or the disk is full.
        """
        try:
            size, limit = await self._read(scope, receive, spool)
            if size is None:
                return None
            if size > limit:
                self._spooled -= spool.empty()
            spool.file.seek(0)
        except TimeoutError:
            raise Refused(*TOO_SLOW) from None
        except OSError as error:
            log.warning("body_not_spooled", why=str(error))
            raise Refused(*NO_SPACE) from error
        return Body(spool.file, size, size <= limit)

    async def _read(self, scope: Scope, receive: Receive, spool: _Spool) -> tuple[int | None, int]:
        """The size, None of a client that left, and the limit."""
        now = asyncio.get_running_loop().time
        until = now() + BODY_SECONDS
        announced = next((int(v) for name, v in scope["headers"] if name == b"content-length"), 0)
        limit = MAX_BODY_BYTES if announced <= MAX_BODY_BYTES else self._limit_of(scope)
        size = 0
        more = True
        while more and max(size, announced) <= limit:
            async with asyncio.timeout_at(until):
                message = await receive()
            if message["type"] == "http.disconnect":
                return None, limit
            piece: bytes = message.get("body", b"")
            size += len(piece)
            until = min(until + len(piece) / BODY_BYTES_PER_SECOND, now() + PAUSE_SECONDS)
            if limit == MAX_BODY_BYTES < size:
                limit = self._limit_of(scope)
            self._spooled += len(piece)
            spool.add(piece)
            if self._spooled > MAX_SPOOLED_BYTES and size > BODY_IN_MEMORY_BYTES:
                raise Refused(*TOO_BUSY)
            more = message.get("more_body", False)
        return max(size, announced), limit


async def answer_refused(refused: Refused, send: Send) -> None:
    """Refuse a request whose body was not read; the server closes the connection, in which its rest could follow."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    if refused.sentence == TOO_BUSY[1]:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": refused.sentence})
