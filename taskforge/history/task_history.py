"""The history of a task: its audit events and those of its comments and files, for those who see the task."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person
from taskforge.attachments.queries import ATTACHMENT_IDS_OF_TASK
from taskforge.comments.queries import COMMENT_IDS_OF_TASK, left_join_comment
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task

PAGE = 100


def _without_deleted_comment(state: str) -> str:
    """SQL for a state of the audit log, without the words of a comment that has been deleted since."""
    return f"""
           CASE WHEN c.deleted_at IS NOT NULL AND jsonb_typeof({state}) = 'object'
                THEN {state} - 'content' ELSE {state} END
    """


_HISTORY = text(f"""
    SELECT l.log_id, l.event_id, l.event, l.action, l.entity_type, l.entity_id, l.entity_version,
           l.actor_id, u.display_name AS actor_name, u.picture AS actor_picture, l.action_timestamp, l.board_seq,
           {_without_deleted_comment("l.previous_state")} AS previous_state,
           {_without_deleted_comment("l.new_state")} AS new_state,
           c.author_id AS comment_author_id, c.deleted_at AS comment_deleted_at,
           c.version AS comment_version
    FROM   audit_logs l
           {left_join_person("l.actor_id")}
           {left_join_comment("c.comment_id = l.entity_id")}
    WHERE  l.entity_id IN (SELECT CAST(:task_id AS uuid)
                           UNION ALL {COMMENT_IDS_OF_TASK}
                           UNION ALL {ATTACHMENT_IDS_OF_TASK})
           AND (CAST(:before AS bigint) IS NULL OR l.log_id < CAST(:before AS bigint))
           AND (CAST(:event_id AS uuid) IS NULL OR l.event_id = CAST(:event_id AS uuid))
    ORDER  BY l.log_id DESC
    LIMIT  :limit
""")


def list_history(
    actor: Actor,
    task_id: str,
    *,
    before_log_id: int | None = None,
    event_id: str | None = None,
    limit: int = PAGE,
) -> Sequence[sql.Row]:
    """What happened to a task, its comments and files: at most `limit` (100) audit events, latest first; or one.

    The audit log keeps the words of a deleted comment; here they are left out. An event of a comment says whose comment
    it is (``comment_author_id``), and since when it is deleted, if it is.

    Raises:
        NotFound: the task is not visible to the actor.
    """
    access_task(actor.user_id, task_id, deleted=True)
    return sql.rows(
        _HISTORY,
        {
            "task_id": task_id,
            "before": before_log_id,
            "event_id": event_id,
            "limit": min(limit, PAGE),
        },
    )
