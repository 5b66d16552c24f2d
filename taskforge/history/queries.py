"""SQL of the history of boards: audit events by number and instant, and snapshots."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person
from taskforge.boards.queries import BOARDS, IS_LIVE, VIEW_PREFERENCES, join_board
from taskforge.boards.statuses import Status
from taskforge.comments.queries import left_join_comment
from taskforge.events import Event
from taskforge.stores.actor import BY_PROGRAM
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.fields import PROSE_NAMES
from taskforge.tasks.queries import join_task

# What people wrote is no part of a board's history: descriptions, custom fields, the words of comments.
_WRITTEN = f"{{{','.join((*PROSE_NAMES, 'content'))}}}"


def without_texts(state: str) -> str:
    """SQL for a state of the audit log without the texts in it."""
    return f"CASE WHEN jsonb_typeof({state}) = 'object' THEN {state} - '{_WRITTEN}'::text[] END"


LAST_EVENT_BEFORE = text("""
    SELECT board_seq
    FROM   audit_logs
    WHERE  board_id = :board_id AND action_timestamp < :at
    ORDER  BY action_timestamp DESC, board_seq DESC
    LIMIT  1
""")
FIRST_INSTANT_FROM = text("""
    SELECT action_timestamp
    FROM   audit_logs
    WHERE  board_id = :board_id AND action_timestamp >= :at
    ORDER  BY action_timestamp
    LIMIT  1
""")
# One event of a board, and the instants of the board's first and last event.
EVENT_OF_BOARD = text(f"""
    SELECT l.event, l.entity_type, l.entity_id, l.actor_id, u.display_name AS actor_name, u.picture AS actor_picture,
           l.action_timestamp AS at, {without_texts("l.new_state")} AS new_state,
           CASE WHEN l.entity_type = 'board' THEN l.previous_state ->> 'name' END AS old_name,
           (SELECT action_timestamp
            FROM   audit_logs
            WHERE  board_id = :board_id
            ORDER  BY action_timestamp
            LIMIT  1) AS first_at,
           (SELECT action_timestamp
            FROM   audit_logs
            WHERE  board_id = :board_id
            ORDER  BY action_timestamp DESC
            LIMIT  1) AS last_at
    FROM   audit_logs l
           {left_join_person("l.actor_id")}
    WHERE  l.board_id = :board_id AND l.board_seq = :seq
""")
# The number of events in each of `:buckets` equal parts of the time from `:first_at` to `:last_at`.
ACTIVITY = text("""
    SELECT least(floor(extract(epoch FROM action_timestamp - :first_at)
                       / greatest(extract(epoch FROM CAST(:last_at AS timestamptz) - :first_at), 0.001)
                       * :buckets),
                 :buckets - 1)::int AS bucket,
           count(*) AS changes
    FROM   audit_logs
    WHERE  board_id = :board_id
    GROUP  BY bucket
""")
EVENTS_TO_REPLAY = text(f"""
    SELECT board_seq, event, entity_type, entity_id, entity_version,
           {without_texts("new_state")} AS new_state
    FROM   audit_logs
    WHERE  board_id = :board_id AND board_seq > :after AND board_seq <= :up_to
    ORDER  BY board_seq
    LIMIT  :page
""")

NEAREST_SNAPSHOT = text("""
    SELECT board_seq, state
    FROM   board_snapshots
    WHERE  board_id = :board_id AND board_seq <= :seq
    ORDER  BY board_seq DESC
    LIMIT  1
""")
BOARDS_DUE = text(f"""
    SELECT b.board_id, b.seq, s.board_seq AS last_seq, s.next_seq
    FROM   {BOARDS}
           LEFT JOIN LATERAL (
               SELECT board_seq, next_seq
               FROM   board_snapshots
               WHERE  board_id = b.board_id
               ORDER  BY board_seq DESC
               LIMIT  1) s ON true
    WHERE  b.seq >= coalesce(s.next_seq, :first) AND {IS_LIVE}
    LIMIT  :boards
