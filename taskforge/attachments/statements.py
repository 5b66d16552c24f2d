"""SQL of changing attachments, within a unit of work under the lock of the board."""

from __future__ import annotations

from taskforge.comments.queries import left_join_comment
from taskforge.stores.prepared_statements import prepared
from taskforge.tasks.queries import join_task

_THE_COMMENT = """
           c.comment_id = CAST(:comment_id AS uuid) AND c.task_id = k.task_id AND c.deleted_at IS NULL
"""
# What a change needs to know of the live task `:task_id` of the locked board `b`, and of the live comment
# `:comment_id` on it, which may be NULL: what each has, and how many files there are together.
HOLDER = f"""
    SELECT k.task_id, k.cover_id, c.comment_id,
           CASE WHEN c.comment_id IS NULL THEN k.files ELSE c.files END AS files,
           CASE WHEN c.comment_id IS NULL THEN k.files_version ELSE c.files_version END AS files_version,
           (SELECT count(*)
            FROM   attachments a
            WHERE  a.task_id = k.task_id AND a.deleted_at IS NULL) AS file_count
    FROM   (SELECT) one
           {join_task("CAST(:task_id AS uuid)")} AND k.board_id = b.board_id AND k.deleted_at IS NULL
           {left_join_comment(_THE_COMMENT)}
    WHERE  CAST(:comment_id AS uuid) IS NULL OR c.comment_id IS NOT NULL
"""
# Adds a file to what the team has stored, if there is space: 1 row, or none. Holds the team's row until COMMIT.
TAKE_SPACE = prepared("""
    INSERT INTO team_files (team_id, bytes_stored, file_count)
    SELECT CAST(:team_id AS uuid), CAST(:size AS bigint), 1
    WHERE  CAST(:size AS bigint) <= CAST(:quota AS bigint)
    ON CONFLICT (team_id) DO UPDATE
    SET    bytes_stored = team_files.bytes_stored + CAST(:size AS bigint), file_count = team_files.file_count + 1
    WHERE  team_files.bytes_stored + CAST(:size AS bigint) <= CAST(:quota AS bigint)
""")
FREE_SPACE = prepared("""
    UPDATE team_files
    SET    bytes_stored = bytes_stored - CAST(:size AS bigint), file_count = file_count - CAST(:files AS int)
    WHERE  team_id = :team_id
""")
INSERT = """
    INSERT INTO attachments (attachment_id, task_id, comment_id, name, size, mimetype, sha256, width, height,
                             thumbnail, uploaded_by, uploaded_at)
    VALUES (:attachment_id, :task_id, CAST(:comment_id AS uuid), :name, :size, :mimetype, :sha256, :width, :height,
            :thumbnail, :uploaded_by, :uploaded_at)
"""
# Both name the version that was read: a purge in between is one more, too.
DELETE = """
    UPDATE attachments
    SET    deleted_at = :at, deleted_by = :actor_id, was_cover = :was_cover, version = version + 1
    WHERE  attachment_id = :attachment_id AND version = :version
"""
RESTORE = """
    UPDATE attachments
    SET    deleted_at = NULL, deleted_by = NULL, was_cover = false, version = version + 1
    WHERE  attachment_id = :attachment_id AND version = :version
"""
LIVE_FILE_OF_TASK = prepared("""
    SELECT thumbnail, mimetype
    FROM   attachments
    WHERE  attachment_id = :attachment_id AND task_id = :task_id AND comment_id IS NULL AND deleted_at IS NULL
""")
