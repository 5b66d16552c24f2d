"""SQL of acts on many cards: their rows, the cards that can be selected, and what belongs to one batch."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.boards.queries import join_board, join_column
from taskforge.stores.outbox import pending_content
from taskforge.tasks.access import KEY, REFERENCE
from taskforge.tasks.board.filters import FILTER

# Those of the tasks `:ids` that are or were on a board, in its order.
TASKS_OF_BOARD = text(f"""
    SELECT {REFERENCE}, {KEY}, {pending_content("k.task_id")} AS pending_content
    FROM   tasks k
           {join_board("k.board_id")}
           {join_column("k.column_id")}
    WHERE  k.board_id = :board_id AND k.task_id = ANY(CAST(:ids AS uuid[]))
    ORDER  BY c.rank, k.rank, k.task_id
""")
# Those of the tasks `:ids` that are on a board, or (with `:deleted`) in its trash.
ROWS_OF_BOARD = text(f"""
    SELECT {REFERENCE}
    FROM   tasks k
    WHERE  k.board_id = :board_id AND k.task_id = ANY(CAST(:ids AS uuid[]))
           AND (k.deleted_at IS NOT NULL) = :deleted
    ORDER  BY k.rank, k.task_id
""")
# The tasks of a column, from top to bottom.
ROWS_OF_COLUMN = text(f"""
    SELECT {REFERENCE}
    FROM   tasks k
    WHERE  k.board_id = :board_id AND k.column_id = :column_id AND k.deleted_at IS NULL
    ORDER  BY k.rank, k.task_id
""")
# The audit events of the tasks that were moved or deleted with a column: the `:cards` ones before its own, `:seq`.
CARD_EVENTS_BEFORE = text("""
    SELECT l.event_id
    FROM   audit_logs l
    WHERE  l.board_id = :board_id AND l.board_seq >= :seq - :cards AND l.board_seq < :seq
           AND l.entity_type = 'task' AND l.event = ANY(:events)
""")
# The cards that fit a filter, of a board or of one of its columns (`:column_id`, which may be NULL).
SELECTABLE_TASKS = text(f"""
    SELECT k.task_id, k.title, k.column_id, k.priority, {KEY}
    FROM   tasks k
           {join_board("k.board_id")}
           {join_column("k.column_id")}
    WHERE  k.board_id = :board_id AND k.deleted_at IS NULL
           AND (CAST(:column_id AS uuid) IS NULL OR k.column_id = CAST(:column_id AS uuid))
           AND {FILTER}
    ORDER  BY c.rank, k.rank, k.task_id
    LIMIT  :limit
""")
# The audit events of one unit of work from its first on: the same event by the same person at the same instant.
EVENTS_OF_BATCH = text("""
    SELECT l.event, l.event_id, l.entity_id
    FROM   audit_logs first
           JOIN audit_logs l
             ON  l.board_id = first.board_id
             AND l.board_seq >= first.board_seq AND l.board_seq < first.board_seq + :max_events
             AND l.event = first.event AND l.actor_id = first.actor_id
             AND l.action_timestamp = first.action_timestamp
    WHERE  first.event_id = :event_id AND first.board_id = :board_id AND first.event = ANY(:events)
    ORDER  BY l.board_seq
""")