""")
# Nothing is inserted where the snapshot before it (`:previous`, if there is one) has been dropped meanwhile.
INSERT_SNAPSHOT = text("""
    INSERT INTO board_snapshots (board_id, board_seq, next_seq, at, state)
    SELECT board_id, board_seq, :next_seq, action_timestamp, CAST(:state AS jsonb)
    FROM   audit_logs
    WHERE  board_id = :board_id AND board_seq = :seq
           AND (:previous = 0
                OR EXISTS (SELECT
                           FROM   board_snapshots
                           WHERE  board_id = :board_id AND board_seq = :previous))
    ON CONFLICT DO NOTHING
""")
DROP_SNAPSHOTS_WITH_TASK = text("""
    DELETE FROM board_snapshots
    WHERE  board_id = :board_id
           AND board_seq >= (SELECT coalesce(min(board_seq), 0) FROM audit_logs WHERE entity_id = :task_id)
""")
SNAPSHOT_NUMBERS = text("""
    SELECT board_id, array_agg(board_seq ORDER BY board_seq) AS seqs
    FROM   board_snapshots
    GROUP  BY board_id
    ORDER  BY board_id
""")
SNAPSHOT_STATE = text("""
    SELECT state
    FROM   board_snapshots
    WHERE  board_id = :board_id AND board_seq = :seq
""")
DROP_SNAPSHOTS_OF_BOARDS = text("""
    DELETE FROM board_snapshots
    WHERE  board_id = ANY(CAST(:ids AS uuid[]))
""")

# The kinds of unseen changes as numbers, see `unseen_changes.KINDS`. A card that was moved within its column, and a
# comment that was deleted, are no reason to look at a card again.
_KIND = f"""
    CASE WHEN f.event IN ('{Event.TASK_CREATED}', '{Event.TASK_RESTORED}') THEN 0
         WHEN f.entity_type = 'task' AND f.new_state ->> 'status' = '{Status.DONE}'
              AND k.status = '{Status.DONE}' THEN 1
         WHEN f.entity_type = 'task' AND f.new_state -> 'column_id' IS NOT NULL THEN 2
         WHEN f.entity_type = 'task' AND f.new_state - 'rank' - 'spread_ranks' - '{BY_PROGRAM}' <> '{{}}'::jsonb THEN 3
         WHEN f.event IN ('{Event.ATTACHMENT_ADDED}', '{Event.ATTACHMENT_RESTORED}') THEN 3
         WHEN f.event = '{Event.COMMENT_CREATED}' THEN 4 END
"""
# The task whose card shows the event `f`; `c` is the comment that it is about, if it is.
_TASK_ID = """coalesce(c.task_id,
                                 CASE WHEN f.entity_type = 'attachment'
                                      THEN CAST(f.new_state ->> 'task_id' AS uuid) END,
                                 f.entity_id)"""
# What the others did on a board, up to number `:upto`: after the number `:after`, or else after the number that the
# person has seen, if their last look at the board was before `:before`. One row without a task where there is nothing;
# no row where the person has never seen the board.
UNSEEN_CHANGES = prepared(f"""
    SELECT v.seen_seq, v.seen_at, s.task_id, s.key, s.title, s.kind
    FROM   {VIEW_PREFERENCES}
           LEFT JOIN LATERAL (
               SELECT k.task_id, b.key_prefix || '-' || k.number AS key, k.title,
                      min({_KIND}) AS kind, max(f.board_seq) AS latest
               FROM   (SELECT l.*
                       FROM   audit_logs l
                       WHERE  l.board_id = v.board_id AND l.board_seq <= :upto
                              AND l.board_seq > coalesce(CAST(:after AS bigint), v.seen_seq)
                              AND (CAST(:after AS bigint) IS NOT NULL OR v.seen_at < :before)
                       ORDER  BY l.board_seq DESC
                       LIMIT  :limit) f
                      {left_join_comment("f.entity_type = 'comment' AND c.comment_id = f.entity_id")}
                      {join_task(_TASK_ID)} AND k.deleted_at IS NULL
                      {join_board("k.board_id")} AND b.board_id = v.board_id
               WHERE  f.actor_id IS DISTINCT FROM v.user_id
               GROUP  BY k.task_id, b.key_prefix, k.number, k.title) s ON true
    WHERE  v.user_id = :user_id AND v.board_id = :board_id
    ORDER  BY s.latest DESC
""")
