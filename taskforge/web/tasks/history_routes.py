"""The history of a task, and undo and restore from it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput, NotFound
from taskforge.history.task_history import list_history
from taskforge.http.forms import Form, optional_int
from taskforge.http.htmx import go_to, render, wants_json, wants_partial
from taskforge.http.urls import safe_next
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task
from taskforge.tasks.fields import name_fields
from taskforge.tasks.history import undo as undo_service
from taskforge.teams.permissions import Permission
from taskforge.web.tasks.change_answers import change_answer
from taskforge.web.tasks.forms import RestoreValueForm, UndoForm
from taskforge.web.tasks.history_presenters import show_history
from taskforge.web.tasks.presenters import show_reference
from taskforge.web.tasks.routes import blueprint
from taskforge.web.tasks.undo_toast import offer_undo

ENTRIES_PER_PAGE = 50
LAST_LOG_ID = 2**63 - 1


@blueprint.get("/tasks/<id:task_id>/history")
def history(task_id: str) -> ResponseReturnValue:
    """The audit events of a task and its comments, latest first."""
    return _history_page(current_actor(), task_id)


@blueprint.post("/tasks/<id:task_id>/undo")
def undo(task_id: str) -> ResponseReturnValue:
    """Undo one change and redirect to ``next``; a script gets the new version and event instead."""
    actor = current_actor()
    row, membership = access_task(actor.user_id, task_id, deleted=True)
    undo_service.require_any_right(membership)
    form = UndoForm()
    change = form.attempt(lambda event: undo_service.undo_change(actor, task_id, event))
    if change is None:
        return _refused(actor, task_id, form)
    if wants_json():
        return change_answer(change)
    offer_undo(f"Undone on {row['key']}.", change, kind="redo")
    return go_to(_back(task_id))


@blueprint.get("/tasks/<id:task_id>/history/<id:event_id>")
def history_entry(task_id: str, event_id: str) -> ResponseReturnValue:
    """One change in full: the comparison, and the whole values before and after."""
    actor = current_actor()
    row, membership = access_task(actor.user_id, task_id, deleted=True)
    found = list_history(actor, task_id, event_id=event_id, limit=1)
    if not found:
        raise NotFound("There is no such change of this task.")
    return render_template(
        "tasks/history_entry.html",
        task=show_reference(row),
        entry=show_history(actor, row, membership, found, whole=True)[0],
    )


@blueprint.post("/tasks/<id:task_id>/history/<id:event_id>/restore")
def restore_value(task_id: str, event_id: str) -> ResponseReturnValue:
    """Restore the value that a field had before a change."""
    actor = current_actor()
    row, _ = access_task(actor.user_id, task_id, Permission.TASK_EDIT, deleted=True)
    form = RestoreValueForm()
    change = form.attempt(
        lambda **values: undo_service.restore_value(actor, task_id, event_id=event_id, **values)
    )
    if change is None:
        return _refused(actor, task_id, form)
    name = name_fields([form.values["field"]])
    if change.event_id is None:
        flash(f"The {name} of {row['key']} is that already.", "info")
    else:
        offer_undo(f"The {name} of {row['key']} is as it was.", change)
    return go_to(url_for("tasks.history", task_id=task_id))


def _back(task_id: str) -> str:
    return safe_next(request.form.get("next")) or url_for("tasks.history", task_id=task_id)


def _refused(actor: Actor, task_id: str, form: Form) -> ResponseReturnValue:
    """The history with the error above it, for a browser; for scripts the error is raised."""
    error = form.refusal or InvalidInput(" ".join(form.sentences))
    if wants_json() or wants_partial():
        raise error
    page = _history_page(actor, task_id, refusal=error.message)
    return form.refused(page)


def _history_page(actor: Actor, task_id: str, *, refusal: str | None = None) -> str:
    row, membership = access_task(actor.user_id, task_id, deleted=True)
    before = request.args.get("before")
    found = list_history(
        actor,
        task_id,
        before_log_id=optional_int(before, field="before", minimum=1, maximum=LAST_LOG_ID),
        limit=ENTRIES_PER_PAGE + 1,
    )
    entries = found[:ENTRIES_PER_PAGE]
    earlier = (
        url_for("tasks.history", task_id=task_id, before=entries[-1]["log_id"]) if entries else None
    )
    return render(
        "tasks/history.html",
        "tasks/_history.html",
        task=show_reference(row),
        entries=show_history(actor, row, membership, entries),
        next_url=earlier if len(found) > ENTRIES_PER_PAGE else None,
        refusal=refusal,
    )
