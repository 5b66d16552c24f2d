"""Access to tasks: who sees a task, and whether their role holds a permission (`teams.permissions`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Executable

from taskforge.accounts.queries import join_person, left_join_person
from taskforge.boards.queries import (
    HELD_ON_BOARD,
    IS_LIVE,
    join_board,
    join_column,
    join_view,
    sees_board,
)
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.outbox import pending_content
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.tasks.fields import COPIED_COLUMNS, PLACE_NAMES
from taskforge.tasks.row_columns import ROW_COLUMNS, compose_row
from taskforge.teams.access import Membership, membership_of
from taskforge.teams.queries import join_team

REFERENCE_COLUMNS = (
    "task_id", "team_id", "board_id", "number", "created_by", *ROW_COLUMNS, *PLACE_NAMES, *COPIED_COLUMNS,
    "comment_count", "attachment_count", "version", "doc_version", "created_at", "updated_at", "deleted_at",
)  # fmt: skip
REFERENCE = ", ".join(f"k.{name}" for name in REFERENCE_COLUMNS)
# The short key of a task `k` of the board `b`; the names that a task is shown with.
KEY = "b.key_prefix || '-' || k.number AS key"
SHOWN = f"""
           b.name AS board_name, {KEY}, c.name AS column_name, c.hue AS column_hue,
           assignee.display_name AS assignee_name, assignee.picture AS assignee_picture,
           creator.display_name AS creator_name
"""
# The tables with those names, to be joined to some tasks `k`: the people, all of them, and all of them with the tasks.
NAMED_PEOPLE = f"""
           {join_person("k.created_by", "creator")}
           {left_join_person("k.assignee_id", "assignee")}
"""
NAMED_BY = f"""
           {join_board("k.board_id")}
           {join_column("k.column_id")}
           {NAMED_PEOPLE}
"""
SHOWN_TABLES = f"tasks k {NAMED_BY}"


def task_rows(statement: Executable, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a statement that selects `REFERENCE`, with one value for each field."""
    return [compose_row(row) for row in sql.rows(statement, parameters)]


def _visible_task(user_id: str, more: str = "") -> str:
    """SQL of a task, and of the membership through which the person whose id `user_id` gives sees it."""
    return f"""
    SELECT {more} {REFERENCE}, {SHOWN}, {sees_board("k.assignee_id")} AS assignee_sees_board,
           t.name AS team_name, b.seq AS board_seq, m.role, k.files AS attachments,
           {HELD_ON_BOARD} AS permissions,
           {pending_content("k.task_id")} AS pending_content
    FROM   {SHOWN_TABLES}
           {join_team("k.team_id")}
           {join_view(user_id)}
    WHERE  k.task_id = :task_id AND {IS_LIVE}
    """


_TASK = prepared(f"""
    {_visible_task(":user_id")} AND (:deleted OR k.deleted_at IS NULL)
""")


class TaskAccess(NamedTuple):
    """A task's reference row, and the membership through which somebody sees it."""

    row: sql.Row
    membership: Membership


def task_query(task_id: str, extra_column: str = "") -> JoinedQuery:
    """A task as the identified user sees it, also in the trash; `preloaded_task` takes its row.

    `extra_column` is a constant: a column of a feature above, of the user ``u`` and the task ``k``.
    """
    return JoinedQuery(_query_of_user(extra_column), {"task_id": task_id})


@cache
def _query_of_user(extra_column: str) -> str:
    return _visible_task("u.user_id", f"{extra_column}," if extra_column else "")


def preloaded_task(row: sql.Row | None) -> TaskAccess | None:
    """What `access_task` would answer, from the row of `task_query`; None where it would raise NotFound."""
    return None if row is None else TaskAccess(compose_row(row), membership_of(row, None))


def access_task(
    user_id: str,
    task_id: str,
    permission: str | None = None,
    *,
    deleted: bool = False,
    preloaded: TaskAccess | None = None,
) -> TaskAccess:
    """A task's reference row with its names and pending text, and the membership through which the user sees it.

    Trashed tasks are found only with ``deleted=True``, which finds live ones too. `preloaded` is what the request has
    read already (`preloaded_task`); the task is then not read again.

    Raises:
        NotFound: no such task, or not a member of its team.
        Forbidden: a member without `permission`.
    """
    if preloaded is not None and (deleted or preloaded.row["deleted_at"] is None):
        if permission is not None:
            preloaded.membership.require(permission)
        return preloaded
    found = sql.row(_TASK, {"user_id": user_id, "task_id": task_id, "deleted": deleted})
    if found is None:
        raise NotFound()
    return TaskAccess(compose_row(found), membership_of(found, permission))
