"""One field of a task at an address of its own: a small form that shows and saves it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts.queries import list_display_names
from taskforge.errors import FieldConflict, Unavailable
from taskforge.http.forms import Form, optional_int
from taskforge.http.htmx import go_to, render, wants_json, wants_partial
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, unchanged
from taskforge.tasks.access import TaskAccess, access_task, preloaded_task, task_query
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.tasks.content import UNREADABLE
from taskforge.tasks.editing.conflicts import keep_changed, propose, seen_state
from taskforge.tasks.editing.one_field import edit_field, find_change
from taskforge.tasks.fields import MENTIONING
from taskforge.tasks.queries import TaskView, get_task
from taskforge.teams import queries as team_queries
from taskforge.text.people import person_of
from taskforge.text.values import LAST_VERSION
from taskforge.web.attachments.inline import TaskImages
from taskforge.web.mention_notes import flash_mention_notes
from taskforge.web.tasks.change_answers import change_answer, changed_header
from taskforge.web.tasks.conflicts import compare_texts
from taskforge.web.tasks.controls import control_of
from taskforge.web.tasks.inline_fields import InlineField, choices_of, find_field, quick_days
from taskforge.web.tasks.presenters import show_task, task_rights
from taskforge.web.tasks.routes import blueprint

HINTED = ("words", "moment")  # the controls whose hint is shown where they are edited in place


@blueprint.get("/tasks/<id:task_id>/fields/<field>")
def field(task_id: str, field: str) -> ResponseReturnValue:
    """The form of one field; a script gets its value, and who changed it after version ``since``."""
    actor, edited = current_actor(), find_field(field)
    view = get_field_view(actor, task_id, edited)
    if wants_json():
        return _field_state(view, edited)
    return _form_page(actor, view, edited, edited.text_of(_state(view)))


@blueprint.post("/tasks/<id:task_id>/fields/<field>")
@preload(lambda task_id, field: task_query(task_id))
def field_submitted(task_id: str, field: str) -> ResponseReturnValue:
    """Save one field: a script gets the new version, htmx the field, a browser the task's page."""
    actor, row = current_actor_and_preloaded(task_query(task_id))
    edited, preloaded = find_field(field), preloaded_task(row)
    view = _view_to_change(actor, task_id, edited, preloaded)
    form = edited.read(request.form, view.row["version"])

    def save(version: int, **values: Any) -> Change:
        seen = seen_state(view.row, view.texts, version)
        changed = keep_changed({edited.stored: values[edited.stored]}, seen)
        if not changed:
            return unchanged(actor, entity_id=task_id, version=view.row["version"])
        return edit_field(
            actor,
            task_id,
            field=edited.stored,
            value=changed[edited.stored],
            version=version,
            preloaded=preloaded,
        )

    if wants_json():
        return change_answer(save(**form.require()))
    change = form.attempt(save)
    if change is None:
        return _refused(actor, task_id, edited, form)
    if not wants_partial():
        if edited.stored in MENTIONING:
            flash_mention_notes(view.row["board_id"], form.values[edited.stored])
        return go_to(url_for("tasks.show", task_id=task_id))
    return show_field(actor, _view_changed(actor, view, edited, form, change), edited, change)


def get_field_view(
    actor: Actor, task_id: str, field: InlineField, *, preloaded: TaskAccess | None = None
) -> TaskView:
    """The task of a field that the actor may change.

    Raises:
        NotFound, Forbidden: no access, in the trash, or no permission for this field.
        Unavailable: the field is content, and MongoDB can't be read.
    """
    view = get_task(actor, task_id, preloaded=preloaded)
    view.membership.require(field.permission)
    if view.texts is None and field.is_content:
        raise Unavailable(UNREADABLE)
    return view


