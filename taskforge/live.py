"""Live hints: "something changed on this board". They carry ids and sequence numbers, never content.

A hint may be lost; whoever listens catches up from ``board_seq``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from taskforge import redis_cache

CHANNEL = "taskforge:board:{board_id}"


def publish(hints: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Publish (board id, hint) pairs. Best effort."""
    if not hints:
        return
    try:
        with redis_cache.asking() as client, client.pipeline(transaction=False) as pipe:
            for board_id, hint in hints:
                pipe.publish(CHANNEL.format(board_id=board_id), json.dumps(hint))
            pipe.execute()
    except redis_cache.RedisAway:
        return
