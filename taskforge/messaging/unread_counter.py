"""The number of a user's unread notifications, cached in Redis. PostgreSQL has the true number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from taskforge.messaging.keys import UNREAD_COUNT, person_channel
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard


class Inbox(NamedTuple):
    """What is known of a person's inbox: how many are unread, and the encoded hint for their open pages."""

    user_id: str
    unread: int
    data: bytes


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


def publish(inboxes: Sequence[Inbox]) -> None:
    """Cache the numbers and publish the hints to all open pages of these people, in one round trip. Best effort."""
    if not inboxes:
        return
    try:
        with redis_guard() as client, client.pipeline(transaction=False) as pipe:
            for inbox in inboxes:
                key = UNREAD_COUNT.key(user_id=inbox.user_id)
                pipe.set(key, inbox.unread, ex=UNREAD_COUNT.ttl_seconds)
                pipe.publish(person_channel(inbox.user_id), inbox.data)
            pipe.execute()
    except RedisUnavailable:
        return
