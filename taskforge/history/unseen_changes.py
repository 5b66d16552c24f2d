"""The changes of others on a board that a person has not seen yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from taskforge import clock
from taskforge.boards.view_preferences import mark_seen
from taskforge.history.queries import UNSEEN_CHANGES
from taskforge.stores import sql

# Who returns sooner was only on another page.
ABSENCE = timedelta(minutes=1)
MAX_EVENTS = 500
MAX_LISTED = 100
# From the strongest to the weakest: a card is counted once, by the strongest kind of its changes.
KINDS = ("new", "done", "moved", "changed", "commented")
SUMMARY_ORDER = ("moved", "done", "new", "changed", "commented")


@dataclass(frozen=True)
class UnseenChanges:
    """The changes of others between two numbers of a board's ``seq``.

    ``cards`` are those that still exist, latest change first: task_id, key, title, kind. ``summary`` counts all of
    them by kind; ``at`` is when the person last saw the board.
    """

    after: int
    upto: int
    at: datetime
    summary: str
    cards: Sequence[sql.Row]
    more: int


def find_unseen_of_preloaded(user_id: str, board: sql.Row) -> UnseenChanges | None:
    """`find_unseen`, for a board that was preloaded: asks no store when the row says that there is nothing unseen."""
    if board["seen_at"] is not None and (
        board["seen_seq"] >= board["seq"] or board["seen_at"] > clock.now() - ABSENCE
    ):
        return None
    return find_unseen(user_id, board["board_id"], board["seq"])


def find_unseen(
    user_id: str, board_id: str, upto: int, *, after: int | None = None
) -> UnseenChanges | None:
    """What a person has not seen of a board that is at number `upto`; None for nothing, and for a first visit.

    With `after` the changes from there on, however short the absence was: for a page that is loaded again. The caller
    has checked access. One statement; a second one at the very first visit, which it notes.
    """
    rows = sql.rows(
        UNSEEN_CHANGES,
        {
            "user_id": user_id,
            "board_id": board_id,
            "upto": upto,
            "after": after,
            "before": clock.now() - ABSENCE,
            "limit": MAX_EVENTS,
        },
    )
    if not rows:
        mark_seen(user_id, board_id, upto)
        return None
    cards = [
        {**row, "kind": KINDS[row["kind"]]}
        for row in rows
        if row["task_id"] is not None and row["kind"] is not None
    ]
    if not cards:
        return None
    counts = Counter(card["kind"] for card in cards)
    return UnseenChanges(
        after=rows[0]["seen_seq"] if after is None else after,
        upto=upto,
        at=rows[0]["seen_at"],
        summary=", ".join(f"{counts[kind]} {kind}" for kind in SUMMARY_ORDER if counts[kind]),
        cards=cards[:MAX_LISTED],
        more=max(0, len(cards) - MAX_LISTED),
    )
