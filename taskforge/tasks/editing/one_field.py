"""Changing one field of a task: a concurrent change of another field is no conflict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from taskforge.errors import StaleVersion
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import ATTEMPTS, Change, unchanged
from taskforge.tasks.access import TaskAccess, access_task
from taskforge.tasks.editing.queries import LAST_CHANGE_OF_FIELD
from taskforge.tasks.service import edit_task, move_task
from taskforge.teams.permissions import Permission
from taskforge.text.people import Person, person_of


class FieldTaken(StaleVersion):
    """Somebody changed the very field after the version that the caller saw: who (None: nobody known), and when."""

    def __init__(self, label: str, by: Person | None, at: datetime) -> None:
        self.by, self.at = by, at
        name = by.display_name if by else "TaskForge"
        super().__init__(
            f"{name} changed the {label.lower()} at {at:%H:%M} UTC on {at:%-d %b}, while you were editing it."
        )


def edit_field(
    actor: Actor,
    task_id: str,
    *,
    field: str,
    value: Any,
    version: int,
    label: str,
    preloaded: TaskAccess | None = None,
) -> Change:
    """Set one field (named as in `edit_task`) to a checked value; `version` is what the caller saw.

    `preloaded` is what `access_task` would answer, if the request has read it already.

    Raises:
        NotFound, Forbidden: no access, or no permission ``task.edit`` (for ``column_id``: ``task.move``).
        FieldTaken: this field has another value since `version`; `label` is its name in the sentence.
        InvalidInput, WipLimitReached, Unavailable: like `edit_task`.
    """
    version_of_caller = version
    for _ in range(ATTEMPTS):
        try:
            return _set(actor, task_id, field, value, version, preloaded)
        except StaleVersion:
            preloaded = access_task(actor.user_id, task_id)
            row = preloaded.row
            taken = find_change(task_id, field, after=version_of_caller)
            if taken is not None and row.get(field) != value:
                raise FieldTaken(
                    label, person_of(taken["actor_id"], taken["display_name"]), taken["at"]
                ) from None
            version = row["version"]
    raise StaleVersion()


def _set(
    actor: Actor,
    task_id: str,
    field: str,
    value: Any,
    version: int,
    preloaded: TaskAccess | None,
) -> Change:
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
