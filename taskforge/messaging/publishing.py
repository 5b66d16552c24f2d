"""What follows a committed change in Redis, by one script: live hints, and wake-ups for the workers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, cast

import redis

from taskforge.messaging import queues
from taskforge.messaging.keys import WAKE_UP, board_channel, person_channel
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard

# Publishes what `ARGV` has, channel, data, channel ..., and notes for each queue that it was woken. Answers the places
# of the queues that nobody had woken. Hints come first: a Redis that has no room left refuses the notes, and ends the
# script there. As a pipeline of three commands it was 6 % of the calls of a move.
_PUBLISH = f"""
    for place = 1, #ARGV, 2 do redis.call('PUBLISH', ARGV[place], ARGV[place + 1]) end
    local first = {{}}
    for place, key in ipairs(KEYS) do
        if redis.call('SET', key, '1', 'NX', 'EX', {WAKE_UP.ttl_seconds}) then first[#first + 1] = place end
    end
    return first
"""
_PUBLISH_SHA = hashlib.sha1(_PUBLISH.encode(), usedforsecurity=False).hexdigest()


class LiveMessage(NamedTuple):
    """An encoded hint (see `taskforge.live.hints`) and the channel on which it is published."""

    channel: str
    data: bytes


def to_board(board_id: str, data: bytes) -> LiveMessage:
    """A message to whoever has a board open."""
    return LiveMessage(board_channel(board_id), data)


def to_person(user_id: str, data: bytes) -> LiveMessage:
    """A message to all open pages of a person."""
    return LiveMessage(person_channel(user_id), data)


def publish(messages: Sequence[LiveMessage], queue_names: Sequence[str]) -> None:
    """Publish messages on their channels and wake the workers of some queues. Best effort: nothing is raised.

    A hint that is lost is made good by the listeners' next check, a wake-up that is lost by the relay.
    """
    if not messages and not queue_names:
        return
    try:
        with redis_guard() as client:
            first = _publish(client, messages, queue_names)
            queues.enqueue_processing(client, [queue_names[place - 1] for place in first])
    except RedisUnavailable:
        return


def _publish(
    client: redis.Redis, messages: Sequence[LiveMessage], queue_names: Sequence[str]
) -> Sequence[int]:
    """Run `_PUBLISH`, which a Redis that has been started anew is given again."""
    keys = [WAKE_UP.key(queue=name) for name in queue_names]
    arguments = [part for message in messages for part in message]
    try:
        return cast(Sequence[int], client.evalsha(_PUBLISH_SHA, len(keys), *keys, *arguments))
    except redis.exceptions.NoScriptError:
        return cast(Sequence[int], client.eval(_PUBLISH, len(keys), *keys, *arguments))
