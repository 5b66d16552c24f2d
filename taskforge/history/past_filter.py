"""The board's filter for cards of the past: the same parameters, applied to replayed cards instead of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from taskforge import clock
from taskforge.clock import ReaderTime
from taskforge.history.replay import Item
from taskforge.tasks.board import filters
from taskforge.tasks.board.filters import FILTERED


@dataclass(frozen=True)
class PastFilter:
    """Which cards are shown: those that fit one value of every kind that is given.

    ``given`` maps the names of the address (assignee, priority, tag, due, q) to their values; what is due counts
    from the time that is looked at.
    """

    given: Mapping[str, Collection[str]] = field(default_factory=dict)

    def fits(self, card: Item, at: ReaderTime) -> bool:
        """Whether a card is shown."""
        return all(
            any(by.fits(card, name, value, at) for value in values)
            for parameter, values in self.given.items()
            for name, by in (FILTERED[parameter],)
        )


def read_filter(given: Mapping[str, Sequence[str]]) -> PastFilter:
    """The filter of an address, read as the board of today reads it; what is no filter is passed over."""
    return PastFilter(filters.read_filter(given, clock.reader_time()).query())
