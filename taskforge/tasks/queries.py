"""Reads of tasks (one task with its texts, the trash, names for a history), and SQL of tasks.

The fragments are the only way in which the SQL of a feature above names the table of tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from taskforge.accounts.queries import PEOPLE, join_person
from taskforge.boards.access import access_board
from taskforge.boards.queries import (
    BOARD_COLUMNS,
    BOARDS_OF_MEMBERS,
    COLUMN_COLUMNS,
    COLUMNS,
    IS_LIVE_COLUMN,
    LISTED_BOARDS,
    LISTED_COLUMNS,
)
from taskforge.boards.statuses import Status
from taskforge.errors import NotFound, Unavailable
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.outbox import is_late
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.access import (
    REFERENCE,
    SHOWN,
    SHOWN_TABLES,
    TaskAccess,
    access_task,
    task_rows,
)
from taskforge.tasks.content import read_task_content
from taskforge.tasks.fields import EMPTY_CONTENT
from taskforge.tasks.moment_kind import flag_of
from taskforge.teams.access import Membership
from taskforge.text.people import person_of

MAX_TRASHED = 200  # tasks of the trash that are listed

# An item of a FROM clause; the condition that a task `k` is in the column `c`, and the number of those tasks.
TASKS = "tasks k"
# Rows that are given as JSON (`:rows`), as if they were those of tasks; what they lack is NULL.
GIVEN_TASKS = "jsonb_populate_recordset(CAST(NULL AS tasks), CAST(:rows AS jsonb)) k"
# A task that can be due: it is not done, and not in the trash.
IS_OPEN = f"k.deleted_at IS NULL AND k.status <> '{Status.DONE}'"
IS_IN_COLUMN = "k.board_id = c.board_id AND k.column_id = c.column_id AND k.deleted_at IS NULL"
TASK_COUNT = f"(SELECT count(*) FROM {TASKS} WHERE {IS_IN_COLUMN})"
COUNTED_COLUMN = f"{COLUMN_COLUMNS}, {TASK_COUNT} AS task_count"

TASK_IDS_OF_BOARD = text("""
    SELECT task_id
    FROM   tasks
    WHERE  board_id = :board_id
""")
# The boards of `LISTED_BOARDS`, and the columns of `LISTED_COLUMNS`, each with the number of its tasks.
BOARDS_WITH_COUNTS = text(f"""
    SELECT {BOARD_COLUMNS},
           (SELECT count(*)
            FROM   tasks k
            WHERE  k.board_id = b.board_id AND k.deleted_at IS NULL) AS task_count
    FROM   {BOARDS_OF_MEMBERS}
    {LISTED_BOARDS}
""")
COLUMNS_WITH_COUNTS = text(f"""
    SELECT {COUNTED_COLUMN}
    FROM   {COLUMNS}
    {LISTED_COLUMNS}
""")
COLUMN_WITH_COUNT = prepared(f"""
    SELECT {COUNTED_COLUMN}
    FROM   {COLUMNS}
    WHERE  c.column_id = :column_id AND c.board_id = :board_id AND {IS_LIVE_COLUMN}
""")
# The trash, for the purge; and the tasks of a deleted board.
TRASHED_BEFORE = text("""
    SELECT task_id, board_id
    FROM   tasks
    WHERE  deleted_at < :before
    ORDER  BY deleted_at
    LIMIT  :limit
""")
SOME_OF_BOARD = text("""
    SELECT task_id, board_id
    FROM   tasks
    WHERE  board_id = :board_id
    LIMIT  :limit
""")
LOCK_TASK = text("""
    SELECT *
    FROM   tasks
    WHERE  task_id = :task_id AND board_id = :board_id
    FOR UPDATE
""")
DELETE_TASK_ROW = text("""
    DELETE FROM tasks
    WHERE  task_id = :task_id
""")

_TRASH = text(f"""
    SELECT {REFERENCE}, {SHOWN}, d.actor_id AS deleter_id, d.display_name AS deleter_name
    FROM   {SHOWN_TABLES}
           LEFT JOIN LATERAL (
               SELECT l.actor_id, u.display_name
               FROM   audit_logs l
                      {join_person("l.actor_id")}
               WHERE  l.entity_id = k.task_id AND l.event = '{Event.TASK_DELETED}'
               ORDER  BY l.log_id DESC
               LIMIT  1) d ON true
    WHERE  k.board_id = :board_id AND k.deleted_at IS NOT NULL
    ORDER  BY k.deleted_at DESC, k.task_id
    LIMIT  :limit
