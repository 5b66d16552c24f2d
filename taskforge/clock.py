"""The one source of the current time, so that tests and the demo can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("frozen_time", default=None)


def now() -> datetime:
    """The current instant: aware, UTC, whole milliseconds (the precision that all three stores have)."""
    instant = _frozen.get() or datetime.now(UTC)
    return to_milliseconds(instant)


def to_milliseconds(instant: datetime) -> datetime:
    """The same instant cut to whole milliseconds, as MongoDB stores it."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Make `now` answer this instant within the block, in this thread only."""
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
