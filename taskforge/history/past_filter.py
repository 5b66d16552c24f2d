"""The board's filter for cards of the past: the same parameters, applied to replayed cards instead of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from taskforge.boards.statuses import Status
from taskforge.history.replay import Item
from taskforge.tasks.board import filters
from taskforge.tasks.board.filters import NOBODY

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class PastFilter:
    """Which cards are shown: those that fit one value of every kind that is given.

    ``given`` maps the names of the address (assignee, priority, tag, due, q) to their values; what is due counts
    from `today`, the day that is looked at.
    """

    given: Mapping[str, Collection[str]] = field(default_factory=dict)

    def fits(self, card: Item, today: date) -> bool:
        """Whether a card is shown."""
        return all(
            any(_FITS[name](card, value, today) for value in values)
            for name, values in self.given.items()
        )


def read_filter(given: Mapping[str, Sequence[str]]) -> PastFilter:
    """The filter of an address, read as the board of today reads it; what is no filter is passed over."""
    return PastFilter(filters.read_filter(given, date.min).query())


def _has_assignee(card: Item, value: str, _today: date) -> bool:
    return bool(card["assignee_id"] == (None if value == NOBODY else value))


def _is_due(card: Item, value: str, today: date) -> bool:
    if value == NOBODY:
        return card["due_at"] is None
    if card["due_at"] is None or card["status"] == Status.DONE:
        return False
    due = date.fromisoformat(card["due_at"][:10])
    return due < today if value == "overdue" else today <= due < today + WEEK


_FITS: dict[str, Callable[[Item, str, date], bool]] = {
    "assignee": _has_assignee,
    "priority": lambda card, value, _today: bool(card["priority"] == value),
    "tag": lambda card, value, _today: value in card["tags"],
    "due": _is_due,
    "q": lambda card, value, _today: value.lower() in card["title"].lower(),
}
