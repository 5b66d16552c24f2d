"""Fan-out: of an event that those who watch a task are to hear of, a notification intent for each of them.

A change writes one row, however many watch; who they are, what they may see and what they chose is asked here, shortly
before it is told. A batch is one statement: its intents are written and its rows deleted, or neither. An event and a
person have one intent at most, so whom the change itself names hears what that one says.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from taskforge.accounts.queries import IS_ACTIVE, join_person
from taskforge.boards.queries import IS_LIVE, join_board, sees_board
from taskforge.notifications.watch_queries import CANDIDATES, is_heard
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import join_task

# With 500 who watch, each takes 70 ms; the statement has 3 s, also on a machine that has much else to do.
EVENTS_AT_ONCE = 5
# Of so many events are intents made before those that there are get delivered: they must not wait for a thousand events
# that nobody hears of.
EVENTS_BEFORE_DELIVERY = 50

_EXPAND = prepared(f"""
    WITH batch AS (
        SELECT f.*
        FROM   notification_fan_outs f
        ORDER  BY f.created_at, f.event_id
        LIMIT  CAST(:batch AS bigint)
        FOR    UPDATE SKIP LOCKED
    ), written AS (
        INSERT INTO notification_intents (event_id, user_id, kind, payload, created_at)
        SELECT f.event_id, w.user_id, f.kind, f.payload, f.created_at
        FROM   batch f
               {join_task("CAST(f.payload ->> 'task_id' AS uuid)")} AND k.deleted_at IS NULL
               {join_board("k.board_id")} AND {IS_LIVE}
               {CANDIDATES}
               {join_person("w.user_id")}
        WHERE  w.user_id <> f.actor_id AND {IS_ACTIVE} AND {sees_board("w.user_id")} AND {is_heard("w.user_id")}
        ORDER  BY f.created_at, f.event_id, w.user_id
        ON CONFLICT (event_id, user_id) DO NOTHING
        RETURNING 1
    ), done AS (
        DELETE FROM notification_fan_outs f
        USING  batch
        WHERE  f.event_id = batch.event_id
    )
    SELECT (SELECT count(*) FROM batch) AS events, (SELECT count(*) FROM written) AS intents
""")
_WAITS = prepared("""
    SELECT EXISTS (SELECT
                   FROM   notification_fan_outs
                   WHERE  created_at < CAST(:before AS timestamptz))
""")


class Expanded(NamedTuple):
    """Of how many events intents were made, and how many; fewer than `EVENTS_AT_ONCE` events were the last ones."""

    events: int
    intents: int


def expand() -> Expanded:
    """Make the intents of at most `EVENTS_AT_ONCE` events, the oldest first."""
    found = sql.row(_EXPAND, {"batch": EVENTS_AT_ONCE})
    assert found is not None
    return Expanded(found["events"], found["intents"])


def expand_some(least: int) -> bool:
    """Make intents of the oldest events, of `EVENTS_BEFORE_DELIVERY` at most, until there are `least`.

    Answers whether more events may wait. Events of few readers are then delivered together: 12 comments take 10
    statements instead of 26.
    """
    made = 0
    for _ in range(EVENTS_BEFORE_DELIVERY // EVENTS_AT_ONCE):
        found = expand()
        if found.events < EVENTS_AT_ONCE:
            return False
        made += found.intents
        if made >= least:
            break
    return True


def has_fan_out(before: datetime) -> bool:
    """Whether an event from before an instant waits for its intents."""
    return bool(sql.scalar(_WAITS, {"before": before}))
