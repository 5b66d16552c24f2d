"""Reading the audit log: the history of a task, as those who see the task may read it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task

PAGE = 100
_SHOWN = (
    "CASE WHEN c.deleted_at IS NOT NULL AND jsonb_typeof({state}) = 'object'"
    " THEN {state} - 'content' ELSE {state} END"
)


def list_history(
    actor: Actor,
    task_id: str,
    *,
    before_log_id: int | None = None,
    event_id: str | None = None,
    limit: int = PAGE,
) -> Sequence[sql.Row]:
    """What happened to a task and its comments, latest first, at most `limit` (100) facts; or one fact by its event.

    The log keeps what a deleted comment said; those who see the task are not shown it any more.

    Raises:
        NotFound: the task is not visible to the actor.
    """
    access_task(actor.user_id, task_id, deleted=True)
    return sql.rows(
        text(
            "SELECT l.log_id, l.event_id, l.event, l.action, l.entity_type, l.entity_id, l.entity_version, l.actor_id,"
            " u.display_name AS actor_name, l.action_timestamp, l.board_seq,"
            f" {_SHOWN.format(state='l.previous_state')} AS previous_state,"
            f" {_SHOWN.format(state='l.new_state')} AS new_state"
            " FROM audit_logs l LEFT JOIN users u ON u.user_id = l.actor_id"
            " LEFT JOIN comments c ON c.comment_id = l.entity_id"
            " WHERE l.entity_id IN (SELECT CAST(:task_id AS uuid) UNION ALL"
            " SELECT comment_id FROM comments WHERE task_id = :task_id)"
            " AND (CAST(:before AS bigint) IS NULL OR l.log_id < CAST(:before AS bigint))"
            " AND (CAST(:event_id AS uuid) IS NULL OR l.event_id = CAST(:event_id AS uuid))"
            " ORDER BY l.log_id DESC LIMIT :limit"
        ),
        {
            "task_id": task_id,
            "before": before_log_id,
            "event_id": event_id,
            "limit": min(limit, PAGE),
        },
    )
