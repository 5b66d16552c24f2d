"""``GET /live/boards/<board_id>`` and ``/live/inbox``: what changes on a board and comes for a person, as events.

Runs on the event loop, in front of Flask, so that an open tab holds no thread. Who may listen is asked in a thread,
at the start and again every `live_check_seconds`. A browser that connects again names the last change that it knows
(``Last-Event-ID``, or ``after`` in the address) and is sent those since, from the audit log; so is a stream that
notices a gap in the numbers.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from flask import Flask

from taskforge.errors import RateLimited, TaskForgeError, Unavailable
from taskforge.extensions import config_of
from taskforge.http.asgi import Message, Receive, Scope, Send
from taskforge.http.security_headers import fixed_headers
from taskforge.live.hints import Hint, HintKind, reload_hint
from taskforge.live.hub import Hub, HubUnavailable, Listener
from taskforge.live.presence import Presence
from taskforge.live.request import StreamRequest, read_request
from taskforge.text.people import Person

CHECK_THREADS = 1  # holds one connection at most, whatever the number of streams
STREAMS_PER_PERSON = 30  # in one process
STALLED_SECONDS = 10
OPENING = b"retry: 3000\n: welcome\n\n"
Result = TypeVar("Result")


class StreamAccess(NamedTuple):
    """Who is listening, and the sequence number of the board's last change; 0 without a board.

    ``is_present``: whether others are shown that they are there.
    """

    user_id: str
    seq: int
    is_present: bool = True


class StreamSource(Protocol):
    """What streams ask the application. Each call runs in a thread, inside the application's context."""

    def authorise(self, request: StreamRequest) -> StreamAccess:
        """Who is asking; raises a `TaskForgeError` when they may not listen (any more)."""

    def missed(self, board_id: str, after: int) -> list[Hint]:
        """The changes of a board after a sequence number, oldest first; or one hint to reload."""

    def people(self, board_id: str, user_ids: Collection[str]) -> tuple[list[Person], int]:
        """Those of some users who belong to the board's team, as far as they are named; and how many they are."""


