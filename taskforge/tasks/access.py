"""Access to tasks: the one place that says who may see a task and what they may do with it."""

from __future__ import annotations

from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.outbox import pending_content
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.teams.access import HELD_PERMISSIONS, Membership, membership_of

REFERENCE = (
    "k.task_id, k.team_id, k.board_id, k.column_id, k.number, k.rank, k.title, k.status, k.priority,"
    " k.assignee_id, k.created_by, k.start_at, k.due_at, k.version, k.doc_version, k.tags, k.comment_count,"
    " k.attachment_count, k.checklist_done, k.checklist_total, k.created_at, k.updated_at, k.deleted_at"
)
SHOWN = (
    " b.name AS board_name, b.key_prefix || '-' || k.number AS key, c.name AS column_name, c.hue AS column_hue,"
    " assignee.display_name AS assignee_name, creator.display_name AS creator_name"
)
# What has those names, to be joined to some tasks `k`.
NAMED_BY = (
    " JOIN boards b USING (board_id) JOIN columns c USING (column_id)"
    " JOIN users creator ON creator.user_id = k.created_by LEFT JOIN users assignee ON assignee.user_id = k.assignee_id"
)
SHOWN_TABLES = f" tasks k{NAMED_BY}"


# A task, and the membership through which the user ``u`` sees it.
_VISIBLE_TASK = (
    f"SELECT {REFERENCE}, {SHOWN}, t.name AS team_name, b.seq AS board_seq, m.role,"
    f" {HELD_PERMISSIONS} AS permissions,"
    f" {pending_content('k.task_id')} AS pending_content"
    f" FROM {SHOWN_TABLES} JOIN teams t ON t.team_id = k.team_id"
    " JOIN team_memberships m ON m.team_id = k.team_id AND m.user_id = u.user_id"
    " WHERE k.task_id = :task_id AND b.deleted_at IS NULL"
)
_ALONE = prepared(
    f"{_VISIBLE_TASK.replace('u.user_id', ':user_id')} AND (:deleted OR k.deleted_at IS NULL)"
)

TaskAccess = tuple[sql.Row, Membership]


def task_query(task_id: str) -> JoinedQuery:
    """A task as the identified user sees it, also in the trash; `preloaded_task` takes its row."""
    return JoinedQuery(_VISIBLE_TASK, {"task_id": task_id})


def preloaded_task(row: sql.Row | None) -> TaskAccess | None:
    """What `access_task` would answer, from the row of `task_query`; None where it would raise NotFound."""
    return None if row is None else (row, membership_of(row, None))


def access_task(
    user_id: str, task_id: str, permission: str | None = None, *, deleted: bool = False
) -> tuple[sql.Row, Membership]:
    """A task's reference row with its names and pending text, and the membership through which it is seen.

    Trashed tasks are found only with ``deleted=True``, which finds live ones too.

    Raises:
        NotFound: no such task, or not a member of its team.
        Forbidden: a member without `permission`.
    """
    found = sql.row(_ALONE, {"user_id": user_id, "task_id": task_id, "deleted": deleted})
    if found is None:
        raise NotFound()
    return dict(found), membership_of(found, permission)
