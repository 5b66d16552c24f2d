"""Circuit breakers: one for each store and process, so that a store that is down costs no waiting.

The module of a store makes its breaker by `make_breaker`; whoever only wants to know how a store is doing (health,
error pages) asks `breaker_of` by name and needs no import of the store.

Own code and not a library: the known ones hold a lock for the length of the guarded call, so that only one request
at a time could talk to a store. Here the lock guards two numbers only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 2.0
LATELY_SECONDS = 30.0
POSTGRESQL, MONGODB, REDIS = "postgresql", "mongodb", "redis"
S3 = "s3"  # where files are, if S3_URL is set


class BreakerOpen(Exception):
    """The store failed a moment ago; nobody asked it again."""


class Breaker:
    """Counts consecutive failures. After three it is open: it refuses calls, but for one trial every two seconds.

    ``failures`` are the exceptions of the guarded block that count; all others pass through uncounted.
    """

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
    def opened_lately(self) -> bool:
        """Whether it is open, or was within `LATELY_SECONDS` and no call has succeeded since.

        In a process that has nothing to ask the store any more, an outage ends unnoticed.
        """
        ended = self._retry_at + LATELY_SECONDS
        return self._failed >= FAILURES_TO_OPEN and time.monotonic() < ended

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


_breakers: dict[str, Breaker] = {}


def make_breaker(name: str, failures: tuple[type[BaseException], ...]) -> Breaker:
    """The process's breaker of a store, registered under its name (`POSTGRESQL`, `MONGODB`, `REDIS`, `S3`)."""
    breaker = _breakers[name] = Breaker(name, failures)
    return breaker


def breaker_of(name: str) -> Breaker:
    """The breaker that was registered under a name.

    Raises:
        KeyError: the store's module was not imported in this process.
    """
    return _breakers[name]
