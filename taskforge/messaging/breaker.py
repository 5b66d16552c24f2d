"""Circuit breakers: one per store and process, so that a store that is down costs no waiting.

Own code and not a library: the ones at hand hold a lock for the length of the guarded call, which would let one
request at a time talk to a store. Here the lock guards two numbers only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 2.0


class BreakerOpen(Exception):
    """The store failed a moment ago; nobody asked it again."""


class Breaker:
    """Counts consecutive failures; once open, refuses calls and lets one trial through every 2 s."""

    def __init__(self, name: str, failures: tuple[type[BaseException], ...]) -> None:
        self.name = name
        self._failures = failures
        self._lock = threading.Lock()
        self._failed = 0
        self._retry_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are being refused at this moment."""
        return self._failed >= FAILURES_TO_OPEN and time.monotonic() < self._retry_at

    @property
    def has_failed(self) -> bool:
        """Whether the last call failed, so that the next one may have to wait too."""
        return self._failed > 0

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Run the block unless the breaker is open.

        Raises:
            BreakerOpen: at once, without running the block.
        """
        self._admit()
        try:
            yield
        except self._failures:
            self._record_failure()
            raise
        self._failed = 0

    def reset(self) -> None:
        """Forget all failures (after a reconnect, and in tests)."""
        with self._lock:
            self._failed, self._retry_at = 0, 0.0

    def _admit(self) -> None:
        if self._failed < FAILURES_TO_OPEN:
            return
        with self._lock:
            if time.monotonic() < self._retry_at:
                raise BreakerOpen(self.name)
            self._retry_at = time.monotonic() + OPEN_SECONDS  # this caller is the trial

    def _record_failure(self) -> None:
        with self._lock:
            self._failed += 1
            self._retry_at = time.monotonic() + OPEN_SECONDS