def _view_to_change(
    actor: Actor, task_id: str, field: InlineField, preloaded: TaskAccess | None
) -> TaskView:
    """Like `get_field_view`, but reads no content for a field of the row."""
    if field.is_content:
        return get_field_view(actor, task_id, field, preloaded=preloaded)
    row, membership = access_task(actor.user_id, task_id, field.permission, preloaded=preloaded)
    return TaskView(row, None, membership)


def _view_changed(
    actor: Actor, view: TaskView, field: InlineField, form: Form, change: Change
) -> TaskView:
    """The task after the change. For a line of the row it is known without another read, if this change set it."""
    if field.control != "line" or change.replayed or change.event_id is None:
        return get_task(actor, view.row["task_id"])
    changed = {field.stored: form.values[field.stored], "version": change.version}
    return replace(view, row={**view.row, **changed})


def show_field(
    actor: Actor, view: TaskView, field: InlineField, change: Change
) -> ResponseReturnValue:
    """The partial of a field, with the header that announces the change to the page."""
    page = render_template(
        "tasks/_field.html",
        task=show_task(view, images=TaskImages(actor.user_id, view.row["task_id"])),
        field=field,
        may=task_rights(view.membership, deleted=False),
    )
    saved = f"{field.label} saved."
    return page, 200, changed_header(view.row["task_id"], change, text=saved)


def _field_state(view: TaskView, field: InlineField) -> ResponseReturnValue:
    given = request.args.get("since")
    since = optional_int(given, field="since", minimum=1, maximum=LAST_VERSION)
    version: int = view.row["version"]
    later = find_change(
        view.row["task_id"], field.stored, after=version - 1 if since is None else since
    )
    by = later["display_name"] if later else None
    return {"value": field.text_of(_state(view)), "version": version, "by": by}


def _refused(actor: Actor, task_id: str, field: InlineField, form: Form) -> ResponseReturnValue:
    typed = str(form[field.stored].data or "")
    view = get_field_view(actor, task_id, field)
    conflict = getattr(form.refusal, "conflicts", {}).get(field.stored)
    if conflict is not None:
        offered = (
            typed if field.control == "choice" else field.form_text(propose(field.stored, conflict))
        )
        page = _form_page(actor, view, field, offered, conflict=conflict)
    else:
        page = _form_page(actor, view, field, typed, errors=form.sentences)
    return form.refused(page)


def _form_page(
    actor: Actor,
    view: TaskView,
    field: InlineField,
    value: str,
    *,
    errors: list[str] | None = None,
    conflict: FieldConflict | None = None,
) -> str:
    """The form with `value` in it; with a `conflict` also who else changed the field, and to what."""
    row = view.row
    choices: list[dict[str, Any]] = []
    if field.control == "choice":
        columns = list(list_columns_with_counts([row["board_id"]]))
        members = list(team_queries.list_members(actor, row["team_id"]))
        choices = choices_of(field, row, columns, members)
    labels = {choice["value"]: choice["label"] for choice in choices}
    return render(
        "tasks/field.html",
        "tasks/_field_form.html",
        task=show_task(view),
        field=field,
        value=value,
        choices=choices,
        days=quick_days(row[field.stored]) if field.control == "moment" else [],
        hint=control_of(field.declared).hint if field.control in HINTED else "",
        errors=errors or [],
        is_partial=wants_partial(),
        remote_edit=_show_remote_edit(field, conflict, labels) if conflict else None,
    )


def _show_remote_edit(
    field: InlineField, conflict: FieldConflict, labels: Mapping[str, str]
) -> dict[str, Any]:
    theirs = field.form_text(conflict.theirs)
    names = list_display_names([conflict.by_id])
    return {
        "by": person_of(conflict.by_id, names.get(conflict.by_id or "")),
        "at": conflict.at,
        "text": labels.get(theirs, theirs),
        "comparisons": compare_texts(conflict) if field.name == "description" else [],
    }


def _state(view: TaskView) -> dict[str, Any]:
    return {**view.row, **(view.texts or {})}
