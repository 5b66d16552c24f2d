"""What follows a committed change in Redis, in one round trip: live hints, and wake-ups for the workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from taskforge.messaging import queues
from taskforge.messaging.keys import board_channel, person_channel
from taskforge.messaging.redis_client import RedisUnavailable, redis_guard


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
            with client.pipeline(transaction=False) as pipe:
                queues.push_wake_ups(pipe, queue_names)
                for message in messages:
                    pipe.publish(message.channel, message.data)
                answers = pipe.execute()[: len(queue_names)]
            first = [name for name, is_first in zip(queue_names, answers, strict=True) if is_first]
            queues.enqueue_processing(client, first)
    except RedisUnavailable:
        return