""")
_NAMES = text(f"""
    SELECT c.column_id AS id, c.name
    FROM   {COLUMNS}
    WHERE  c.board_id = :board_id
    UNION ALL
    SELECT u.user_id, u.display_name
    FROM   {PEOPLE}
    WHERE  u.user_id = ANY(CAST(:user_ids AS uuid[]))
""")
# Counts one more comment of the live task `:task_id`; its row has the ``task_id``.
COUNT_ONE_COMMENT_MORE = """
    UPDATE tasks
    SET    comment_count = comment_count + 1
    WHERE  task_id = :task_id AND deleted_at IS NULL
    RETURNING task_id
"""
_ADD_TO_COMMENT_COUNT = prepared("""
    UPDATE tasks
    SET    comment_count = comment_count + :difference
    WHERE  task_id = :task_id AND deleted_at IS NULL
""")
# Lists the files of a task anew, for `taskforge.attachments`; the card shows their number.
LIST_FILES_OF_TASK = prepared("""
    UPDATE tasks
    SET    files = CAST(:files AS jsonb), files_version = :files_version, attachment_count = :count
    WHERE  task_id = :task_id
""")


@dataclass(frozen=True)
class TaskView:
    """A task as somebody sees it: reference row, texts (None when unreadable now) and their membership."""

    row: Mapping[str, Any]
    texts: Mapping[str, Any] | None
    membership: Membership

    @property
    def syncing(self) -> bool:
        """Whether MongoDB should have the newest text, and has yet to get it."""
        return is_syncing(self.row)


def is_syncing(row: Mapping[str, Any]) -> bool:
    """`TaskView.syncing` of a reference row with ``pending_content``."""
    is_pending = row["pending_content"] is not None
    return is_pending and is_late(row["doc_version"], row["created_at"])


def get_task(
    actor: Actor, task_id: str, *, deleted: bool = False, preloaded: TaskAccess | None = None
) -> TaskView:
    """A task with its texts. With ``deleted=True`` also one in the trash.

    `preloaded` is what `access_task` would answer, if the request has read it already.

    Raises:
        NotFound: no such task, or not a member of its team.
    """
    row, membership = access_task(actor.user_id, task_id, deleted=deleted, preloaded=preloaded)
    try:
        row, fields = read_task_content(actor, row)
    except Unavailable:
        return TaskView(row, None, membership)
    return TaskView(row, {**EMPTY_CONTENT, **fields}, membership)


def list_trash(actor: Actor, board_id: str) -> list[dict[str, Any]]:
    """The 200 last deleted tasks of a board, latest first, each with ``deleted_by`` (None if nobody knows)."""
    access_board(actor.user_id, board_id)
    found = task_rows(_TRASH, {"board_id": board_id, "limit": MAX_TRASHED})
    return [
        {**row, "deleted_by": person_of(row["deleter_id"], row["deleter_name"])} for row in found
    ]


def list_names(board_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """The names of a board's columns (deleted ones too) and of people, by id, for a history that is shown."""
    found = sql.rows(_NAMES, {"board_id": board_id, "user_ids": list(user_ids)})
    return {row["id"]: row["name"] for row in found}


def join_task(task_id: str) -> str:
    """SQL that joins the task, as ``k``, whose id `task_id` (a column or an expression) gives."""
    return f"JOIN tasks k ON k.task_id = {task_id}"


def left_join_task(task_id: str) -> str:
    """Like `join_task`, where there may be none."""
    return f"LEFT {join_task(task_id)}"


def moment_has_time(name: str) -> str:
    """SQL of whether a moment of the task `k` has a time. One within a day of UTC has, whatever its flag says."""
    at = f"k.{name}"
    return f"(k.{flag_of(name)} IS TRUE OR CAST({at} AT TIME ZONE 'UTC' AS time) <> '00:00')"


def add_to_comment_count(uow: UnitOfWork, task_id: str, difference: int) -> None:
    """Change a task's denormalised number of comments.

    Raises:
        NotFound: the task is in the trash, or does not exist.
    """
    counted = uow.execute(_ADD_TO_COMMENT_COUNT, {"difference": difference, "task_id": task_id})
    if counted.rowcount != 1:
        raise NotFound()


def set_comment_counts(count: str) -> str:
    """SQL that writes the number of comments of the tasks `:ids`; `count` is a SELECT of it for a row of ``tasks``."""
    return f"""
        UPDATE tasks
        SET    comment_count = ({count})
        WHERE  task_id = ANY(CAST(:ids AS uuid[]))
    """
