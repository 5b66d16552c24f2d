"""The process's one subscription to live hints, handed on to every stream that it serves.

Runs on the web server's event loop only.  Nothing here promises delivery: a stream that is ended,
because it was slow or because Redis went away, connects again and is told what it missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import redis
from redis import asyncio as async_redis

from taskforge.live.hints import CHANNEL

QUEUE_LENGTH = 100
RECONNECT_SECONDS = 1.0
CONNECT_SECONDS = 2.0
# A process serves pages between two parts of a long round.
CLIENTS_AT_ONCE, PAUSE_SECONDS = 25, 0.002
_PREFIX = CHANNEL.format(board_id="")


class BusAway(Exception):
    """Redis can't be subscribed to right now, or the process is stopping."""


class Hint(NamedTuple):
    """A change's number on its board (0: no change), and the lines that tell a browser of it."""

    seq: int
    frame: bytes


BEAT = Hint(0, b": beat\n\n")
# Published on a board's channel where somebody has come to it or left it.
HERE = b"here"


class Listener:
    """The waiting hints of one stream; a stream that falls too far behind is ended."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Hint | None] = asyncio.Queue(QUEUE_LENGTH)
        self._ended = False

    def give(self, hint: Hint) -> None:
        """Put a hint last."""
        if self._ended:
            return
        try:
            self._waiting.put_nowait(hint)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """End the stream; what was waiting is dropped."""
        self._ended = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self, until: float) -> Hint | None:
        """The next hint; None when the stream is to end.

        Raises:
            TimeoutError: the event loop's clock shows `until`, even if hints are waiting.
        """
        if asyncio.get_running_loop().time() >= until:
            raise TimeoutError
        async with asyncio.timeout_at(until):
            return await self._waiting.get()


class LiveBus:
    """Subscribes when the first stream joins, and again whenever Redis comes back."""

    def __init__(
        self, url: str, *, beat_seconds: float, on_here: Callable[[str], None] | None = None
    ) -> None:
        self._url = url
        self._beat_seconds = beat_seconds
        self._on_here = on_here  # called with the board's id
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._subscribed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def join(self, board_id: str) -> Listener:
        """A listener to a board: every hint that is published from now on reaches it.

        Raises:
            BusAway: Redis did not take the subscription in time.
        """
        if self._stopping:
            raise BusAway
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            await asyncio.wait_for(self._subscribed.wait(), CONNECT_SECONDS)
        except TimeoutError as error:
            raise BusAway from error
        listener = Listener()
        self._listeners[board_id].add(listener)
        return listener

    def leave(self, board_id: str, listener: Listener) -> None:
        """Forget a listener."""
        self._listeners[board_id].discard(listener)
        if not self._listeners[board_id]:
            del self._listeners[board_id]

    async def tell(self, board_id: str, hint: Hint) -> None:
        """Hand a hint to all streams of a board that this process serves."""
        await _hand_on(hint, list(self._listeners.get(board_id, ())))

    def stop(self) -> None:
        """End every stream for good: the process is about to leave."""
        self._stopping = True
        self._end_all()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                with contextlib.suppress(redis.RedisError, OSError):
                    await self._listen()
            finally:
                self._subscribed.clear()
                # Hints may be lost from here on: whoever connects again asks the database.
                self._end_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        """Hand on hints and heartbeats until the connection fails.

        Raises:
            redis.RedisError, OSError: Redis is away, or was silent between two heartbeats.
        """
        loop = asyncio.get_running_loop()
        client = async_redis.Redis.from_url(self._url, socket_connect_timeout=CONNECT_SECONDS)
        async with client, client.pubsub() as subscription:
            await subscription.psubscribe(f"{_PREFIX}*")
            beat_at = loop.time() + self._beat_seconds
            heard = True
            while True:
                wait = max(0.0, beat_at - loop.time())
                message = await subscription.get_message(timeout=wait)
                if message is not None:
                    heard = True
                    await self._take(message)
                if loop.time() < beat_at:
                    continue
                if not heard:
                    raise redis.ConnectionError("Redis does not answer the live subscription")
                await subscription.ping()
                heard = False
                beat_at = loop.time() + self._beat_seconds
                everybody = [one for group in self._listeners.values() for one in group]
                await _hand_on(BEAT, everybody)

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "psubscribe":
            self._subscribed.set()
        if message["type"] != "pmessage":
            return
        board_id = message["channel"].decode("ascii", "replace").removeprefix(_PREFIX)
        if board_id not in self._listeners:
            return
        if message["data"] == HERE and self._on_here:
            self._on_here(board_id)
        elif hint := _read_hint(message["data"]):
            await self.tell(board_id, hint)

    def _end_all(self) -> None:
        for group in self._listeners.values():
            for listener in group:
                listener.end()


def frame_of(kind: str, seq: int, **facts: Any) -> bytes:
    """One server-sent event; its id is the change's number on the board."""
    data = json.dumps({"seq": seq, **facts}, separators=(",", ":"))
    return f"id: {seq}\nevent: {kind}\ndata: {data}\n\n".encode()


def hint_of(facts: Any) -> Hint:
    """The hint of a change: ids and numbers of it, never content.

    ``task`` is there where the change shows on a card that is not its subject, as a comment does.
    """
    told = {name: facts[name] for name in ("event", "id", "version")}
    told |= {name: facts[name] for name in ("actor", "task") if facts.get(name)}
    return Hint(facts["seq"], frame_of("board", facts["seq"], **told))


def _read_hint(data: bytes) -> Hint | None:
    """A published hint; None for anything that no TaskForge has published."""
    try:
        facts = json.loads(data)
        return hint_of(facts) if isinstance(facts["seq"], int) else None
    except (ValueError, TypeError, KeyError):
        return None


async def _hand_on(hint: Hint, listeners: Iterable[Listener]) -> None:
    for number, listener in enumerate(listeners, 1):
        listener.give(hint)
        if number % CLIENTS_AT_ONCE == 0:
            await asyncio.sleep(PAUSE_SECONDS)
