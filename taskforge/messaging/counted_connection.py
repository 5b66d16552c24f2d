"""Counts the round trips to Redis."""

from __future__ import annotations

from typing import Any

from redis import ConnectionPool

from taskforge.messaging.breaker import REDIS
from taskforge.metrics.trips import note_trip, now


def count_trips(pool: ConnectionPool) -> None:
    """Count what is sent by the connections of a pool. Must be called before it has any."""
    kind = pool.connection_class
    pool.connection_class = type(f"Counted{kind.__name__}", (_CountedConnection, kind), {})


class _CountedConnection:
    """A mixin for redis-py's connections: each sending is a trip, whatever a pipeline holds, until its first reply."""

    _sent_at = 0.0

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """Called by redis-py to send one command or a whole pipeline."""
        self._sent_at = now()
        super().send_packed_command(command, check_health)  # type: ignore[misc]

    def read_response(self, *args: Any, **options: Any) -> Any:
        """Called by redis-py for each reply."""
        try:
            return super().read_response(*args, **options)  # type: ignore[misc]
        finally:
            if self._sent_at:
                note_trip(REDIS, now() - self._sent_at)
                self._sent_at = 0.0