class LiveStreams:
    """The ASGI application of the streams of one process."""

    def __init__(self, app: Flask, source: StreamSource) -> None:
        self._app = app
        self._source = source
        config = config_of(app)
        self._check_seconds = config.live_check_seconds
        self._hops = config.hops
        self._hub = Hub(
            config.redis_url,
            heartbeat_seconds=config.live_beat_seconds,
            on_presence=lambda board_id: self._presence.refresh(board_id),
        )
        self._presence = Presence(
            config.redis_url,
            stale_seconds=config.live_presence_seconds,
            find_people=partial(self._in_thread, source.people),
            publish=self._hub.publish,
        )
        self._pool = ThreadPoolExecutor(CHECK_THREADS, thread_name_prefix="live")
        self._open: Counter[str] = Counter()
        self._reads: dict[tuple[str, int], asyncio.Task[list[Hint]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a stream, or refuse."""
        request = read_request(scope, self._app.config["SESSION_COOKIE_NAME"], self._hops)
        try:
            access = await self._in_thread(self._source.authorise, request)
            user_id = access.user_id
            if self._open[user_id] >= STREAMS_PER_PERSON:
                raise RateLimited(retry_after=30)
        except TaskForgeError as refusal:
            await self._refuse(refusal, send)
            return
        # Counted before the next await, so that requests that come together can't pass the limit together.
        self._open[user_id] += 1
        try:
            await self._serve(request, access, receive, send)
        finally:
            self._open[user_id] -= 1
            if not self._open[user_id]:
                del self._open[user_id]

    def count_open(self) -> int:
        """How many streams this process serves now."""
        return self._open.total()

    def stop(self) -> None:
        """End all streams, before the process exits."""
        self._hub.stop()
        self._presence.stop()

    async def _serve(
        self, request: StreamRequest, access: StreamAccess, receive: Receive, send: Send
    ) -> None:
        """Join the board's listeners and stream, until the end."""
        user_id = access.user_id
        present_on = request.board_id if access.is_present else None
        try:
            listener = await self._join(user_id, request.board_id)
        except Unavailable as refusal:
            await self._refuse(refusal, send)
            return
        if present_on is not None:
            self._presence.join(present_on, user_id, listener)
        watcher = asyncio.create_task(_end_when_gone(receive, listener))
        try:
            with suppress(TaskForgeError):  # no access any more, or no database
                await self._stream(request, access.seq, listener, send)
            await _write(send, b"", more=False)
        except TimeoutError:
            return  # nobody reads
        finally:
            watcher.cancel()
            self._hub.leave(user_id, request.board_id, listener)
            if present_on is not None:
                self._presence.leave(present_on, user_id)

    async def _join(self, user_id: str, board_id: str | None) -> Listener:
        try:
            return await self._hub.join(user_id, board_id)
        except HubUnavailable as error:
            raise Unavailable(retry_after=10) from error

    async def _stream(
        self, request: StreamRequest, seq: int, listener: Listener, send: Send
    ) -> None:
        """Send what was missed, then what comes, until the stream is ended or its reader has no access."""
        write = partial(_write, send)

        async def catch_up(last: int) -> int:
            missed = await self._missed(request.board_id, last)
            for hint in missed:
                await write(hint.frame)
            return missed[-1].seq if missed else last

        await send(self._start(200, "text/event-stream", "no-store, no-transform"))
        await write(OPENING)
        if request.after is not None and request.after > seq:  # from before a backup was put back
            await write(reload_hint(seq).frame)
        last = await catch_up(seq if request.after is None else min(request.after, seq))
        check_at = self._next_check()
        while True:
            try:
                hint = await listener.next(check_at)
            except TimeoutError:
                seq = (await self._in_thread(self._source.authorise, request)).seq
                check_at = self._next_check()
                last = await catch_up(last) if seq > last else last
                continue
            if hint is None:
                return
            if hint.seq > last + 1:
                last = max(await catch_up(last), hint.seq)
            elif hint.seq in (0, last + 1):
                await write(hint.frame)
                last = max(last, hint.seq)
            if hint.kind is HintKind.END:
                return

    async def _missed(self, board_id: str | None, after: int) -> list[Hint]:
        """The changes after one; streams that ask for the same at once share one answer."""
        if board_id is None:
            return []
        key = (board_id, after)
        read = self._reads.get(key)
        if read is None:
            read = asyncio.create_task(self._in_thread(self._source.missed, board_id, after))
            self._reads[key] = read
            read.add_done_callback(lambda _: self._reads.pop(key, None))
        return await asyncio.shield(read)

    async def _in_thread(self, function: Callable[..., Result], *values: Any) -> Result:
        def run() -> Result:
            with self._app.app_context():
                return function(*values)

        return await asyncio.get_running_loop().run_in_executor(self._pool, run)

    def _next_check(self) -> float:
        # Spread, so that a thousand tabs that connected together do not ask together.
        pause = self._check_seconds * random.uniform(0.7, 0.95)  # noqa: S311 - no secret
        return asyncio.get_running_loop().time() + pause

    def _start(self, status: int, kind: str, caching: str, **more: str) -> Message:
        headers = {
            **fixed_headers(config_of(self._app)),
            "Content-Type": kind,
            "Cache-Control": caching,
            "X-Accel-Buffering": "no",
            **more,
        }
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        return {"type": "http.response.start", "status": status, "headers": pairs}

    async def _refuse(self, refusal: TaskForgeError, send: Send) -> None:
        body = json.dumps({"error": refusal.as_dict()}).encode()
        retry_after = getattr(refusal, "retry_after", None)
        more = {"Retry-After": str(retry_after)} if retry_after else {}
        await send(self._start(refusal.status, "application/json", "no-store", **more))
        await send({"type": "http.response.body", "body": body})


async def _write(send: Send, frame: bytes, *, more: bool = True) -> None:
    """Send a frame. Raises TimeoutError when it is not taken; without `more` the answer ends with it."""
    message = {"type": "http.response.body", "body": frame, "more_body": more}
    await asyncio.wait_for(send(message), STALLED_SECONDS)


async def _end_when_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()
