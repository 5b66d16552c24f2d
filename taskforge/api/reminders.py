"""One's own reminders of tasks."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.api.blueprints import ApiBlueprint, no_content, takes_no_key
from taskforge.api.schemas import notifications as schemas
from taskforge.identity.current import current_actor
from taskforge.notifications import reminders

blueprint = ApiBlueprint("reminders", __name__, topic="Notifications", prefix="")


@blueprint.get("/tasks/<any_id:task_id>/reminders")
@blueprint.response(200, schemas.ReminderList)
def list_reminders(task_id: str) -> Any:
    """One's reminders of a task that are still to come, the next one first."""
    return {"items": reminders.list_reminders(current_actor(), task_id)}


@blueprint.post("/tasks/<any_id:task_id>/reminders")
@takes_no_key
@blueprint.arguments(schemas.NewReminder)
@blueprint.response(201, schemas.Reminder)
def add_reminder(data: dict[str, Any], task_id: str) -> Any:
    """Be reminded of a task at an instant; the same instant twice is one reminder."""
    return reminders.add_reminder(current_actor(), task_id, at=data["at"])


@blueprint.delete("/reminders/<any_id:reminder_id>")
@blueprint.response(204)
def remove_reminder(reminder_id: str) -> Response:
    """Remove one of one's reminders."""
    reminders.remove_reminder(current_actor(), reminder_id)
    return no_content()
