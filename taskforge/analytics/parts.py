"""A part of the figures: what one store said at one moment, or that it did not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskforge import clock
from taskforge.errors import Unavailable
from taskforge.stores import sql

Figures = Mapping[str, Any]
Read = Callable[[], Figures]
STORE_SECONDS = 6.0


@dataclass(frozen=True)
class Part:
    """Figures of one subject. ``figures`` is None where the store did not answer; ``at`` is when it was asked."""

    name: str
    store: str
    at: datetime
    figures: Figures | None


def read_parts(
    store: str, reads: Mapping[str, Read], *, failures: tuple[type[Exception], ...]
) -> list[Part]:
    """Ask one store for its parts, one after the other; what fails with one of `failures` is a part without figures.

    A statement that is too slow, or waits for a lock, costs its own part alone. After an outage the store is not asked
    for the others: each question could wait as long as the first one. Nor is it after `STORE_SECONDS`: somebody waits.
    """
    parts, is_over, deadline = [], False, time.monotonic() + STORE_SECONDS
    for name, read in reads.items():
        at, figures = clock.now(), None
        if not is_over:
            try:
                figures = read()
            except failures as error:
                is_over = not isinstance(error, Unavailable) or error.message == sql.UNAVAILABLE
            is_over = is_over or time.monotonic() > deadline
        parts.append(Part(name, store, at, figures))
    return parts
