"""Changing one field of a task. A change of the column is a move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, unchanged
from taskforge.tasks.access import TaskAccess, access_task
from taskforge.tasks.editing.queries import LAST_CHANGE_OF_FIELD
from taskforge.tasks.service import edit_task, move_task
from taskforge.teams.permissions import Permission


def edit_field(
    actor: Actor,
    task_id: str,
    *,
    field: str,
    value: Any,
    version: int,
    preloaded: TaskAccess | None = None,
) -> Change:
    """Set one field (named as in `edit_task`) to a checked value; `version` is what the caller saw.

    `preloaded` is what `access_task` would answer, if the request has read it already.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.edit`` (for ``column_id``: ``task.move``).
        StaleVersion: this field has another value since `version`.
        InvalidInput, WipLimitReached, Unavailable: like `edit_task`.
    """
    if field != "column_id":
        return edit_task(
            actor, task_id, changes={field: value}, version=version, preloaded=preloaded
        )
    preloaded = access_task(actor.user_id, task_id, Permission.TASK_MOVE, preloaded=preloaded)
    row = preloaded.row
    if row["column_id"] == value:
        return unchanged(actor, entity_id=task_id, version=row["version"])
    return move_task(actor, task_id, column_id=value, version=version, preloaded=preloaded)


def find_change(task_id: str, field: str, *, after: int) -> Mapping[str, Any] | None:
    """The last audit event, behind a version, that names the field in its new state."""
    return sql.row(
        LAST_CHANGE_OF_FIELD,
        {"task_id": task_id, "field": field, "after": after},
    )
