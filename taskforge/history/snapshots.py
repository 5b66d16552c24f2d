"""A board after any of its audit events: the nearest snapshot before it, and a replay of the events since.

Snapshots are derived: the relay takes them (`take_due`), and any may be deleted at any time. Nothing here checks
access; `taskforge.history.past_board` does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence

from taskforge.boards.queries import HOLD_BOARD
from taskforge.history.queries import (
    BOARDS_DUE,
    DROP_SNAPSHOTS_OF_BOARDS,
    DROP_SNAPSHOTS_WITH_TASK,
    EVENTS_TO_REPLAY,
    INSERT_SNAPSHOT,
    NEAREST_SNAPSHOT,
)
from taskforge.history.replay import ReplayedBoard, read_state, replay
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.queries import TASK_IDS_OF_BOARD

EVENTS_BETWEEN = 250
# A large board has its snapshots further apart, so that their size stays in proportion to the number of its events.
CARDS_PER_EVENT = 8
EVENTS_PER_PAGE = 2000
BOARDS_PER_TURN = 20
TURN_SECONDS = 2.0


def board_at(board_id: str, seq: int) -> ReplayedBoard:
    """The board after its audit event number `seq`, without the cards of tasks that have been purged since."""
    board = _nearest_snapshot(board_id, seq)
    for events in pages_of_events(board_id, board.seq, seq):
        replay(board, events)
    board.retain(list_task_ids(board_id))
    return board


def take_due(*, seconds: float = TURN_SECONDS) -> int:
    """Take the snapshots that are due, for at most some seconds; answers how many."""
    deadline = time.monotonic() + seconds
    due = sql.rows(BOARDS_DUE, {"first": EVENTS_BETWEEN, "boards": BOARDS_PER_TURN})
    return sum(
        _extend(board["board_id"], board["last_seq"], board["next_seq"], board["seq"], deadline)
        for board in due
    )


def drop_snapshots(uow: UnitOfWork, board_id: str, task_id: str) -> None:
    """Drop the snapshots that may hold a task that is about to be purged. The board's lock must be held."""
    uow.execute(DROP_SNAPSHOTS_WITH_TASK, {"board_id": board_id, "task_id": task_id})


def drop_all_snapshots(uow: UnitOfWork, board_id: str) -> None:
    """Drop all snapshots of a board that is about to be purged. Its lock must be held."""
    uow.execute(DROP_SNAPSHOTS_OF_BOARDS, {"ids": [board_id]})


def pages_of_events(board_id: str, after: int, up_to: int) -> Iterator[Sequence[sql.Row]]:
    """The audit events of a board after number `after`, in pages, without the texts in them."""
    while after < up_to:
        page = sql.rows(
            EVENTS_TO_REPLAY,
            {"board_id": board_id, "after": after, "up_to": up_to, "page": EVENTS_PER_PAGE},
        )
        if not page:
            return
        yield page
        after = page[-1]["board_seq"]


def list_task_ids(board_id: str) -> Sequence[str]:
    """The ids of a board's tasks that have not been purged."""
    return [row["task_id"] for row in sql.rows(TASK_IDS_OF_BOARD, {"board_id": board_id})]


def _extend(
    board_id: str, last_seq: int | None, next_seq: int | None, board_seq: int, deadline: float
) -> int:
    """Take a board's next snapshots, one after the other, until none is due or the time is up; how many."""
    board = _nearest_snapshot(board_id, last_seq) if last_seq else ReplayedBoard()
    taken, target = 0, next_seq or EVENTS_BETWEEN
    while target <= board_seq and time.monotonic() < deadline:
        previous = board.seq
        for events in pages_of_events(board_id, previous, target):
            replay(board, events)
        following = target + max(EVENTS_BETWEEN, len(board.cards) // CARDS_PER_EVENT)
        if not _store(board_id, board, target, following, previous):
            break
        taken, target = taken + 1, following
    return taken


def _store(board_id: str, board: ReplayedBoard, seq: int, next_seq: int, previous: int) -> bool:
    """Store a snapshot. False when the one that it follows has been dropped, or another relay was faster.

    A purge takes the board's lock before it drops snapshots. This transaction holds the lock while it reads which
    tasks there are, so that no card that is purged meanwhile gets into a snapshot.
    """
    with sql.transaction() as connection:
        connection.execute(HOLD_BOARD, {"board_id": board_id})
        board.retain(connection.execute(TASK_IDS_OF_BOARD, {"board_id": board_id}).scalars())
        stored = connection.execute(
            INSERT_SNAPSHOT,
            {
                "board_id": board_id,
                "seq": seq,
                "next_seq": next_seq,
                "previous": previous,
                "state": json.dumps(board.as_json()),
            },
        )
    return stored.rowcount == 1


def _nearest_snapshot(board_id: str, seq: int) -> ReplayedBoard:
    found = sql.row(NEAREST_SNAPSHOT, {"board_id": board_id, "seq": seq})
    return ReplayedBoard() if found is None else read_state(found["board_seq"], found["state"])
