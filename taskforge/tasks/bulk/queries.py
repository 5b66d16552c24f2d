"""SQL of acts on many cards: their rows, the cards that can be selected, and what belongs to one batch."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.boards.queries import BOARDS, IS_LIVE, join_board, join_column, join_view, sees_board
from taskforge.boards.statuses import Status
from taskforge.stores.outbox import pending_content
from taskforge.tasks.access import KEY, REFERENCE

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
# Those of some boards that a person sees.
BOARDS_SEEN_BY = text(f"""
    SELECT b.board_id
    FROM   {BOARDS}
    WHERE  b.board_id = ANY(CAST(:board_ids AS uuid[])) AND {sees_board(":user_id")}
""")
_IS_OPEN_OF = (
    f"k.assignee_id = :assignee_id AND k.deleted_at IS NULL AND k.status <> '{Status.DONE}'"
)
# The open cards of a person on some boards; and how many there are on those boards of a team that the reader sees.
OPEN_CARDS_OF = text(f"""
    SELECT {REFERENCE}
    FROM   tasks k
    WHERE  k.board_id = ANY(CAST(:board_ids AS uuid[])) AND {_IS_OPEN_OF}
    ORDER  BY k.board_id, k.number
    LIMIT  :limit
""")
OPEN_CARD_COUNT = text(f"""
    SELECT count(*)
    FROM   tasks k
           {join_board("k.board_id")}
           {join_view()}
    WHERE  b.team_id = :team_id AND {IS_LIVE} AND {_IS_OPEN_OF}
""")
# The audit events of cards that were handed over: on each board so many from a sequence number on.
HANDED_OVER = text("""
    SELECT l.event_id
    FROM   unnest(CAST(:board_ids AS uuid[]), CAST(:firsts AS bigint[]), CAST(:counts AS bigint[]))
               AS h (board_id, first, cards)
           JOIN audit_logs l
             ON  l.board_id = h.board_id AND l.board_seq >= h.first AND l.board_seq < h.first + h.cards
""")
# Some tasks of boards that are not deleted.
ROWS_OF_TASKS = text(f"""
    SELECT {REFERENCE}, {KEY}
    FROM   tasks k
           {join_board("k.board_id")}
    WHERE  k.task_id = ANY(CAST(:ids AS uuid[])) AND {IS_LIVE}
    ORDER  BY k.board_id, k.number
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


def selectable_tasks(fitting: str) -> str:
    """The cards that fit a filter (`filters.filtered`), of a board or of one of its columns, or NULL: `:column_id`."""
    return f"""
    SELECT k.task_id, k.title, k.column_id, k.priority, {KEY}
    FROM   tasks k
           {join_board("k.board_id")}
           {join_column("k.column_id")}
    WHERE  k.board_id = :board_id AND k.deleted_at IS NULL
           AND (CAST(:column_id AS uuid) IS NULL OR k.column_id = CAST(:column_id AS uuid))
           AND {fitting}
    ORDER  BY c.rank, k.rank, k.task_id
    LIMIT  :limit
    """
