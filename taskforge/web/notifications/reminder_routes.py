"""One's own reminders of a task: a page with those to come, and a form for another one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.http.htmx import go_to
from taskforge.identity.current import current_actor
from taskforge.notifications import reminders
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task
from taskforge.text import moments
from taskforge.web.notifications.blueprint import blueprint
from taskforge.web.notifications.forms import MORNING, ReminderForm
from taskforge.web.tasks.presenters import show_reference


@blueprint.get("/tasks/<id:task_id>/reminders")
def list_reminders(task_id: str) -> ResponseReturnValue:
    """The reminders that are still to come, and the form."""
    return _page(current_actor(), task_id)


@blueprint.post("/tasks/<id:task_id>/reminders")
def add_reminder(task_id: str) -> ResponseReturnValue:
    """Be reminded at a time."""
    actor, form = current_actor(), ReminderForm()
    access_task(actor.user_id, task_id)
    added = form.attempt(lambda at: reminders.add_reminder(actor, task_id, at=at))
    if added is None:
        return form.refused(_page(actor, task_id, form))
    flash(f"You will be reminded {moments.show_when(added['remind_at'])}.", "ok")
    return go_to(url_for("notifications.list_reminders", task_id=task_id))


@blueprint.post("/reminders/<id:reminder_id>/remove")
def remove_reminder(reminder_id: str) -> ResponseReturnValue:
    """Remove a reminder."""
    task_id = reminders.remove_reminder(current_actor(), reminder_id)
    flash("The reminder is removed.", "ok")
    return go_to(url_for("notifications.list_reminders", task_id=task_id))


def _page(actor: Actor, task_id: str, failed: ReminderForm | None = None) -> str:
    row, _ = access_task(actor.user_id, task_id)
    return render_template(
        "notifications/reminders.html",
        task=show_reference(row),
        form=failed or ReminderForm(formdata=None),
        reminders=[
            {**one, "words": moments.show_moment(one["remind_at"])}
            for one in reminders.list_reminders(actor, task_id)
        ],
        suggestions=_suggestions(row),
    )


def _suggestions(row: sql.Row) -> list[dict[str, Any]]:
    """Times that are often wanted and still lie ahead: the text of the form, and words."""
    now, due = clock.now(), row["due_at"]
    today = clock.reader_time().today
    found: list[tuple[str, datetime]] = [
        ("In an hour", now + timedelta(hours=1)),
        ("Tomorrow morning", moments.at_time(today + timedelta(days=1), MORNING)),
        ("In a week", moments.at_time(today + timedelta(days=7), MORNING)),
    ]
    if isinstance(due, datetime):
        found += [
            ("An hour before it is due", due - timedelta(hours=1)),
            ("A day before it is due", due - timedelta(days=1)),
        ]
    elif isinstance(due, date):
        found += [
            ("On the day it is due", moments.at_time(due, MORNING)),
            ("The day before it is due", moments.at_time(due - timedelta(days=1), MORNING)),
        ]
    return [
        {"words": words, "value": moments.form_text(at), "at": at}
        for words, at in found
        if at > now
    ]
