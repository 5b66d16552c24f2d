"""Work that several threads need at the same time is done by one of them, while the others wait for what it makes."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MAX_WAIT_SECONDS = 2.0


@dataclass
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    threads: int = 0


class SingleFlight:
    """Turns by key. Whoever has the turn looks first whether the work is done by now, and does it if it is not.

    So a thread that fails leaves the work to the next one, and one that waited `MAX_WAIT_SECONDS` does it as well.
    Nobody may ask for a second turn during a turn.
    """

    def __init__(self) -> None:
        self._turns: dict[Hashable, _Turn] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, key: Hashable) -> Iterator[None]:
        """Wait until no other thread is at work for a key."""
        with self._guard:
            turn = self._turns.setdefault(key, _Turn())
            turn.threads += 1
        is_taken = turn.lock.acquire(timeout=MAX_WAIT_SECONDS)
        try:
            yield
        finally:
            if is_taken:
                turn.lock.release()
            with self._guard:
                turn.threads -= 1
                if not turn.threads:
                    del self._turns[key]
