"""Who has a board open now: sent to everybody else who has, whichever process serves them.

Every process marks the people of its streams in a sorted set of the board in Redis (`keys.BOARD_PRESENCE`, scored by
the time of the last mark) and marks them again with each heartbeat. Marks that grow stale no longer count, so that
the people of a process that died disappear. Runs on the event loop only. While Redis is unavailable nobody is sent
anything, and nothing fails.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple

import redis
from redis import asyncio as async_redis

from taskforge.errors import TaskForgeError
from taskforge.ids import new_id
from taskforge.live.hints import ENCODED_PRESENCE_CHANGED, Hint, presence_hint
from taskforge.live.hub import Listener
from taskforge.messaging.keys import BOARD_PRESENCE, board_channel
from taskforge.text.people import Person

# People who come together, as after a restart, are sent in one hint.
GATHER_SECONDS = 0.2
# A page that is reloaded leaves and comes back: that is no news.
GRACE_SECONDS = 1.0
ANSWER_SECONDS = 2.0
MAX_READ = 2000
FindPeople = Callable[[str, Collection[str]], Awaitable[tuple[list[Person], int]]]
Publish = Callable[[str, Hint], Awaitable[None]]


class Mark(NamedTuple):
    """A user who has a board open."""

    board_id: str
    user_id: str


class Summary(NamedTuple):
    """Who was last said to have a board open, and the hint that said it."""

    user_ids: frozenset[str]
    hint: Hint


class Presence:
    """The people at the boards of this process's streams.

    `find_people` answers those of some users who belong to a board's team, and how many they are; `publish` hands a
    hint to the streams of a board. Marks older than `stale_seconds` no longer count.
    """

    def __init__(
        self, url: str, *, stale_seconds: float, find_people: FindPeople, publish: Publish
    ) -> None:
        self._url = url
        self._stale_seconds = stale_seconds
        self._heartbeat_seconds = stale_seconds / 2.5
        self._find_people = find_people
        self._publish = publish
        self._open: dict[str, Counter[str]] = defaultdict(Counter)  # streams by board and user
        self._marked: set[Mark] = set()
        self._left_at: dict[Mark, float] = {}
        self._to_refresh: set[str] = set()
        self._summaries: dict[str, Summary] = {}
        self._process = ""
        self._heartbeat_at = 0.0
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, board_id: str, user_id: str, listener: Listener) -> None:
        """A user opened a stream; several streams of one user count once."""
        self._open[board_id][user_id] += 1
        self._left_at.pop(Mark(board_id, user_id), None)
        if board_id in self._summaries:
            listener.give(self._summaries[board_id].hint)
        self.refresh(board_id)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def leave(self, board_id: str, user_id: str) -> None:
        """A stream of a user ended."""
        people = self._open[board_id]
        people[user_id] -= 1
        if not people[user_id]:
            del people[user_id]
            self._left_at[Mark(board_id, user_id)] = asyncio.get_running_loop().time()
        if not people:
            del self._open[board_id]
            self._summaries.pop(board_id, None)
        self._woken.set()

    def refresh(self, board_id: str) -> None:
        """Read soon who has a board open: somebody may have opened or closed it in another process."""
        self._to_refresh.add(board_id)
        self._woken.set()

    def stop(self) -> None:
        """The process is about to exit; its marks grow stale."""
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
                    await self._update(client)
                except (redis.RedisError, OSError, TaskForgeError):
                    self._heartbeat_at = 0.0  # all marks anew
                    await asyncio.sleep(ANSWER_SECONDS)
            self._task = None  # whoever joins while the client closes starts another

    async def _wait(self) -> None:
        now = asyncio.get_running_loop().time()
        next_at = min([self._heartbeat_at, *(at + GRACE_SECONDS for at in self._left_at.values())])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(0.0, next_at - now))
        await asyncio.sleep(GATHER_SECONDS)
        self._woken.clear()

    async def _update(self, client: async_redis.Redis) -> None:
        """Mark who came, unmark who left, and publish where either changed who is present."""
        now = asyncio.get_running_loop().time()
        is_heartbeat = now >= self._heartbeat_at
        present = {Mark(board, user) for board, people in self._open.items() for user in people}
        gone = {
            mark
            for mark in self._marked - present
            if self._left_at.get(mark, 0.0) + GRACE_SECONDS <= now
        }
        to_refresh, self._to_refresh = self._to_refresh, set()
        seconds, _ = await client.time()
        await self._write(
            client, seconds, present if is_heartbeat else present - self._marked, gone
        )
        if is_heartbeat:
            self._heartbeat_at = now + self._heartbeat_seconds
        changed = {mark.board_id for mark in (present - self._marked) | gone}
        self._marked = (self._marked | present) - gone
        self._left_at = {mark: at for mark, at in self._left_at.items() if mark in self._marked}
        # Only boards whose people are marked: whoever joined during this update is marked by the next.
        marked = {mark.board_id for mark in present}
        boards = marked if is_heartbeat else (to_refresh | changed) & marked
        await self._publish_changes(client, seconds, sorted(boards))

    async def _write(
        self, client: async_redis.Redis, seconds: int, marks: set[Mark], gone: set[Mark]
    ) -> None:
        if not marks and not gone:
            return
        async with client.pipeline(transaction=False) as pipe:
            for board_id, members in self._members(marks).items():
                key = BOARD_PRESENCE.key(board_id=board_id)
                pipe.zadd(key, dict.fromkeys(members, seconds))
                pipe.zremrangebyscore(key, "-inf", seconds - BOARD_PRESENCE.ttl_seconds)
                pipe.expire(key, BOARD_PRESENCE.ttl_seconds)
            for board_id, members in self._members(gone).items():
                pipe.zrem(BOARD_PRESENCE.key(board_id=board_id), *members)
            for board_id in {mark.board_id for mark in (marks - self._marked) | gone}:
                pipe.publish(board_channel(board_id), ENCODED_PRESENCE_CHANGED)
            await pipe.execute()

    def _members(self, marks: set[Mark]) -> dict[str, list[str]]:
        """The members of each board's set: a user with the process that serves them."""
        members: dict[str, list[str]] = defaultdict(list)
        for mark in marks:
            members[mark.board_id].append(f"{mark.user_id}:{self._process}")
        return members

    async def _publish_changes(
        self, client: async_redis.Redis, seconds: int, boards: list[str]
    ) -> None:
        """Read who is present at some boards, and publish where that differs from the last summary."""
        if not boards:
            return
        async with client.pipeline(transaction=False) as pipe:
            for board_id in boards:
                pipe.zrange(
                    BOARD_PRESENCE.key(board_id=board_id),
                    seconds - self._stale_seconds,
                    "+inf",
                    byscore=True,
                    offset=0,
                    num=MAX_READ,
                )
            found = await pipe.execute()
        for board_id, members in zip(boards, found, strict=True):
            user_ids = frozenset(member.decode().partition(":")[0] for member in members)
            known = self._summaries.get(board_id)
            if board_id in self._open and (known is None or known.user_ids != user_ids):
                people, total = await self._find_people(board_id, user_ids)
                summary = Summary(user_ids, presence_hint(people, total))
                self._summaries[board_id] = summary
                await self._publish(board_id, summary.hint)
