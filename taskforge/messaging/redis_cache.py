"""What TaskForge keeps in Redis besides sessions and queues: caches, presence, the unread counter, doorbells.

Redis is a hint: every function answers "nothing cached" or does nothing when Redis is away, and every key has a TTL.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

import redis

from taskforge.extensions import redis_client
from taskforge.messaging.breaker import Breaker, BreakerOpen

TEXT_SECONDS = 300
PROFILE_SECONDS = 3600
# Short, because a count that was written while Redis was away, or by two at once, may be wrong.
UNREAD_SECONDS = 60
PRESENCE_SECONDS = 300
DOORBELL_SECONDS = 10

breaker = Breaker("redis", (redis.RedisError, OSError))
_VERSION = struct.Struct(">I")
KEYS: dict[str, Callable[[str, int], str]] = {
    "task": lambda entity_id, version: f"task:{entity_id}:{version}",
    "comment": lambda entity_id, version: f"comment:{entity_id}:{version}",
    "user": lambda entity_id, _version: f"user:profile:{entity_id}",  # the value names its version
}


class RedisAway(Exception):
    """Redis can't be asked right now."""


@contextmanager
def asking() -> Iterator[redis.Redis]:
    """Guard a block of Redis calls.

    Raises:
        RedisAway: when the server is down, hangs, or was down a moment ago.
    """
    try:
        with breaker.guard():
            yield redis_client()
    except (redis.RedisError, OSError, BreakerOpen) as error:
        raise RedisAway(str(error)) from error


def get_documents(entity_type: str, versions: Mapping[str, int]) -> dict[str, bytes]:
    """The cached text payloads of these entities at exactly these versions; absent ones are left out."""
    if not versions or entity_type not in KEYS:
        return {}
    keys = [KEYS[entity_type](entity_id, version) for entity_id, version in versions.items()]
    try:
        with asking() as client:
            values = cast(list[bytes | None], client.mget(keys))
    except RedisAway:
        return {}
    found = {}
    for (entity_id, version), value in zip(versions.items(), values, strict=True):
        if value is not None and _VERSION.unpack_from(value)[0] == version:
            found[entity_id] = bytes(value[_VERSION.size :])
    return found


def set_documents(entity_type: str, payloads: Mapping[str, tuple[int, bytes]]) -> None:
    """Cache text payloads, each with its version."""
    if entity_type not in KEYS or not payloads:
        return
    seconds = PROFILE_SECONDS if entity_type == "user" else TEXT_SECONDS
    try:
        with asking() as client, client.pipeline(transaction=False) as pipe:
            for entity_id, (version, payload) in payloads.items():
                key = KEYS[entity_type](entity_id, version)
                pipe.set(key, _VERSION.pack(version) + payload, ex=seconds)
            pipe.execute()
    except RedisAway:
        return


def get_unread(user_id: str) -> int | None:
    """The cached number of unread notifications, or None."""
    try:
        with asking() as client:
            value = client.get(f"user:notifications:count:{user_id}")
    except RedisAway:
        return None
    return int(value) if value is not None else None


def set_unread(user_id: str, count: int) -> None:
    """Cache the number of unread notifications, as counted in PostgreSQL."""
    try:
        with asking() as client:
            client.set(f"user:notifications:count:{user_id}", count, ex=UNREAD_SECONDS)
    except RedisAway:
        return


def touch_presence(user_id: str) -> None:
    """Mark a user as active now; those silent for five minutes drop out."""
    now = time.time()
    try:
        with asking() as client, client.pipeline(transaction=False) as pipe:
            pipe.zadd("online:users", {user_id: now})
            pipe.zremrangebyscore("online:users", 0, now - PRESENCE_SECONDS)
            pipe.expire("online:users", PRESENCE_SECONDS)
            pipe.execute()
    except RedisAway:
        return


def find_online(user_ids: Sequence[str]) -> set[str]:
    """Those of some people who were active within the last five minutes; nobody while Redis is away."""
    if not user_ids:
        return set()
    since = time.time() - PRESENCE_SECONDS
    try:
        with asking() as client:
            seen = client.zmscore("online:users", list(user_ids))
    except RedisAway:
        return set()
    return {
        user_id
        for user_id, at in zip(user_ids, seen, strict=True)
        if at is not None and at >= since
    }


def server_version() -> str:
    """The version of the server. Raises `RedisAway`."""
    with asking() as client:
        return str(cast(dict[str, str], client.info("server"))["redis_version"])
