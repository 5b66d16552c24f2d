"""SQL of changing a task: its row, its place among the others, and who changed a field last."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person
from taskforge.boards.queries import (
    BOARDS,
    COLUMNS,
    IS_LIVE_COLUMN,
    left_join_column,
    sees_board,
)
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import IS_IN_COLUMN

# The columns that a board has now, from left to right.
LIVE_COLUMNS = prepared(f"""
    SELECT c.column_id, c.status
    FROM   {COLUMNS}
    WHERE  c.board_id = :board_id AND {IS_LIVE_COLUMN}
    ORDER  BY c.rank
""")
# The number of tasks in the column `c`; NULL where it has no limit.
_IN_COLUMN = f"""
           CASE WHEN c.wip_limit IS NOT NULL
                THEN (SELECT count(*) FROM tasks k WHERE {IS_IN_COLUMN}) END AS in_column"""
# The first column of the board `b` with `:column_id` and `:status`, each of which may be NULL for any.
_FIRST_COLUMN = f"""
    SELECT c.board_id, c.column_id, c.name, c.status, c.wip_limit
    FROM   {COLUMNS}
    WHERE  c.board_id = b.board_id AND {IS_LIVE_COLUMN}
           AND (CAST(:column_id AS uuid) IS NULL OR c.column_id = CAST(:column_id AS uuid))
           AND (CAST(:status AS text) IS NULL OR c.status = :status)
    ORDER  BY c.rank
    LIMIT  1
"""
# All that a place at the end of that column needs to know, for the board `b`; `:task_id`, which may be NULL, is left
# out of ``last_rank``. ``may_assign`` says whether `:assignee_id` sees the board.
END_OF_COLUMN = f"""
    SELECT c.column_id, c.name, c.status, c.wip_limit,
           {_IN_COLUMN},
           EXISTS (SELECT
                   FROM   tasks k
                   WHERE  {IS_IN_COLUMN} AND k.task_id = CAST(:task_id AS uuid)) AS inside,
           (SELECT max(k.rank)
            FROM   tasks k
            WHERE  {IS_IN_COLUMN} AND k.task_id IS DISTINCT FROM CAST(:task_id AS uuid)) AS last_rank,
           {sees_board("CAST(:assignee_id AS uuid)")} AS may_assign
    FROM   (SELECT) one
           LEFT JOIN LATERAL ({_FIRST_COLUMN}) c ON true
"""
END_OF_COLUMN_ALONE = prepared(f"""
    SELECT joined.*
    FROM   {BOARDS}
           CROSS JOIN LATERAL ({END_OF_COLUMN}) joined
    WHERE  b.board_id = :board_id
""")
COLUMN_EVEN_DELETED = prepared(f"""
    SELECT c.column_id, c.name, c.status, c.wip_limit, c.deleted_at, {_IN_COLUMN},
           EXISTS (SELECT
                   FROM   tasks k
                   WHERE  {IS_IN_COLUMN} AND k.task_id = CAST(:task_id AS uuid)) AS inside
    FROM   {COLUMNS}
    WHERE  c.board_id = :board_id AND c.column_id = :column_id
""")
# The rank just above `:rank` in a column, and whether another task than `:task_id` has that very rank.
RANK_ABOVE = prepared("""
    SELECT max(rank) FILTER (WHERE rank < :rank) AS above,
           bool_or(rank = :rank) AS taken
    FROM   tasks
    WHERE  board_id = :board_id AND column_id = :column_id AND deleted_at IS NULL
           AND task_id <> :task_id
""")
# All that a place between neighbours needs to know, for the board `b`. ``upper`` and ``lower`` are the neighbours'
# ranks as far as they are in the column; ``nearest`` is the rank on the other side of the gap: of the last task, if
# there is no neighbour.
NEIGHBOURS = f"""
    SELECT c.column_id, c.name, c.status, c.wip_limit,
           above.task_id AS above_id, below.task_id AS below_id, near.upper, near.lower,
           {_IN_COLUMN},
           EXISTS (SELECT
                   FROM   tasks k
                   WHERE  {IS_IN_COLUMN} AND k.task_id = :task_id) AS inside,
           CASE WHEN near.upper IS NOT NULL
                THEN (SELECT max(k.rank)
                      FROM   tasks k
                      WHERE  {IS_IN_COLUMN} AND k.task_id <> :task_id AND k.rank < near.upper)
                WHEN near.lower IS NOT NULL
                THEN (SELECT min(k.rank)
                      FROM   tasks k
                      WHERE  {IS_IN_COLUMN} AND k.task_id <> :task_id AND k.rank > near.lower)
                ELSE (SELECT max(k.rank)
                      FROM   tasks k
                      WHERE  {IS_IN_COLUMN} AND k.task_id <> :task_id) END AS nearest
    FROM   (SELECT) one
           {left_join_column(":column_id")} AND c.board_id = b.board_id AND {IS_LIVE_COLUMN}
           LEFT JOIN tasks above ON above.board_id = b.board_id AND above.task_id = CAST(:before_id AS uuid)
           LEFT JOIN tasks below ON below.board_id = b.board_id AND below.task_id = CAST(:after_id AS uuid)
           CROSS JOIN LATERAL (
               SELECT CASE WHEN above.column_id = c.column_id AND above.deleted_at IS NULL
                           THEN above.rank END AS upper,
                      CASE WHEN below.column_id = c.column_id AND below.deleted_at IS NULL
                           THEN below.rank END AS lower) near
"""
NEIGHBOURS_ALONE = prepared(f"""
    SELECT joined.*
    FROM   {BOARDS}
           CROSS JOIN LATERAL ({NEIGHBOURS}) joined
    WHERE  b.board_id = :board_id
""")
TASK_IDS_BY_RANK = prepared("""
    SELECT task_id
    FROM   tasks
    WHERE  board_id = :board_id AND column_id = :column_id AND deleted_at IS NULL
    ORDER  BY rank, task_id
""")
WRITE_RANKS = prepared("""
    UPDATE tasks
    SET    rank = fresh.rank
    FROM   unnest(CAST(:task_ids AS uuid[]), CAST(:ranks AS text[])) AS fresh(task_id, rank)
    WHERE  tasks.task_id = fresh.task_id
""")
# The last audit event, behind the version `:after` of a task, that names `:field` in its new state.
LAST_CHANGE_OF_FIELD = text(f"""
    SELECT l.actor_id, u.display_name, l.action_timestamp AS at
    FROM   audit_logs l
           {left_join_person("l.actor_id")}
    WHERE  l.entity_id = :task_id AND l.entity_type = 'task' AND l.entity_version > :after
           AND l.new_state -> :field IS NOT NULL
    ORDER  BY l.entity_version DESC
    LIMIT  1
""")


@cache
def insert_task_row(columns: Sequence[str]) -> str:
    """SQL that inserts a task with some columns."""
    values = ", ".join(f":{name}" for name in columns)
    return f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({values})"


@cache
def update_task_row(columns: Sequence[str]) -> str:
    """SQL that writes some columns of the task `:task_id`, if it is at the version `:expected`."""
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    return f"""
    UPDATE tasks
    SET    {assignments}
    WHERE  task_id = :task_id AND version = :expected
    """
