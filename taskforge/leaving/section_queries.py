"""SQL of what an export holds, as its person may see it now: pages behind the last thing that was read."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.attachments.queries import ATTACHMENTS
from taskforge.boards.queries import IS_LIVE, join_board, join_view
from taskforge.comments.queries import COMMENTS, left_join_comment
from taskforge.stores.outbox import pending_content
from taskforge.tasks.access import REFERENCE, SHOWN, SHOWN_TABLES
from taskforge.tasks.queries import TASKS, join_task
from taskforge.teams.queries import LACKS_TWO_FACTOR, TEAMS_OF_MEMBERS

_IS_MINE = "(k.created_by = :user_id OR k.assignee_id = :user_id)"
_AFTER = "(CAST(:after AS uuid) IS NULL OR {key} > CAST(:after AS uuid))"
TASKS_OF_PERSON = text(f"""
    SELECT {REFERENCE}, {SHOWN}, k.files AS attachments, {pending_content("k.task_id")} AS pending_content
    FROM   {SHOWN_TABLES}
           {join_view()}
    WHERE  {_IS_MINE} AND k.deleted_at IS NULL AND {IS_LIVE} AND {_AFTER.format(key="k.task_id")}
    ORDER  BY k.task_id
    LIMIT  :limit
""")
COMMENTS_OF_PERSON = text(f"""
    SELECT c.comment_id, c.task_id, c.version AS doc_version, c.created_at, c.edited_at, k.title,
           {pending_content("c.comment_id")} AS pending_content
    FROM   {COMMENTS}
           {join_task("c.task_id")}
           {join_board("k.board_id")}
           {join_view()}
    WHERE  c.author_id = :user_id AND c.deleted_at IS NULL AND k.deleted_at IS NULL AND {IS_LIVE}
           AND {_AFTER.format(key="c.comment_id")}
    ORDER  BY c.comment_id
    LIMIT  :limit
""")
FILES_OF_PERSON = text(f"""
    SELECT a.attachment_id, a.task_id, a.comment_id, a.name, a.size, a.mimetype, a.uploaded_at, k.title
    FROM   {ATTACHMENTS}
           {join_task("a.task_id")}
           {join_board("k.board_id")}
           {join_view()}
           {left_join_comment("c.comment_id = a.comment_id")}
    WHERE  a.uploaded_by = :user_id AND a.deleted_at IS NULL AND k.deleted_at IS NULL AND c.deleted_at IS NULL
           AND {IS_LIVE} AND {_AFTER.format(key="a.attachment_id")}
    ORDER  BY a.attachment_id
    LIMIT  :limit
""")
COUNT_RECORDS = text(f"""
    SELECT (SELECT count(*) FROM {TASKS} WHERE {_IS_MINE} AND k.deleted_at IS NULL)
           + (SELECT count(*) FROM {COMMENTS} WHERE c.author_id = :user_id AND c.deleted_at IS NULL)
""")
TEAMS_OF_PERSON = text(f"""
    SELECT t.team_id, t.name, t.description, m.role, m.joined_at, {LACKS_TWO_FACTOR}
    FROM   {TEAMS_OF_MEMBERS}
    WHERE  m.user_id = :user_id
           AND {_AFTER.format(key="t.team_id")}
    ORDER  BY t.team_id
    LIMIT  :limit
""")
# The log is not sorted by people: a page is what is the person's among the next events.
EVENTS_OF_PERSON = text("""
    SELECT l.log_id, l.event_id, l.event, l.entity_type, l.entity_id, l.action_timestamp, l.actor_id,
           host(l.ip_address) AS ip_address, l.user_agent, l.previous_state, l.new_state
    FROM   audit_logs l
    WHERE  l.log_id > :after AND l.log_id <= :after + :window
           AND (l.actor_id = :user_id OR l.entity_id = :user_id)
    ORDER  BY l.log_id
""")
NEWEST_EVENT = text("SELECT coalesce(max(log_id), 0) FROM audit_logs")
