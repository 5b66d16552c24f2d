"""Waiting for what another thread or process does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE_SECONDS = 0.05
Found = TypeVar("Found")


def wait_until(true: Callable[[], Found], seconds: float = 60.0) -> Found:
    """Ask again until the answer is true, or for so many seconds; the last answer, for the test to judge."""
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
    return found
