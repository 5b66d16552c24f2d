"""The number of a user's unread notifications, cached in Redis. PostgreSQL has the true number."""

from __future__ import annotations

from taskforge.messaging.keys import UNREAD_COUNT
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard


def get_unread(user_id: str) -> int | None:
    """The cached number; None when it is not cached or Redis is unavailable."""
    try:
        with redis_guard() as client:
            value = client.get(UNREAD_COUNT.key(user_id=user_id))
    except RedisUnavailable:
        return None
    return int(value) if value is not None else None


def set_unread(user_id: str, count: int) -> None:
    """Cache the number that was counted in PostgreSQL; does nothing while Redis is unavailable."""
    try:
        with redis_guard() as client:
            client.set(UNREAD_COUNT.key(user_id=user_id), count, ex=UNREAD_COUNT.ttl_seconds)
    except RedisUnavailable:
        return
