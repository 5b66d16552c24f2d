"""The doctor's check that lists and counts of files are what the rows of attachments say (I20), and its repair."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

from taskforge.attachments.documents import COMMENT, TASK, files_message, list_entry
from taskforge.attachments.queries import FILES_OF_TEAMS
from taskforge.boards.queries import HOLD_BOARD
from taskforge.comments.queries import COMMENTS, LIST_FILES_OF_COMMENT
from taskforge.stores import outbox, sql
from taskforge.stores.invariants import pages
from taskforge.stores.violations import Violation
from taskforge.tasks.queries import LIST_FILES_OF_TASK, TASKS, join_task
from taskforge.teams.queries import TEAMS

COUNT = "count files"


def _listed(row: str, condition: str) -> str:
    """SQL of the ids that a row lists, and of the live files for which a condition on ``a`` holds."""
    return f"""
           ARRAY(SELECT f ->> 'attachment_id' FROM jsonb_array_elements({row}.files) f) AS listed,
           ARRAY(SELECT CAST(a.attachment_id AS text)
                 FROM   attachments a
                 WHERE  {condition} AND a.deleted_at IS NULL
                 ORDER  BY a.attachment_id) AS live"""


_OF_TASKS = text(f"""
    SELECT k.task_id, k.attachment_count, k.cover_id,
           {_listed("k", "a.task_id = k.task_id AND a.comment_id IS NULL")}
    FROM   {TASKS}
    WHERE  (CAST(:after AS uuid) IS NULL OR k.task_id > CAST(:after AS uuid))
    ORDER  BY k.task_id
    LIMIT  :page
""")
_OF_COMMENTS = text(f"""
    SELECT c.comment_id, {_listed("c", "a.comment_id = c.comment_id")}
    FROM   {COMMENTS}
    WHERE  (CAST(:after AS uuid) IS NULL OR c.comment_id > CAST(:after AS uuid))
    ORDER  BY c.comment_id
    LIMIT  :page
""")
_STORED_BY_TEAM = f"""
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(a.size), 0) AS bytes_stored, count(*) AS file_count
               FROM   attachments a
                      {join_task("a.task_id")}
               WHERE  k.team_id = t.team_id AND a.purged_at IS NULL) s"""
_OF_TEAMS = text(f"""
    SELECT t.team_id, coalesce(f.bytes_stored, 0) AS bytes_counted, coalesce(f.file_count, 0) AS files_counted,
           s.bytes_stored, s.file_count
    FROM   {TEAMS}
           LEFT JOIN {FILES_OF_TEAMS} ON f.team_id = t.team_id
           {_STORED_BY_TEAM}
    WHERE  (CAST(:after AS uuid) IS NULL OR t.team_id > CAST(:after AS uuid))
    ORDER  BY t.team_id
    LIMIT  :page
""")
# The row of a team is its lock: what is being attached waits, and is counted on top.
_LOCK_TEAM = text("SELECT 1 FROM team_files WHERE team_id = :team_id FOR UPDATE")
_COUNT_TEAM = text(f"""
    INSERT INTO team_files (team_id, bytes_stored, file_count)
    SELECT t.team_id, s.bytes_stored, s.file_count
    FROM   {TEAMS}
           {_STORED_BY_TEAM}
    WHERE  t.team_id = :team_id
    ON CONFLICT (team_id) DO UPDATE
    SET    bytes_stored = excluded.bytes_stored, file_count = excluded.file_count
""")
# The board of a task or comment, and the version of its list.
_HOLDER = {
    TASK: text(f"SELECT k.board_id, k.files_version FROM {TASKS} WHERE k.task_id = :id"),
    COMMENT: text(f"""
        SELECT k.board_id, c.files_version
        FROM   {COMMENTS}
               {join_task("c.task_id")}
        WHERE  c.comment_id = :id
    """),
}
_LIVE_ROWS = text("""
    SELECT a.*
    FROM   attachments a
    WHERE  a.deleted_at IS NULL
           AND (a.comment_id = CAST(:comment_id AS uuid)
                OR a.task_id = CAST(:task_id AS uuid) AND a.comment_id IS NULL)
    ORDER  BY a.attachment_id
""")


def wrong_file_counts() -> Iterator[Violation]:
    """Tasks and comments that list other files than they have; teams whose space is counted otherwise."""
    for row in pages(_OF_TASKS, "task_id"):
        entity = f"task {row['task_id']}"
        if row["listed"] != row["live"] or row["attachment_count"] != len(row["live"]):
            detail = f"has {len(row['live'])} files, lists {len(row['listed'])} and counts {row['attachment_count']}"
            yield Violation("I20", entity, detail, COUNT)
        if row["cover_id"] is not None and row["cover_id"] not in row["live"]:
            yield Violation("I20", entity, "has a cover that is not among its files")
    for row in pages(_OF_COMMENTS, "comment_id"):
        if row["listed"] != row["live"]:
            detail = f"has {len(row['live'])} files and lists {len(row['listed'])}"
            yield Violation("I20", f"comment {row['comment_id']}", detail, COUNT)
    for row in pages(_OF_TEAMS, "team_id"):
        counted = (row["bytes_counted"], row["files_counted"])
        stored = (int(row["bytes_stored"]), row["file_count"])
        if counted != stored:
            detail = f"stores {stored[0]} bytes in {stored[1]} files, and counts {counted[0]} in {counted[1]}"
            yield Violation("I20", f"team {row['team_id']}", detail, COUNT)


def count_files(violations: Sequence[Violation]) -> None:
    """Write lists and counts again from the rows of attachments."""
    for violation in violations:
        with sql.transaction() as connection:
            if violation.entity_type == "team":
                connection.execute(_LOCK_TEAM, {"team_id": violation.entity_id})
                connection.execute(_COUNT_TEAM, {"team_id": violation.entity_id})
            else:
                _list_again(connection, violation.entity_type, violation.entity_id)


def _list_again(connection: Connection, entity_type: str, entity_id: str) -> None:
    ids = {"task_id": None, "comment_id": None, f"{entity_type}_id": entity_id}
    board_id = connection.execute(_HOLDER[entity_type], {"id": entity_id}).scalar_one()
    connection.execute(HOLD_BOARD, {"board_id": board_id})  # as every change of what is attached
    files = [list_entry(dict(row)) for row in connection.execute(_LIVE_ROWS, ids).mappings()]
    version = connection.execute(_HOLDER[entity_type], {"id": entity_id}).one().files_version + 1
    listed = {"files": json.dumps(files), "files_version": version, f"{entity_type}_id": entity_id}
    if entity_type == TASK:
        connection.execute(LIST_FILES_OF_TASK, {**listed, "count": len(files)})
    else:
        connection.execute(LIST_FILES_OF_COMMENT, listed)
    outbox.insert(connection, [files_message(entity_type, entity_id, version, files)])
