"""What the doctor asks about snapshots, and what it does with one that is not true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import text

from taskforge.history.replay import BoardState, replay
from taskforge.history.snapshots import living_tasks, pages_of_facts
from taskforge.stores import sql
from taskforge.stores.violations import Violation


def wrong_snapshots() -> Iterator[Violation]:
    """Snapshots that are not what their board's facts say."""
    boards = sql.rows(
        text(
            "SELECT board_id, array_agg(board_seq ORDER BY board_seq) AS seqs FROM board_snapshots"
            " GROUP BY board_id ORDER BY board_id"
        )
    )
    for board in boards:
        yield from _wrong_ones(board["board_id"], board["seqs"])


def drop_wrong(violations: Sequence[Violation]) -> None:
    """Drop all snapshots of the boards that have a wrong one; the relay takes them anew."""
    sql.execute_now(
        text("DELETE FROM board_snapshots WHERE board_id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": [violation.entity_id for violation in violations]},
    )


def _wrong_ones(board_id: str, seqs: Sequence[int]) -> Iterator[Violation]:
    state = BoardState()
    for seq in seqs:
        for facts in pages_of_facts(board_id, state.seq, seq):
            replay(state, facts)
        state.keep(living_tasks(board_id))
        # Read last: a purge in between has dropped it, and then there is nothing to compare.
        stored = sql.scalar(
            text(
                "SELECT state FROM board_snapshots WHERE board_id = :board_id AND board_seq = :seq"
            ),
            {"board_id": board_id, "seq": seq},
        )
        if stored is not None and stored != state.as_json():
            yield Violation(
                "I13",
                f"board {board_id}",
                f"the snapshot behind change {seq} is not what the facts say",
                "drop snapshots",
            )
            return
