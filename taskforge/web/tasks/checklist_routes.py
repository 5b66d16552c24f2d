"""The checklist of a task: a form of its own to tick, add or remove each item."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from taskforge.http.forms import Form, checked, cleaned
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.documents import MAX_ITEM_TEXT
from taskforge.tasks.editing import checklist
from taskforge.tasks.queries import get_task
from taskforge.teams.permissions import Permission
from taskforge.text.validation import clean_line
from taskforge.web.tasks.change_answers import change_answer, changed_header
from taskforge.web.tasks.presenters import show_task, task_rights
from taskforge.web.tasks.routes import blueprint
from taskforge.web.tasks.task_context import task_context
from taskforge.web.tasks.undo_toast import offer_undo


class TickForm(Form):
    """Whether an item is done: 1, or anything else for not."""

    done = StringField("Done", [cleaned(checked)])


class AddItemForm(Form):
    """A new item."""

    text = StringField("Text", [cleaned(clean_line, max_length=MAX_ITEM_TEXT)])


@blueprint.post("/tasks/<id:task_id>/checklist/<id:item_id>/tick")
def tick_item(task_id: str, item_id: str) -> ResponseReturnValue:
    """Mark an item as done or not done."""
    actor = current_actor()
    done: bool = TickForm().require()["done"]
    return _answer(actor, task_id, checklist.tick_item(actor, task_id, item_id, done=done))


@blueprint.post("/tasks/<id:task_id>/checklist/<id:item_id>/remove")
def remove_item(task_id: str, item_id: str) -> ResponseReturnValue:
    """Remove an item."""
    actor = current_actor()
    change = checklist.remove_item(actor, task_id, item_id)
    return _answer(actor, task_id, change, text="The step is removed.")


@blueprint.post("/tasks/<id:task_id>/checklist/add")
def add_item(task_id: str) -> ResponseReturnValue:
    """Add an item at the end."""
    actor, form = current_actor(), AddItemForm()
    view = get_task(actor, task_id)
    view.membership.require(Permission.TASK_EDIT)
    change = form.attempt(lambda text: checklist.add_item(actor, task_id, words=text))
    if change is not None:
        return _answer(actor, task_id, change)
    refused = {"typed": form.text.data or "", "error": " ".join(form.sentences)}
    if wants_partial():
        page = _checklist(actor, task_id, **refused)
    else:
        page = render_template("tasks/show.html", **task_context(actor, task_id), **refused)
    return form.refused(page)


def _answer(
    actor: Actor, task_id: str, change: Change, *, text: str | None = None
) -> ResponseReturnValue:
    """The checklist as it is now. `text` says what was done where the page does not show it, with an Undo."""
    if wants_json():
        return change_answer(change)
    if not wants_partial():
        if text is not None:
            offer_undo(text, change)
        return go_to(url_for("tasks.show", task_id=task_id, _anchor="checklist"))
    return _checklist(actor, task_id), 200, changed_header(task_id, change, text=text)


def _checklist(actor: Actor, task_id: str, **refused: str) -> str:
    view = get_task(actor, task_id)
    rights = task_rights(view.membership, deleted=False)
    return render_template("tasks/_checklist.html", task=show_task(view), may=rights, **refused)
