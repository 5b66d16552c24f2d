"""Who was active within the last five minutes: a sorted set of user ids by the time of their last request."""

from __future__ import annotations

import time
from collections.abc import Sequence

from taskforge.messaging.keys import ONLINE_USERS
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard


def mark_online(user_id: str) -> None:
    """Mark a user as active now, and drop those who were silent for five minutes. One round trip, best effort."""
    now, key = time.time(), ONLINE_USERS.key()
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            pipe.zadd(key, {user_id: now})
            pipe.zremrangebyscore(key, 0, now - ONLINE_USERS.ttl_seconds)
            pipe.expire(key, ONLINE_USERS.ttl_seconds)
            pipe.execute()
    except RedisUnavailable:
        return


def find_online(user_ids: Sequence[str]) -> set[str]:
    """Those of some users who were active within the last five minutes; nobody while Redis is unavailable."""
    if not user_ids:
        return set()
    earliest = time.time() - ONLINE_USERS.ttl_seconds
    try:
        with redis_guard() as client:
            times = client.zmscore(ONLINE_USERS.key(), list(user_ids))
    except RedisUnavailable:
        return set()
    return {
        user_id
        for user_id, at in zip(user_ids, times, strict=True)
        if at is not None and at >= earliest
    }
