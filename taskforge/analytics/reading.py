"""The figures of use of all three stores, kept for a minute: whoever asks often, or at once, costs one reading."""

from __future__ import annotations

import threading
import time

from taskforge.analytics.mongodb import read_mongodb
from taskforge.analytics.parts import Part
from taskforge.analytics.postgresql import read_postgresql
from taskforge.analytics.redis_figures import read_redis

KEPT_SECONDS = 60.0
KEPT_INCOMPLETE_SECONDS = 5.0  # so that a store that is back is seen


class KeptParts:
    """The parts of a moment ago, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[Part] = []
        self._until = 0.0

    def get(self) -> list[Part]:
        """All parts, at most `KEPT_SECONDS` old. Who comes while they are read waits for them."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._kept = [*read_postgresql(), *read_mongodb(), *read_redis()]
                is_whole = all(part.figures is not None for part in self._kept)
                seconds = KEPT_SECONDS if is_whole else KEPT_INCOMPLETE_SECONDS
                self._until = time.monotonic() + seconds
            return self._kept

    def forget(self) -> None:
        """Read anew when somebody asks next."""
        with self._lock:
            self._until = 0.0


kept_parts = KeptParts()
