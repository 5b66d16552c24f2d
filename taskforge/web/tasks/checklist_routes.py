"""The checklist of a task: a form of its own to tick, add or remove each item."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from taskforge.http.forms import Form, checked, cleaned
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.stores.sql import JoinedQuery
from taskforge.tasks.access import access_task, preloaded_task, task_query
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


def _task_of_item(task_id: str, item_id: str) -> JoinedQuery:
    """The query of the task whose checklist has an item, which is no row of its own."""
    assert item_id
    return task_query(task_id)


@blueprint.post("/tasks/<id:task_id>/checklist/<id:item_id>/tick")
@preload(_task_of_item)
def tick_item(task_id: str, item_id: str) -> ResponseReturnValue:
    """Mark an item as done or not done."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    done: bool = TickForm().require()["done"]
    change = checklist.tick_item(
        actor, task_id, item_id, done=done, preloaded=preloaded_task(found)
    )
    return _answer(actor, task_id, change)


@blueprint.post("/tasks/<id:task_id>/checklist/<id:item_id>/remove")
@preload(_task_of_item)
def remove_item(task_id: str, item_id: str) -> ResponseReturnValue:
    """Remove an item."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    change = checklist.remove_item(actor, task_id, item_id, preloaded=preloaded_task(found))
    return _answer(actor, task_id, change, text="The step is removed.")


@blueprint.post("/tasks/<id:task_id>/checklist/add")
@preload(task_query)
def add_item(task_id: str) -> ResponseReturnValue:
    """Add an item at the end."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    form, preloaded = AddItemForm(), preloaded_task(found)
    access_task(actor.user_id, task_id, Permission.TASK_EDIT, preloaded=preloaded)
    change = form.attempt(
        lambda text: checklist.add_item(actor, task_id, words=text, preloaded=preloaded)
    )
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
