"""Reads of attachments, and SQL of attachments for the features above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from taskforge import clock
from taskforge.boards.queries import HELD_ON_BOARD, IS_LIVE, join_board, join_view
from taskforge.comments.queries import left_join_comment
from taskforge.stores import sql
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.retention import RESTORABLE_FOR
from taskforge.tasks.queries import join_task

MAX_LISTED = 200  # files of a task, or of the trash of one, in one list

# SQL of attachments for the features above: the only way in which theirs names the table.
ATTACHMENTS = "attachments a"  # an item of a FROM clause
ATTACHMENT_IDS_OF_TASK = "SELECT attachment_id FROM attachments WHERE task_id = :task_id"
ATTACHMENT_IDS_OF_COMMENTS = (
    "SELECT attachment_id FROM attachments WHERE comment_id = ANY(CAST(:comment_ids AS uuid[]))"
)
FILES_OF_TEAMS = "team_files f"

# A column ``has_deleted_files``: whether a file of the task ``k`` or its comments is in the trash.
HAS_DELETED_FILES = f"""
           EXISTS (SELECT
                   FROM   {ATTACHMENTS}
                          {left_join_comment("c.comment_id = a.comment_id")}
                   WHERE  a.task_id = k.task_id AND a.deleted_at IS NOT NULL AND a.purged_at IS NULL
                          AND c.deleted_at IS NULL) AS has_deleted_files
"""

_SHOWN = f"""
    SELECT a.*, k.board_id, k.team_id, k.title AS task_title, k.deleted_at AS task_deleted_at,
           b.key_prefix || '-' || k.number AS task_key,
           c.author_id AS comment_author_id, c.deleted_at AS comment_deleted_at,
           {HELD_ON_BOARD} AS permissions
    FROM   {ATTACHMENTS}
           {join_task("a.task_id")}
           {join_board("k.board_id")}
           {join_view()}
           {left_join_comment("c.comment_id = a.comment_id")}
"""
# An attachment as somebody sees it, deleted ones too: to be read by `taskforge.attachments.access` alone.
ATTACHMENT = prepared(f"""
    {_SHOWN}
    WHERE  a.attachment_id = :attachment_id AND a.purged_at IS NULL AND {IS_LIVE}
""")
# Those of a task, and of comments on it that are not deleted, oldest first; deleted ones latest first.
_OF_TASK = prepared(f"""
    {_SHOWN}
    WHERE  a.task_id = :task_id AND {IS_LIVE} AND a.deleted_at IS NULL AND c.deleted_at IS NULL
    ORDER  BY a.attachment_id
    LIMIT  :limit
""")
_DELETED_OF_TASK = prepared(f"""
    {_SHOWN}
    WHERE  a.task_id = :task_id AND {IS_LIVE} AND a.deleted_at >= :since AND a.purged_at IS NULL
           AND c.deleted_at IS NULL
    ORDER  BY a.deleted_at DESC, a.attachment_id
    LIMIT  :limit
""")
_USAGE = prepared("""
    SELECT bytes_stored, file_count
    FROM   team_files
    WHERE  team_id = :team_id
""")
# Deleted ones, and those that went with their comment.
PURGEABLE = text(f"""
    SELECT a.attachment_id, k.board_id, a.deleted_at
    FROM   {ATTACHMENTS}
           {join_task("a.task_id")}
    WHERE  a.deleted_at < :before AND a.purged_at IS NULL
    UNION  ALL
    SELECT a.attachment_id, k.board_id, c.deleted_at
    FROM   {ATTACHMENTS}
           {join_task("a.task_id")}
           {left_join_comment("c.comment_id = a.comment_id")}
    WHERE  a.comment_id IS NOT NULL AND a.deleted_at IS NULL AND a.purged_at IS NULL AND c.deleted_at < :before
    ORDER  BY deleted_at
    LIMIT  :limit
""")
# Those of some ids whose bytes are still needed.
KNOWN_IDS = text("""
    SELECT attachment_id
    FROM   attachments
    WHERE  attachment_id = ANY(CAST(:ids AS uuid[])) AND purged_at IS NULL
""")


def left_join_attachment(attachment_id: str) -> str:
    """SQL that joins the attachment, as ``a``, whose id an expression gives, if there is one."""
    return f"LEFT JOIN attachments a ON a.attachment_id = {attachment_id}"


def list_files_of_visible_task(user_id: str, task_id: str) -> Sequence[sql.Row]:
    """The files of a task and of its comments, oldest first, at most 200; none where the task is not visible."""
    parameters = {"user_id": user_id, "task_id": task_id, "limit": MAX_LISTED}
    return sql.rows(_OF_TASK, parameters)


def list_deleted_files_of_visible_task(user_id: str, task_id: str) -> Sequence[sql.Row]:
    """Files of a task and its comments that can still be restored, latest deletion first, at most 200."""
    since = clock.now() - RESTORABLE_FOR
    parameters = {"user_id": user_id, "task_id": task_id, "since": since, "limit": MAX_LISTED}
    return sql.rows(_DELETED_OF_TASK, parameters)


def get_usage(team_id: str) -> Mapping[str, int]:
    """``bytes_stored`` and ``file_count`` of a team, the trash among them."""
    found = sql.row(_USAGE, {"team_id": team_id})
    return {"bytes_stored": 0, "file_count": 0} if found is None else dict(found)
