"""Live hints: "something changed on this board". They carry ids and sequence numbers, never content.

A hint may be lost; whoever listens catches up from ``board_seq``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from redis.client import Pipeline

CHANNEL = "taskforge:board:{board_id}"


def publish_in(pipe: Pipeline, hints: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Put the publishing of (board id, hint) pairs into a pipeline, one command each."""
    for board_id, hint in hints:
        pipe.publish(CHANNEL.format(board_id=board_id), json.dumps(hint))
