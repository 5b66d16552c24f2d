"""After a change: live hints to those who look at the board, and the doorbells of the workers, in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskforge import jobs, live, redis_cache


def announce(hints: Sequence[tuple[str, dict[str, Any]]], queues: Sequence[str]) -> None:
    """Publish (board id, hint) pairs and ring `queues`. Best effort: see `taskforge.live` and `taskforge.jobs`."""
    if not hints and not queues:
        return
    try:
        with redis_cache.asking() as client:
            with client.pipeline(transaction=False) as pipe:
                jobs.push_doorbells(pipe, queues)
                live.publish_in(pipe, hints)
                answers = pipe.execute()[: len(queues)]
            rings = dict(zip(queues, answers, strict=True))
            jobs.enqueue_drains(client, [name for name, is_new in rings.items() if is_new])
    except redis_cache.RedisAway:
        return
