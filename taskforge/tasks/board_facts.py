"""What a list of boards says of each besides its columns: who works on it, what is late, when it changed last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskforge import clock
from taskforge.accounts.queries import join_person
from taskforge.boards.queries import BOARDS
from taskforge.boards.statuses import Status
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.board.due_filter import is_within_sql, span_binds
from taskforge.tasks.board.filter_base import OVERDUE
from taskforge.tasks.queries import TASKS

MAX_PEOPLE = 3  # by name; the others are counted

# People are the assignees of open tasks, those with the most first.
_FACTS = prepared(f"""
    WITH summed AS (
        SELECT k.board_id, max(k.updated_at) AS changed_at,
               count(*) FILTER (WHERE k.deleted_at IS NULL AND {is_within_sql("due_at", OVERDUE)}) AS late_count
        FROM   {TASKS}
        WHERE  k.board_id = ANY(CAST(:board_ids AS uuid[]))
        GROUP  BY k.board_id),
    ranked AS (
        SELECT k.board_id, k.assignee_id,
               row_number() OVER (PARTITION BY k.board_id
                                  ORDER BY count(*) DESC, k.assignee_id) AS place,
               count(*) OVER (PARTITION BY k.board_id) AS people_count
        FROM   {TASKS}
        WHERE  k.board_id = ANY(CAST(:board_ids AS uuid[])) AND k.deleted_at IS NULL
               AND k.status <> :done AND k.assignee_id IS NOT NULL
        GROUP  BY k.board_id, k.assignee_id),
    named AS (
        SELECT r.board_id, max(r.people_count) AS people_count,
               jsonb_agg(jsonb_build_object('user_id', u.user_id, 'display_name', u.display_name,
                                            'picture', u.picture)
                         ORDER BY r.place) AS people
        FROM   ranked r
               {join_person("r.assignee_id")}
        WHERE  r.place <= :people
        GROUP  BY r.board_id)
    SELECT b.board_id, greatest(b.updated_at, s.changed_at) AS changed_at,
           coalesce(s.late_count, 0) AS late_count,
           coalesce(n.people_count, 0) AS people_count, coalesce(n.people, '[]'::jsonb) AS people
    FROM   {BOARDS}
           LEFT JOIN summed s ON s.board_id = b.board_id
           LEFT JOIN named n ON n.board_id = b.board_id
    WHERE  b.board_id = ANY(CAST(:board_ids AS uuid[]))
""")


def list_board_facts(board_ids: Sequence[str]) -> Mapping[str, sql.Row]:
    """Facts of boards that the caller has been given access to, by their ids, in one statement.

    ``people`` (at most three) and ``people_count``, ``late_count``, ``changed_at``.
    """
    rows = sql.rows(
        _FACTS,
        {
            "board_ids": list(board_ids),
            "done": Status.DONE.value,
            "people": MAX_PEOPLE,
            **span_binds(OVERDUE, clock.reader_time()),
        },
    )
    return {row["board_id"]: row for row in rows}
