"""Why somebody does not find what is in their team: it requires two-factor log-in, which they have not.

It is asked only where something was not found, so that it costs no other request a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from taskforge.attachments.queries import ATTACHMENTS
from taskforge.boards.queries import BOARDS, WOULD_SEE_BOARD
from taskforge.comments.queries import COMMENTS
from taskforge.stores import sql
from taskforge.tasks.queries import TASKS
from taskforge.teams.queries import TEAMS_OF_MEMBERS, is_admitted
from taskforge.text.values import is_uuid

KINDS = ("team_id", "board_id", "task_id", "comment_id", "attachment_id")

_LOCKED = text(f"""
    SELECT t.team_id, t.name
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.user_id = :user_id AND NOT {is_admitted()}
           AND (t.team_id = CAST(:team_id AS uuid)
                OR t.team_id = (
                    SELECT b.team_id
                    FROM   {BOARDS}
                    WHERE  b.board_id = coalesce(
                               CAST(:board_id AS uuid),
                               (SELECT k.board_id
                                FROM   {TASKS}
                                WHERE  k.task_id = coalesce(
                                           CAST(:task_id AS uuid),
                                           (SELECT c.task_id
                                            FROM   {COMMENTS}
                                            WHERE  c.comment_id = CAST(:comment_id AS uuid)),
                                           (SELECT a.task_id
                                            FROM   {ATTACHMENTS}
                                            WHERE  a.attachment_id = CAST(:attachment_id AS uuid)))))
                           AND {WOULD_SEE_BOARD}))
    LIMIT  1
""")


def find_locked_team(user_id: str, ids: Mapping[str, Any]) -> sql.Row | None:
    """The team (team_id, name) that keeps somebody from what `ids` name, for want of two-factor log-in alone; or None.

    `ids` are a ``team_id``, ``board_id``, ``task_id``, ``comment_id`` or ``attachment_id``; others are passed over.
    """
    named = {
        name: ids[name] for name in KINDS if isinstance(ids.get(name), str) and is_uuid(ids[name])
    }
    if not named:
        return None
    return sql.row(_LOCKED, {**dict.fromkeys(KINDS), **named, "user_id": user_id})
