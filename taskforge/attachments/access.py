"""Access to attachments: who sees one, who may delete and restore it. It follows from task and comment."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from taskforge import clock
from taskforge.attachments.queries import ATTACHMENT
from taskforge.errors import Forbidden, NotFound
from taskforge.stores import sql
from taskforge.stores.retention import RESTORABLE_FOR
from taskforge.teams.access import require
from taskforge.teams.permissions import Permission

NOT_YOURS = "Only who wrote the comment, or somebody who moderates comments, can delete its files."


def access_attachment(user_id: str, attachment_id: str, *, deleted: bool = False) -> sql.Row:
    """An attachment with its task, its comment and what the user may do there (``permissions``).

    Files of a task in the trash are found, as the task is; those of a deleted comment are not. Deleted ones are found
    only with ``deleted=True``, which finds live ones too.

    Raises:
        NotFound: no such attachment, or its task is not visible to the user.
    """
    row = sql.row(ATTACHMENT, {"user_id": user_id, "attachment_id": attachment_id})
    if row is None or row["comment_deleted_at"] is not None:
        raise NotFound()
    if row["deleted_at"] is not None and not deleted:
        raise NotFound()
    return row


def may_change(user_id: str, permissions: Collection[str], comment_author_id: str | None) -> bool:
    """Whether somebody may delete a file: of a task who may edit it, of a comment its author and who moderates."""
    return needed_permission(user_id, permissions, comment_author_id) in permissions


def needed_permission(
    user_id: str, permissions: Collection[str], comment_author_id: str | None
) -> Permission:
    """The permission by which somebody may delete a file, or would if they held it."""
    if comment_author_id is None:
        return Permission.TASK_EDIT
    if comment_author_id == user_id and Permission.COMMENT_CREATE in permissions:
        return Permission.COMMENT_CREATE
    return Permission.COMMENT_MODERATE


def require_change(user_id: str, row: sql.Row) -> Permission:
    """The permission by which somebody may delete or restore a file.

    Raises:
        Forbidden: they may not.
    """
    needed = needed_permission(user_id, row["permissions"], row["comment_author_id"])
    if needed is Permission.COMMENT_MODERATE and needed not in row["permissions"]:
        raise Forbidden(NOT_YOURS)
    require(row["permissions"], needed)
    return needed


def may_restore(user_id: str, row: sql.Row) -> bool:
    """Whether somebody may take the deletion of a file back: who may delete it, within 30 days."""
    deleted_at: Any = row["deleted_at"]
    return (
        deleted_at is not None
        and row["task_deleted_at"] is None
        and deleted_at >= clock.now() - RESTORABLE_FOR
        and may_change(user_id, row["permissions"], row["comment_author_id"])
    )
