"""A board's state at any of its facts: the nearest snapshot before it, and a replay of the rest.

Snapshots are derived: the relay takes them (`take_due`), and any may be deleted at any time. Nothing here asks who is
looking; `taskforge.history.past_board` does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence

from sqlalchemy import text

from taskforge.history.replay import BoardState, read_state, replay
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork

FACTS_BETWEEN = 250
# A large board has its snapshots further apart, so that they take room in proportion to what happens on it.
CARDS_FOR_A_FACT = 8
FACTS_AT_ONCE = 2000
BOARDS_AT_ONCE = 20
TURN_SECONDS = 2.0


def state_at(board_id: str, seq: int) -> BoardState:
    """The board behind its fact number `seq`, without the cards of tasks that have been purged since."""
    state = _nearest_snapshot(board_id, seq)
    for facts in pages_of_facts(board_id, state.seq, seq):
        replay(state, facts)
    state.keep(living_tasks(board_id))
    return state


def take_due(*, seconds: float = TURN_SECONDS) -> int:
    """Take the snapshots that are due, for at most some seconds; answers how many."""
    deadline = time.monotonic() + seconds
    due = sql.rows(
        text(
            "SELECT b.board_id, b.seq, s.board_seq AS last_seq, s.next_seq FROM boards b LEFT JOIN LATERAL"
            " (SELECT board_seq, next_seq FROM board_snapshots WHERE board_id = b.board_id"
            " ORDER BY board_seq DESC LIMIT 1) s ON true"
            " WHERE b.seq >= coalesce(s.next_seq, :first) AND b.deleted_at IS NULL LIMIT :boards"
        ),
        {"first": FACTS_BETWEEN, "boards": BOARDS_AT_ONCE},
    )
    return sum(
        _extend(board["board_id"], board["last_seq"], board["next_seq"], board["seq"], deadline)
        for board in due
    )


def drop_snapshots(uow: UnitOfWork, board_id: str, task_id: str) -> None:
    """Drop the snapshots in which a task may be that is about to be purged. The board's lock must be held."""
    uow.execute(
        text(
            "DELETE FROM board_snapshots WHERE board_id = :board_id AND board_seq >="
            " (SELECT coalesce(min(board_seq), 0) FROM audit_logs WHERE entity_id = :task_id)"
        ),
        {"board_id": board_id, "task_id": task_id},
    )


def pages_of_facts(board_id: str, after: int, up_to: int) -> Iterator[Sequence[sql.Row]]:
    """The facts of a board behind number `after`, in pages. Without texts: nobody is shown them here."""
    while after < up_to:
        page = sql.rows(
            text(
                "SELECT board_seq, event, entity_type, entity_id, entity_version,"
                f" {without_texts('new_state')} AS new_state FROM audit_logs"
                " WHERE board_id = :board_id AND board_seq > :after AND board_seq <= :up_to"
                " ORDER BY board_seq LIMIT :page"
            ),
            {"board_id": board_id, "after": after, "up_to": up_to, "page": FACTS_AT_ONCE},
        )
        if not page:
            return
        yield page
        after = page[-1]["board_seq"]


def living_tasks(board_id: str) -> Sequence[str]:
    """The ids of a board's tasks that have not been purged."""
    return [row["task_id"] for row in sql.rows(_LIVING, {"board_id": board_id})]


def without_texts(column: str) -> str:
    """SQL for a state of the log without what was written in it: description, own fields, a comment's words."""
    return (
        f"CASE WHEN jsonb_typeof({column}) = 'object'"
        f" THEN {column} - '{{description,custom_fields,content}}'::text[] END"
    )


def _extend(
    board_id: str, last_seq: int | None, next_seq: int | None, board_seq: int, deadline: float
) -> int:
    """Take a board's next snapshots, one behind the other, until none is due or the time is up; how many."""
    state = _nearest_snapshot(board_id, last_seq) if last_seq else BoardState()
    taken, target = 0, next_seq or FACTS_BETWEEN
    while target <= board_seq and time.monotonic() < deadline:
        previous = state.seq
        for facts in pages_of_facts(board_id, previous, target):
            replay(state, facts)
        following = target + max(FACTS_BETWEEN, len(state.cards) // CARDS_FOR_A_FACT)
        if not _store(board_id, state, target, following, previous):
            break
        taken, target = taken + 1, following
    return taken


def _store(board_id: str, state: BoardState, seq: int, next_seq: int, previous: int) -> bool:
    """Keep a state as a snapshot. False when the one it follows is gone, or another relay was faster.

    A purge takes the board's lock before it drops snapshots. Holding it too while asking which tasks there are, no
    purged card can slip into a snapshot that is stored a moment later.
    """
    with sql.transaction() as connection:
        connection.execute(
            text("SELECT 1 FROM boards WHERE board_id = :board_id FOR SHARE"),
            {"board_id": board_id},
        )
        state.keep(connection.execute(_LIVING, {"board_id": board_id}).scalars())
        stored = connection.execute(
            text(
                "INSERT INTO board_snapshots (board_id, board_seq, next_seq, at, state)"
                " SELECT board_id, board_seq, :next_seq, action_timestamp, CAST(:state AS jsonb) FROM audit_logs"
                " WHERE board_id = :board_id AND board_seq = :seq AND (:previous = 0 OR EXISTS"
                " (SELECT 1 FROM board_snapshots WHERE board_id = :board_id AND board_seq = :previous))"
                " ON CONFLICT DO NOTHING"
            ),
            {
                "board_id": board_id,
                "seq": seq,
                "next_seq": next_seq,
                "previous": previous,
                "state": json.dumps(state.as_json()),
            },
        )
    return stored.rowcount == 1


def _nearest_snapshot(board_id: str, seq: int) -> BoardState:
    found = sql.row(
        text(
            "SELECT board_seq, state FROM board_snapshots WHERE board_id = :board_id AND board_seq <= :seq"
            " ORDER BY board_seq DESC LIMIT 1"
        ),
        {"board_id": board_id, "seq": seq},
    )
    return BoardState() if found is None else read_state(found["board_seq"], found["state"])


_LIVING = text("SELECT task_id FROM tasks WHERE board_id = :board_id")
