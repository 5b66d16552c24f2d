"""Who has a board open now: told to everybody else who has, whichever process serves them.

Every process marks the people of its streams in a sorted set of the board in Redis (``presence:board:<id>``,
scored by the time of the last mark) and marks them again before that grows old, so that whoever was served by a
process that died drops out.  Runs on the event loop only.  Redis away: nobody is told anything, and nobody minds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import NamedTuple

import redis
from redis import asyncio as async_redis

from taskforge.errors import TaskForgeError
from taskforge.ids import new_id
from taskforge.live.hints import CHANNEL
from taskforge.live.hub import HERE, Hint, Listener
from taskforge.text.people import Person

KEY = "presence:board:{board_id}"
KEPT_SECONDS = 60
# Those who come together, as after a restart, are told of together.
GATHER_SECONDS = 0.2
# A page that is reloaded leaves and comes back.
GRACE_SECONDS = 1.0
ANSWER_SECONDS = 2.0
MOST_READ = 2000
Name = Callable[[str, Collection[str]], Awaitable[tuple[list[Person], int]]]
Tell = Callable[[str, Hint], Awaitable[None]]


class Mark(NamedTuple):
    """Somebody at a board."""

    board_id: str
    user_id: str


class Told(NamedTuple):
    """Who was said to be at a board, and the words in which it was said."""

    user_ids: frozenset[str]
    hint: Hint


class Presence:
    """The people at the boards of this process's streams.

    `name` finds those of some people who belong to a board's team and how many they are; `tell` hands a hint to the
    streams of a board.
    """

    def __init__(self, url: str, *, stale_seconds: float, name: Name, tell: Tell) -> None:
        self._url = url
        self._stale_seconds = stale_seconds
        self._beat_seconds = stale_seconds / 2.5
        self._name = name
        self._tell = tell
        self._open: dict[str, Counter[str]] = defaultdict(Counter)
        self._marked: set[Mark] = set()
        self._left_at: dict[Mark, float] = {}
        self._asked: set[str] = set()
        self._told: dict[str, Told] = {}
        self._process = ""
        self._beat_at = 0.0
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, board_id: str, user_id: str, listener: Listener) -> None:
        """Somebody opened a stream; several of one person count once."""
        self._open[board_id][user_id] += 1
        self._left_at.pop(Mark(board_id, user_id), None)
        if board_id in self._told:
            listener.give(self._told[board_id].hint)
        self.ask(board_id)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def leave(self, board_id: str, user_id: str) -> None:
        """A stream of somebody ended."""
        people = self._open[board_id]
        people[user_id] -= 1
        if not people[user_id]:
            del people[user_id]
            self._left_at[Mark(board_id, user_id)] = asyncio.get_running_loop().time()
        if not people:
            del self._open[board_id]
            self._told.pop(board_id, None)
        self._woken.set()

    def ask(self, board_id: str) -> None:
        """Somebody may have come to a board or left it: look soon."""
        self._asked.add(board_id)
        self._woken.set()

    def stop(self) -> None:
        """The process is about to leave; what it marked grows old."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        self._process = self._process or new_id()
        client = async_redis.Redis.from_url(
            self._url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        )
        async with client:
            while self._open or self._marked:
                await self._wait()
                try:
                    await self._turn(client)
                except (redis.RedisError, OSError, TaskForgeError):
                    self._beat_at = 0.0  # all marks anew
                    await asyncio.sleep(ANSWER_SECONDS)
            self._task = None  # whoever joins while the client closes starts another

    async def _wait(self) -> None:
        now = asyncio.get_running_loop().time()
        next_at = min([self._beat_at, *(at + GRACE_SECONDS for at in self._left_at.values())])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(0.0, next_at - now))
        await asyncio.sleep(GATHER_SECONDS)
        self._woken.clear()

    async def _turn(self, client: async_redis.Redis) -> None:
        """Mark who came, unmark who left, and tell of both."""
        now = asyncio.get_running_loop().time()
        beats = now >= self._beat_at
        here = {Mark(board, user) for board, people in self._open.items() for user in people}
        gone = {
            mark
            for mark in self._marked - here
            if self._left_at.get(mark, 0.0) + GRACE_SECONDS <= now
        }
        asked, self._asked = self._asked, set()
        seconds, _ = await client.time()
        await self._write(client, seconds, here if beats else here - self._marked, gone)
        if beats:
            self._beat_at = now + self._beat_seconds
        changed = {mark.board_id for mark in (here - self._marked) | gone}
        self._marked = (self._marked | here) - gone
        self._left_at = {mark: at for mark, at in self._left_at.items() if mark in self._marked}
        marked = {
            mark.board_id for mark in here
        }  # whoever came since is not marked yet: the next turn's
        await self._look(client, seconds, sorted(marked if beats else (asked | changed) & marked))

    async def _write(
        self, client: async_redis.Redis, seconds: int, marks: set[Mark], gone: set[Mark]
    ) -> None:
        if not marks and not gone:
            return
        async with client.pipeline(transaction=False) as pipe:
            for board_id, members in self._members(marks).items():
                key = KEY.format(board_id=board_id)
                pipe.zadd(key, dict.fromkeys(members, seconds))
                pipe.zremrangebyscore(key, "-inf", seconds - KEPT_SECONDS)
                pipe.expire(key, KEPT_SECONDS)
            for board_id, members in self._members(gone).items():
                pipe.zrem(KEY.format(board_id=board_id), *members)
            for board_id in {mark.board_id for mark in (marks - self._marked) | gone}:
                pipe.publish(CHANNEL.format(board_id=board_id), HERE)
            await pipe.execute()

    def _members(self, marks: set[Mark]) -> dict[str, list[str]]:
        """The members of each board's set: a person with the process that serves them."""
        members: dict[str, list[str]] = defaultdict(list)
        for mark in marks:
            members[mark.board_id].append(f"{mark.user_id}:{self._process}")
        return members

    async def _look(self, client: async_redis.Redis, seconds: int, boards: list[str]) -> None:
        """Read who is at some boards, and tell where that has changed."""
        if not boards:
            return
        async with client.pipeline(transaction=False) as pipe:
            for board_id in boards:
                pipe.zrange(
                    KEY.format(board_id=board_id),
                    seconds - self._stale_seconds,
                    "+inf",
                    byscore=True,
                    offset=0,
                    num=MOST_READ,
                )
            found = await pipe.execute()
        for board_id, members in zip(boards, found, strict=True):
            user_ids = frozenset(member.decode().partition(":")[0] for member in members)
            known = self._told.get(board_id)
            if board_id in self._open and (known is None or known.user_ids != user_ids):
                people, total = await self._name(board_id, user_ids)
                self._told[board_id] = Told(user_ids, Hint(0, frame_of(people, total)))
                await self._tell(board_id, self._told[board_id].hint)


def frame_of(people: Iterable[Person], total: int) -> bytes:
    """The event that says who is here.  It has no id: the last change that a browser knows stays what it is."""
    named = [
        {"id": one.user_id, "name": one.display_name, "initials": one.initials, "hue": one.hue}
        for one in people
    ]
    data = json.dumps({"people": named, "count": total}, separators=(",", ":"))
    return f"event: here\ndata: {data}\n\n".encode()
