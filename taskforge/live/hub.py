"""The process's one subscription to live hints, and the streams to which it hands them on.

Runs on the web server's event loop only. Nothing here promises delivery: a stream that is ended, because it was slow
or because Redis went away, connects again and asks the database for what it missed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import redis
from redis import asyncio as async_redis

from taskforge.live.hints import HEARTBEAT, Hint, HintKind, decode, decode_inbox
from taskforge.messaging.keys import (
    BOARD_CHANNEL_PREFIX,
    PERSON_CHANNEL_PREFIX,
    board_channel,
    person_channel,
)

QUEUE_LENGTH = 100
RECONNECT_SECONDS = 1.0
CONNECT_SECONDS = 2.0
# A hint for very many streams is handed on in parts, so that the process serves pages between them.
STREAMS_AT_ONCE, PAUSE_SECONDS = 25, 0.002


class HubUnavailable(Exception):
    """Redis can't be subscribed to right now, or the process is stopping."""


class Listener:
    """The waiting hints of one stream, at most `QUEUE_LENGTH`: a stream that falls further behind is ended."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Hint | None] = asyncio.Queue(QUEUE_LENGTH)
        self._ended = False

    def give(self, hint: Hint) -> None:
        """Put a hint last; ends the stream when its queue is full."""
        if self._ended:
            return
        try:
            self._waiting.put_nowait(hint)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """End the stream; the hints that were waiting are dropped."""
        self._ended = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self, until: float) -> Hint | None:
        """The next hint; None when the stream is to end.

        Raises:
            TimeoutError: the event loop's clock has reached `until`, even if hints are waiting.
        """
        if asyncio.get_running_loop().time() >= until:
            raise TimeoutError
        async with asyncio.timeout_at(until):
            return await self._waiting.get()


class Hub:
    """Subscribes when the first stream joins, and again whenever Redis comes back.

    `on_presence` is called with a board's id when somebody has opened or closed that board, in any process.
    """

    def __init__(
        self,
        url: str,
        *,
        heartbeat_seconds: float,
        on_presence: Callable[[str], None] | None = None,
    ) -> None:
        self._url = url
        self._heartbeat_seconds = heartbeat_seconds
        self._on_presence = on_presence
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._subscribed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def join(self, user_id: str, board_id: str | None) -> Listener:
        """A listener to a person's inbox, and to a board: every hint that is published from now on reaches it.

        Raises:
            HubUnavailable: Redis did not take the subscription in time.
        """
        if self._stopping:
            raise HubUnavailable
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            await asyncio.wait_for(self._subscribed.wait(), CONNECT_SECONDS)
        except TimeoutError as error:
            raise HubUnavailable from error
        listener = Listener()
        for channel in _channels(user_id, board_id):
            self._listeners[channel].add(listener)
        return listener

    def leave(self, user_id: str, board_id: str | None, listener: Listener) -> None:
        """Forget a listener."""
        for channel in _channels(user_id, board_id):
            self._listeners[channel].discard(listener)
            if not self._listeners[channel]:
                del self._listeners[channel]

    async def publish(self, board_id: str, hint: Hint) -> None:
        """Hand a hint to all streams of a board that this process serves."""
        await _hand_on(hint, list(self._listeners.get(board_channel(board_id), ())))

    def stop(self) -> None:
        """End every stream for good: the process is about to exit."""
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
            await subscription.psubscribe(f"{BOARD_CHANNEL_PREFIX}*", f"{PERSON_CHANNEL_PREFIX}*")
            heartbeat_at = loop.time() + self._heartbeat_seconds
            heard = True
            while True:
                wait = max(0.0, heartbeat_at - loop.time())
                message = await subscription.get_message(timeout=wait)
                if message is not None:
                    heard = True
                    await self._receive(message)
                if loop.time() < heartbeat_at:
                    continue
                if not heard:
                    raise redis.ConnectionError("Redis does not answer the live subscription")
                await subscription.ping()
                heard = False
                heartbeat_at = loop.time() + self._heartbeat_seconds
                everybody = {one for group in self._listeners.values() for one in group}
                await _hand_on(HEARTBEAT, everybody)

    async def _receive(self, message: dict[str, Any]) -> None:
        if message["type"] == "psubscribe":
            self._subscribed.set()
        if message["type"] != "pmessage":
            return
        channel = message["channel"].decode("ascii", "replace")
        listeners = self._listeners.get(channel)
        if listeners is None:
            return
        of_person = channel.startswith(PERSON_CHANNEL_PREFIX)
        hint = decode_inbox(message["data"]) if of_person else decode(message["data"])
        if hint is None:
            return
        if hint.kind is not HintKind.PRESENCE:
            await _hand_on(hint, list(listeners))
        elif self._on_presence is not None:
            self._on_presence(channel.removeprefix(BOARD_CHANNEL_PREFIX))

    def _end_all(self) -> None:
        for group in self._listeners.values():
            for listener in group:
                listener.end()


def _channels(user_id: str, board_id: str | None) -> list[str]:
    return [person_channel(user_id), *([board_channel(board_id)] if board_id else [])]


async def _hand_on(hint: Hint, listeners: Iterable[Listener]) -> None:
    for number, listener in enumerate(listeners, 1):
        listener.give(hint)
        if number % STREAMS_AT_ONCE == 0:
            await asyncio.sleep(PAUSE_SECONDS)
