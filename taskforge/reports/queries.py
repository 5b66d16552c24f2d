"""SQL of the ways of tasks, and of what reports read beside them."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.boards.queries import BOARDS, join_board
from taskforge.events import Event
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import TASKS

# What a task's event must name to begin a period, or to end one.
_CONCERNS_WAYS = f"""
    l.entity_type = 'task'
    AND (l.event IN ('{Event.TASK_CREATED}', '{Event.TASK_PURGED}')
         OR jsonb_exists_any(l.new_state, ARRAY['column_id', 'status', 'assignee_id', 'deleted']))"""
_EVENT = """
    l.board_seq, l.event, l.entity_id, l.action_timestamp AS at,
           CASE WHEN jsonb_typeof(l.new_state) = 'object'
                THEN jsonb_strip_nulls(jsonb_build_object(
                         'column_id', l.new_state -> 'column_id', 'status', l.new_state -> 'status',
                         'deleted', l.new_state -> 'deleted'))
                     || CASE WHEN jsonb_exists(l.new_state, 'assignee_id')
                             THEN jsonb_build_object('assignee_id', l.new_state -> 'assignee_id')
                             ELSE '{}'::jsonb END END AS new_state"""

PERIOD_COLUMNS = """
    s.task_id, s.seq, s.event, s.column_id, s.status, s.assignee_id, s.is_deleted, s.entered_at, s.left_at"""
# The events of a board behind `:after`, up to `:up_to`, that make periods; at most `:page`.
EVENTS_OF_WAYS = text(f"""
    SELECT {_EVENT}
    FROM   audit_logs l
    WHERE  l.board_id = :board_id AND l.board_seq > :after AND l.board_seq <= :up_to
           AND {_CONCERNS_WAYS}
    ORDER  BY l.board_seq
    LIMIT  :page
""")

# Boards whose log goes further than what has been read of it, or is to be read again. By chance, so that none waits
# for ever behind busy ones.
DUE = prepared(f"""
    SELECT b.board_id, b.seq - CASE WHEN p.is_stale THEN 0 ELSE coalesce(p.seq, 0) END AS events,
           coalesce(p.is_stale, false) AS is_stale
    FROM   {BOARDS}
           LEFT JOIN transition_progress p ON p.board_id = b.board_id
    WHERE  p.seq IS NULL OR p.seq < b.seq OR p.is_stale
    ORDER  BY random()
    LIMIT  :boards
""")
# Holds a board against its purge, and no change of it; no row where it is gone.
HOLD_FOR_WAYS = text(f"""
    SELECT b.seq
    FROM   {BOARDS}
    WHERE  b.board_id = :board_id
    FOR KEY SHARE OF b
""")
BEGIN_PROGRESS = text("""
    INSERT INTO transition_progress (board_id)
    VALUES (:board_id)
    ON CONFLICT DO NOTHING
""")
# No row while another process is at it.
LOCK_PROGRESS = text("""
    SELECT p.seq, CASE WHEN p.at > '-infinity' THEN p.at END AS at, p.is_stale
    FROM   transition_progress p
    WHERE  p.board_id = :board_id
    FOR UPDATE SKIP LOCKED
""")
SET_PROGRESS = text("""
    UPDATE transition_progress
    SET    seq = :seq, at = coalesce(CAST(:at AS timestamptz), at), is_stale = false
    WHERE  board_id = :board_id
""")
LATEST_PERIODS = text(f"""
    SELECT DISTINCT ON (s.task_id) {PERIOD_COLUMNS}
    FROM   task_transitions s
    WHERE  s.board_id = :board_id AND s.task_id = ANY(CAST(:task_ids AS uuid[]))
    ORDER  BY s.task_id, s.seq DESC
""")
END_PERIODS = text("""
    UPDATE task_transitions s
    SET    left_at = e.left_at
    FROM   jsonb_to_recordset(CAST(:ended AS jsonb)) AS e (task_id uuid, seq bigint, left_at timestamptz)
    WHERE  s.board_id = :board_id AND s.task_id = e.task_id AND s.seq = e.seq
""")
BEGIN_PERIODS = text("""
    INSERT INTO task_transitions
           (board_id, task_id, seq, event, column_id, status, assignee_id, is_deleted, entered_at, left_at)
    SELECT CAST(:board_id AS uuid), e.*
    FROM   jsonb_to_recordset(CAST(:begun AS jsonb)) AS e (
               task_id uuid, seq bigint, event text, column_id uuid, status text, assignee_id uuid,
               is_deleted boolean, entered_at timestamptz, left_at timestamptz)
    ON CONFLICT DO NOTHING
""")
DROP_PERIODS = text("DELETE FROM task_transitions WHERE board_id = :board_id")
DROP_PROGRESS = text("DELETE FROM transition_progress WHERE board_id = :board_id")
MARK_STALE = text("""
    UPDATE transition_progress
    SET    is_stale = true
    WHERE  CAST(:ids AS uuid[]) IS NULL OR board_id = ANY(CAST(:ids AS uuid[]))
""")
PROGRESS_OF_BOARDS = text(f"""
    SELECT b.board_id AS id, coalesce(p.seq, 0) AS seq
    FROM   {BOARDS}
           LEFT JOIN transition_progress p ON p.board_id = b.board_id
    WHERE  (CAST(:after AS uuid) IS NULL OR b.board_id > CAST(:after AS uuid))
    ORDER  BY b.board_id
    LIMIT  :page
""")

# How far some boards, that the reader sees, have been read, and how far their logs go.
READ_SO_FAR = prepared(f"""
    SELECT b.board_id, b.seq AS board_seq, coalesce(p.seq, 0) AS seq,
           CASE WHEN p.at > '-infinity' THEN p.at END AS at
    FROM   {BOARDS}
           LEFT JOIN transition_progress p ON p.board_id = b.board_id
    WHERE  b.board_id = ANY(CAST(:board_ids AS uuid[]))
""")
# The periods of a board that had begun by an instant, task by task; those of events that nobody has read into them when
# `READ_SO_FAR` was read are left out.
PERIODS = prepared(f"""
    SELECT {PERIOD_COLUMNS}
    FROM   task_transitions s
    WHERE  s.board_id = :board_id AND s.seq <= :seq AND s.entered_at <= :at
    ORDER  BY s.task_id, s.seq
""")
# What the audit log says of a board and its columns.
COLUMN_EVENTS = prepared("""
    SELECT l.event, l.board_seq, l.action_timestamp AS at, l.new_state
    FROM   audit_logs l
    WHERE  l.entity_type = 'board' AND l.entity_id = :board_id AND l.board_seq IS NOT NULL
           AND jsonb_typeof(l.new_state) = 'object'
    ORDER  BY l.board_seq
""")
# Titles and keys of tasks as they are now; purged ones have none.
NAMES_OF_TASKS = prepared(f"""
    SELECT k.task_id, b.key_prefix || '-' || k.number AS key, k.title, b.name AS board_name
    FROM   {TASKS}
           {join_board("k.board_id")}
    WHERE  k.task_id = ANY(CAST(:ids AS uuid[])) AND k.board_id = ANY(CAST(:board_ids AS uuid[]))
""")
# The tasks of some boards, in the trash or not, that fulfil a condition of the query language, put in for the braces.
FITTING = f"""
    SELECT k.task_id
    FROM   {TASKS}
    WHERE  k.board_id = ANY(CAST(:board_ids AS uuid[])) AND ({{condition}})
"""
