"""The context of the templates of one task: its page, its panel and their parts."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from taskforge.attachments.queries import list_deleted_files_of_visible_task
from taskforge.boards.mentions import BoardNames
from taskforge.comments.queries import (
    PAGE,
    UnreadComments,
    list_comments_without_texts,
    read_comments,
)
from taskforge.errors import InvalidInput
from taskforge.extensions import config_of
from taskforge.http.forms import optional_id
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import TaskAccess, access_task
from taskforge.tasks.queries import get_task
from taskforge.text.markdown import People
from taskforge.web.attachments.inline import TaskImages
from taskforge.web.attachments.presenters import show_files
from taskforge.web.comments.presenters import show_comments
from taskforge.web.tasks.inline_fields import INLINE_FIELDS, PROPERTY_FIELDS
from taskforge.web.tasks.presenters import show_task, task_rights


def task_context(
    actor: Actor,
    task_id: str,
    *,
    comment_form: Any | None = None,
    preloaded: TaskAccess | None = None,
    unread: UnreadComments | None = None,
    people: People | None = None,
) -> dict[str, Any]:
    """The context of the task page and its main column. `comment_form` is a comment that was refused.

    `preloaded` and `unread` are the task and its comments without their texts, and `people` its team, if the request
    has them already.
    """
    view = get_task(actor, task_id, deleted=True, preloaded=preloaded)
    unread = unread or list_requested_comments(actor, task_id)
    found = read_comments(unread) if view.texts is not None else []
    people = people or BoardNames(view.row["board_id"])
    images = TaskImages(actor.user_id, task_id)
    later = found[-1].row["comment_id"] if len(found) == PAGE else None
    return {
        "task": show_task(view, people, images),
        "fields": INLINE_FIELDS,
        "property_fields": PROPERTY_FIELDS,
        "comments": show_comments(found, people, images),
        "comment_form": comment_form,
        **_about_files(actor, view.row),
        "details_unavailable": view.texts is None,
        "may": task_rights(view.membership, deleted=view.row["deleted_at"] is not None),
        "later_comments_url": url_for(
            "tasks.show", task_id=task_id, comments_after=later, _anchor="discussion"
        )
        if later
        else None,
    }


def files_context(actor: Actor, task_id: str) -> dict[str, Any]:
    """The context of the files of a task alone."""
    row, membership = access_task(actor.user_id, task_id, deleted=True)
    return {
        "task": {**row, "attachments": show_files(row)},
        "may": task_rights(membership, deleted=row["deleted_at"] is not None),
        **_about_files(actor, row),
    }


def _about_files(actor: Actor, row: sql.Row) -> dict[str, Any]:
    """What the files of a task need besides themselves; the page's own query has read it with the task."""
    has_deleted = row.get("has_deleted_files")
    if has_deleted is None:
        has_deleted = bool(list_deleted_files_of_visible_task(actor.user_id, row["task_id"]))
    return {
        "max_file_bytes": config_of().attachment_max_bytes,
        "max_file_mb": config_of().attachment_max_mb,
        "has_deleted_files": has_deleted,
    }


def list_requested_comments(actor: Actor, task_id: str) -> UnreadComments:
    """The comments of a visible task from where the address says, without their texts."""
    return list_comments_without_texts(actor, task_id, after_id=_after_comment())


def _after_comment() -> str | None:
    try:
        return optional_id(request.args.get("comments_after"), field="comments_after")
    except InvalidInput:
        return None
