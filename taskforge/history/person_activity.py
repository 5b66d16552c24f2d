"""What a person did lately on the boards of somebody who looks at their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from taskforge.accounts.queries import list_display_names
from taskforge.boards.queries import BOARDS_OF_MEMBERS, IS_LIVE, join_board
from taskforge.history.queries import EVENT_COLUMNS, EVENT_JOINS, summarise
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.permissions import Permission
from taskforge.teams.queries import HELD_PERMISSIONS

MAX_SHOWN = 15

_LATEST = text(f"""
    SELECT {EVENT_COLUMNS}, b.board_id, b.name AS board_name, b.key_prefix
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
           {EVENT_JOINS}
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
            "summary": summarise(
                {"name": row["board_name"], "key_prefix": row["key_prefix"]}, row, names
            ),
        }
        for row in rows
    ]
