"""After a change: live hints to those who look at the board, and the doorbells of the workers, in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskforge.live.hints import publish_in
from taskforge.messaging import queues, redis_cache


def announce(hints: Sequence[tuple[str, dict[str, Any]]], queue_names: Sequence[str]) -> None:
    """Publish (board id, hint) pairs and wake the workers of some queues. Best effort: nothing is raised."""
    if not hints and not queue_names:
        return
    try:
        with redis_cache.asking() as client:
            with client.pipeline(transaction=False) as pipe:
                queues.push_doorbells(pipe, queue_names)
                publish_in(pipe, hints)
                answers = pipe.execute()[: len(queue_names)]
            rings = dict(zip(queue_names, answers, strict=True))
            queues.enqueue_drains(client, [name for name, is_new in rings.items() if is_new])
    except redis_cache.RedisAway:
        return
