"""The doctor's check of the ways of tasks (I22): they are what the audit log says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskforge.reports import queries
from taskforge.reports.projection import make_again, mark_stale, pages_of_ways
from taskforge.reports.transitions import Fold, Period
from taskforge.stores import sql
from taskforge.stores.invariants import pages
from taskforge.stores.violations import Violation

MAKE_AGAIN = "make ways again"


def wrong_ways() -> Iterator[Violation]:
    """Boards whose periods differ from what their audit events, as far as they have been read, say."""
    for board in pages(queries.PROGRESS_OF_BOARDS, "id"):
        wrong = _count_wrong(board["id"], board["seq"])
        if not wrong:
            continue
        # Once more: the relay may have made them again, or the purge may have taken them, in between.
        progress = sql.row(queries.READ_SO_FAR, {"board_ids": [board["id"]]})
        wrong = _count_wrong(board["id"], progress["seq"]) if progress else 0
        if wrong:
            detail = f"{wrong} periods of its tasks are not what the audit events say"
            yield Violation("I22", f"board {board['id']}", detail, MAKE_AGAIN)


def make_wrong_again(violations: Sequence[Violation]) -> None:
    """Make the ways of the boards that have wrong ones from the log."""
    ids = [violation.entity_id for violation in violations]
    mark_stale(ids)
    for board_id in ids:
        make_again(board_id)


def _count_wrong(board_id: str, seq: int) -> int:
    fold = Fold()
    for events in pages_of_ways(board_id, 0, seq):
        fold.add(events)
    # Read last: a later event may have ended one of these periods meanwhile.
    place = {"board_id": board_id, "seq": seq, "at": "infinity"}
    stored = {row[:2]: Period(*row) for row in sql.records(queries.PERIODS, place)}
    return sum(
        not _is_same(fold.begun.get(place), stored.get(place))
        for place in fold.begun.keys() | stored.keys()
    )


def _is_same(by_log: Period | None, stored: Period | None) -> bool:
    if by_log is None or stored is None:
        return False
    return by_log[:-1] == stored[:-1] and by_log.left_at in (None, stored.left_at)
