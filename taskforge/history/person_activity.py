"""What a person did lately on the boards of somebody who looks at their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person, list_display_names
from taskforge.boards.queries import BOARDS_OF_MEMBERS, IS_LIVE, join_board, join_column
from taskforge.history.queries import without_texts
from taskforge.history.replay import ReplayedBoard
from taskforge.history.sentences import changed_task, describe_event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.queries import join_task
from taskforge.teams.permissions import Permission
from taskforge.teams.queries import HELD_PERMISSIONS

MAX_SHOWN = 15

_TASK_OF_EVENT = """CASE l.entity_type WHEN 'task' THEN l.entity_id
                WHEN 'comment' THEN CAST(l.new_state ->> 'task_id' AS uuid) END"""
_COLUMN_AFTER_EVENT = "CAST(coalesce(l.new_state ->> 'column_id', place.column_id) AS uuid)"
# An event `l` with the number of its card and the column that its sentence names. A move within a column does not
# record the column: only for it the card's events before are searched.
_EVENT_COLUMNS = f"""
           l.event_id, l.event, l.action, l.entity_type, l.entity_id, l.board_seq, l.actor_id,
           u.display_name AS actor_name, u.picture AS actor_picture, l.action_timestamp AS at,
           {without_texts("l.new_state")} AS new_state,
           CASE WHEN l.entity_type = 'board' THEN l.previous_state ->> 'name' END AS old_name,
           k.number, c.column_id, c.name AS column_name
"""
_EVENT_JOINS = f"""
           {left_join_person("l.actor_id")}
           LEFT {join_task(_TASK_OF_EVENT)}
           LEFT JOIN LATERAL (
               SELECT e.new_state ->> 'column_id' AS column_id
               FROM   audit_logs e
               WHERE  l.entity_type = 'task' AND l.new_state -> 'rank' IS NOT NULL
                      AND l.new_state -> 'column_id' IS NULL
                      AND e.entity_type = 'task' AND e.entity_id = l.entity_id
                      AND e.board_seq < l.board_seq AND e.new_state -> 'column_id' IS NOT NULL
               ORDER  BY e.board_seq DESC
               LIMIT  1) place ON true
           LEFT {join_column(_COLUMN_AFTER_EVENT)}
"""

_LATEST = text(f"""
    SELECT {_EVENT_COLUMNS}, b.board_id, b.name AS board_name, b.key_prefix
    FROM   (SELECT found.*
            FROM   {BOARDS_OF_MEMBERS}
                   CROSS JOIN LATERAL (
                       SELECT *
                       FROM   audit_logs
                       WHERE  board_id = b.board_id AND actor_id = :person_id
                       ORDER  BY board_seq DESC
                       LIMIT  :limit) found
            WHERE  m.user_id = :user_id AND {IS_LIVE}
                   AND '{Permission.BOARD_ACTIVITY}' = ANY({HELD_PERMISSIONS})
            ORDER  BY found.log_id DESC
            LIMIT  :limit) l
           {join_board("l.board_id")}
           {_EVENT_JOINS}
    ORDER  BY l.log_id DESC
""")


def list_person_activity(actor: Actor, person_id: str) -> Sequence[Mapping[str, Any]]:
    """The latest events of a person on boards whose activity the actor may see, each with its ``summary``.

    Newest first, at most 15. The caller has checked access to the person.
    """
    parameters = {"user_id": actor.user_id, "person_id": person_id, "limit": MAX_SHOWN}
    rows = sql.rows(_LATEST, parameters)
    names = list_display_names((row["new_state"] or {}).get("assignee_id") for row in rows)
    return [
        {
            **row,
            "summary": _summarise(
                {"name": row["board_name"], "key_prefix": row["key_prefix"]}, row, names
            ),
        }
        for row in rows
    ]


def _summarise(board: Mapping[str, Any], row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The sentence of one event (`_EVENT_COLUMNS`), from as much of the board after it as the sentence needs.

    Of the board it reads ``name`` and ``key_prefix``.
    """
    after = ReplayedBoard(name=board["name"], key_prefix=board["key_prefix"])
    if row["column_id"] is not None:
        after.columns[row["column_id"]] = {"name": row["column_name"]}
    task_id = changed_task(row)
    if task_id is not None and row["number"] is not None:
        after.cards[task_id] = {"number": row["number"], "column_id": row["column_id"]}
    return describe_event(row, after, names)
