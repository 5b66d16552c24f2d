"""One field of a task at an address of its own: a small form that shows and saves it alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput, Unavailable
from taskforge.http.forms import Form, optional_int
from taskforge.http.htmx import go_to, render, wants_json, wants_partial
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.access import TaskAccess, access_task, preloaded_task, task_query
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.tasks.content import UNREADABLE
from taskforge.tasks.editing.one_field import FieldTaken, edit_field, find_change
from taskforge.tasks.queries import TaskView, get_task
from taskforge.teams import queries as team_queries
from taskforge.text.people import Person
from taskforge.text.values import LAST_VERSION
from taskforge.web.tasks.forms import form_text
from taskforge.web.tasks.inline_fields import TEXTS, Field, choices_of, find_field, quick_days
from taskforge.web.tasks.presenters import show_task, task_rights
from taskforge.web.tasks.routes import blueprint


@blueprint.get("/tasks/<id:task_id>/fields/<field>")
def field(task_id: str, field: str) -> ResponseReturnValue:
    """The form of one field; for a script, what it holds now and who changed it after version `since`."""
    actor, wanted = current_actor(), find_field(field)
    view = get_field_view(actor, task_id, wanted)
    if wants_json():
        return _news(view, wanted)
    return _form_page(actor, view, wanted, wanted.text_of(_state(view)))


@blueprint.post("/tasks/<id:task_id>/fields/<field>")
@preload(lambda task_id, field: task_query(task_id))
def field_submitted(task_id: str, field: str) -> ResponseReturnValue:
    """Save one field: a script gets the new version, htmx the field, a browser the task's page."""
    actor, row = current_actor_and_preloaded(task_query(task_id))
    wanted, preloaded = find_field(field), preloaded_task(row)
    view = _view_to_change(actor, task_id, wanted, preloaded)
    form = wanted.read(request.form, view.row["version"])

    def save(version: int, **values: Any) -> Change:
        value = values[wanted.stored]
        state = _state(view)
        if form_text(wanted.stored, value) == wanted.text_of(state):
            value = state[wanted.stored]  # a time of day that the form doesn't show stays
        return edit_field(
            actor,
            task_id,
            field=wanted.stored,
            value=value,
            version=version,
            label=wanted.label,
            preloaded=preloaded,
        )

    if wants_json():
        return _json_answer(form, save)
    change = form.attempt(save)
    if change is None:
        return _refused(actor, task_id, wanted, form)
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    return show_field(_view_changed(actor, view, wanted, form, change), wanted, change)


def get_field_view(
    actor: Actor, task_id: str, field: Field, *, preloaded: TaskAccess | None = None
) -> TaskView:
    """The task of a field that the actor may change.

    Raises:
        NotFound, Forbidden: no access, in the trash, or no permission for this field.
        Unavailable: the field is a text and can't be read now.
    """
    view = get_task(actor, task_id, preloaded=preloaded)
    view.membership.require(field.permission)
    if view.texts is None and field.name in TEXTS:
        raise Unavailable(UNREADABLE)
    return view


def _view_to_change(
    actor: Actor, task_id: str, field: Field, preloaded: TaskAccess | None
) -> TaskView:
    """Like `get_field_view`, without the content of the task where the field is one of the row."""
    if field.name in TEXTS:
        return get_field_view(actor, task_id, field, preloaded=preloaded)
    row, membership = access_task(actor.user_id, task_id, field.permission, preloaded=preloaded)
    return TaskView(row, None, membership)


def _view_changed(
    actor: Actor, view: TaskView, field: Field, form: Form, change: Change
) -> TaskView:
    """The task after the change. A line of the row is known without reading the task again, unless it is a replay."""
    if field.control != "line" or change.replayed:
        return get_task(actor, view.row["task_id"])
    changed = {field.stored: form.values[field.stored], "version": change.version}
    return replace(view, row={**view.row, **changed})


def show_field(view: TaskView, field: Field, change: Change) -> ResponseReturnValue:
    """A field as the task's page shows it, and word to the page of what changed."""
    page = render_template(
        "tasks/_field.html",
        task=show_task(view),
        field=field,
        may=task_rights(view.membership, deleted=False),
    )
    told = {"forge:changed": describe(view.row["task_id"], change, field)}
    return page, 200, {"HX-Trigger": json.dumps(told)}


def describe(task_id: str, change: Change, field: Field | None = None) -> dict[str, Any]:
    """What scripts are told of a change that they made; a text to say only where the change is not plain to see."""
    told = {"id": task_id, "version": change.version, "event": change.event_id}
    return told | ({"text": f"{field.label} saved."} if field else {})


def _news(view: TaskView, field: Field) -> ResponseReturnValue:
    given = request.args.get("since")
    since = optional_int(given, field="since", minimum=1, maximum=LAST_VERSION)
    version: int = view.row["version"]
    taken = find_change(
        view.row["task_id"], field.stored, after=version - 1 if since is None else since
    )
    by = taken["display_name"] if taken else None
    return {"value": field.text_of(_state(view)), "version": version, "by": by}


def _json_answer(form: Form, save: Any) -> ResponseReturnValue:
    if not form.validate():
        raise InvalidInput(" ".join(form.sentences))
    change: Change = save(**form.values)
    return {"version": change.version, "event": change.event_id}


def _refused(actor: Actor, task_id: str, field: Field, form: Form) -> ResponseReturnValue:
    typed = str(form[field.stored].data or "")
    view = get_field_view(actor, task_id, field)
    if isinstance(form.refusal, FieldTaken):
        taken = {"by": form.refusal.by, "at": form.refusal.at}
        page = _form_page(actor, view, field, typed, taken=taken)
    else:
        page = _form_page(actor, view, field, typed, errors=form.sentences)
    return page, form.http_status, form.http_headers


def _form_page(
    actor: Actor,
    view: TaskView,
    field: Field,
    value: str,
    *,
    errors: list[str] | None = None,
    taken: dict[str, Person | Any] | None = None,
) -> str:
    """The form with what was typed; `taken` says who changed the field meanwhile, and their value stands beside it."""
    row = view.row
    choices: list[dict[str, Any]] = []
    if field.control == "choice":
        columns = list(list_columns_with_counts([row["board_id"]]))
        members = list(team_queries.list_members(actor, row["team_id"]))
        choices = choices_of(field, row, columns, members)
    theirs = field.text_of(_state(view))
    words = {choice["value"]: choice["words"] for choice in choices}
    return render(
        "tasks/field.html",
        "tasks/_field_form.html",
        task=show_task(view),
        field=field,
        value=value,
        choices=choices,
        days=quick_days() if field.control == "day" else [],
        errors=errors or [],
        swaps=wants_partial(),
        taken=taken and {**taken, "value": theirs, "text": words.get(theirs, theirs)},
    )


def _state(view: TaskView) -> dict[str, Any]:
    return {**view.row, **(view.texts or {})}
