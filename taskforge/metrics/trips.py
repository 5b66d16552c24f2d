"""Counts the round trips of a request to each store, and their time; logs those that are slow.

One mechanism for production, where they become metrics and log entries, and for development, where each answer says
them. The adapters of the stores call `note_trip` once for each trip, which takes about half a microsecond.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token

import structlog

from taskforge.metrics.catalogue import SLOW_CALLS
from taskforge.metrics.counting import count

now = time.perf_counter


class Trips:
    """The round trips of one request: for each store their number and their seconds."""

    __slots__ = ("began", "stores")

    def __init__(self) -> None:
        self.began = now()
        self.stores: dict[str, tuple[int, float]] = {}

    def add(self, store: str, seconds: float) -> None:
        """Add one trip."""
        number, spent = self.stores.get(store, (0, 0.0))
        self.stores[store] = number + 1, spent + seconds


_current: ContextVar[Trips | None] = ContextVar("trips", default=None)
_slow_seconds = float("inf")


def set_slow_ms(milliseconds: int) -> None:
    """From how many milliseconds on a statement or command is logged, in the whole process."""
    global _slow_seconds
    _slow_seconds = milliseconds / 1000


def begin_trips() -> tuple[Trips, Token[Trips | None]]:
    """Count the trips of this thread (or task) from now on; `end_trips` takes the token."""
    trips = Trips()
    return trips, _current.set(trips)


def end_trips(token: Token[Trips | None]) -> None:
    """Count for nobody any more."""
    _current.reset(token)


def current_trips() -> Trips | None:
    """The trips that are being counted; None outside of requests."""
    return _current.get()


def note_trip(store: str, seconds: float, describe: Callable[[], str] | None = None) -> None:
    """Count a trip that is over. `describe` names what was asked, without values, if it is to be logged when slow."""
    trips = _current.get()
    if trips is not None:
        trips.add(store, seconds)
    if seconds >= _slow_seconds and describe is not None:
        count(SLOW_CALLS, store)
        structlog.get_logger().warning(
            "slow_call", store=store, what=describe(), took_ms=round(seconds * 1000, 1)
        )
