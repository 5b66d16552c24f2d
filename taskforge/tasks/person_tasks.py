"""What a person is working on, as far as somebody else may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from taskforge.boards.queries import IS_LIVE, join_board, join_column, join_view
from taskforge.boards.statuses import Status
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import KEY
from taskforge.tasks.row_columns import compose_row

MAX_PAGE = 200

_OPEN = text(f"""
    SELECT k.task_id, k.title, k.status, k.priority, k.due_at, k.due_has_time, k.board_id, {KEY}, b.name AS board_name,
           c.name AS column_name, c.hue AS column_hue
    FROM   tasks k
           {join_board("k.board_id")}
           {join_column("k.column_id")}
           {join_view()}
    WHERE  k.assignee_id = :person_id AND k.deleted_at IS NULL AND k.status <> '{Status.DONE}' AND {IS_LIVE}
           AND (CAST(:after_id AS uuid) IS NULL OR k.task_id < CAST(:after_id AS uuid))
    ORDER  BY k.task_id DESC
    LIMIT  :limit
""")


def list_open_tasks(
    actor: Actor, person_id: str, *, after_id: str | None = None, limit: int
) -> Sequence[Mapping[str, Any]]:
    """The tasks of a person that are not done and that the actor sees, newest first, behind the task `after_id`.

    At most `limit` (200). The caller has checked access to the person.
    """
    parameters = {"user_id": actor.user_id, "person_id": person_id, "after_id": after_id}
    found = sql.rows(_OPEN, {**parameters, "limit": min(limit, MAX_PAGE)})
    return [compose_row(row) for row in found]
