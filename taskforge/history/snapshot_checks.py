"""The doctor's check of snapshots, and its remedy for wrong ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskforge.history.queries import DROP_SNAPSHOTS_OF_BOARDS, SNAPSHOT_NUMBERS, SNAPSHOT_STATE
from taskforge.history.replay import ReplayedBoard, replay
from taskforge.history.snapshots import list_task_ids, pages_of_events
from taskforge.stores import sql
from taskforge.stores.violations import Violation


def wrong_snapshots() -> Iterator[Violation]:
    """Snapshots that differ from a replay of their board's audit events."""
    boards = sql.rows(SNAPSHOT_NUMBERS)
    for board in boards:
        yield from _wrong_ones(board["board_id"], board["seqs"])


def drop_wrong(violations: Sequence[Violation]) -> None:
    """Drop all snapshots of the boards that have a wrong one; the relay takes new ones."""
    sql.execute_now(
        DROP_SNAPSHOTS_OF_BOARDS,
        {"ids": [violation.entity_id for violation in violations]},
    )


def _wrong_ones(board_id: str, seqs: Sequence[int]) -> Iterator[Violation]:
    board = ReplayedBoard()
    for seq in seqs:
        for events in pages_of_events(board_id, board.seq, seq):
            replay(board, events)
        board.retain(list_task_ids(board_id))
        # Read last: a purge in between has dropped it, and then there is nothing to compare.
        stored = sql.scalar(SNAPSHOT_STATE, {"board_id": board_id, "seq": seq})
        if stored is not None and stored != board.as_json():
            yield Violation(
                "I13",
                f"board {board_id}",
                f"the snapshot after change {seq} is not what the audit events say",
                "drop snapshots",
            )
            return
