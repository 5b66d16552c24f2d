"""Tasks: the page of a task, its edit form, deletion and the trash."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from taskforge.attachments.queries import HAS_DELETED_FILES
from taskforge.boards.access import access_board
from taskforge.boards.queries import list_deleted_columns
from taskforge.errors import StaleVersion
from taskforge.history.task_history import list_history
from taskforge.http.fragments import text_fragment
from taskforge.http.htmx import go_to, render, wants_json, wants_partial
from taskforge.http.page_cache import respond, respond_with_page
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload, request_preloaded
from taskforge.notifications.queries import IS_NEWS, UNREAD_OF_USER
from taskforge.notifications.service import mark_task_read
from taskforge.notifications.watching import IS_WATCHING
from taskforge.stores.actor import Actor
from taskforge.stores.sql import JoinedQuery
from taskforge.tasks import service
from taskforge.tasks.access import TaskAccess, access_task, preloaded_task, task_query
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.tasks.editing.conflicts import keep_changed, seen_state
from taskforge.tasks.fields import MENTIONING
from taskforge.tasks.queries import TaskView, get_task, list_trash
from taskforge.teams import queries as team_queries
from taskforge.teams.permissions import Permission
from taskforge.text.people import person_of
from taskforge.web.boards.presenters import show_board
from taskforge.web.mention_notes import flash_mention_notes
from taskforge.web.tasks.change_answers import change_answer, changed_header
from taskforge.web.tasks.conflicts import show_conflict
from taskforge.web.tasks.controls import edit_rows
from taskforge.web.tasks.forms import DeleteTaskForm, EditTaskForm, form_texts
from taskforge.web.tasks.kept_parts import task_panel
from taskforge.web.tasks.presenters import show_reference
from taskforge.web.tasks.task_context import task_context
from taskforge.web.tasks.undo_toast import offer_undo

blueprint = Blueprint("tasks", __name__)


def _task_and_news(task_id: str) -> JoinedQuery:
    columns = f"{IS_NEWS}, {IS_WATCHING}, {HAS_DELETED_FILES}, {UNREAD_OF_USER}"
    return task_query(task_id, columns)


@blueprint.get("/tasks/<id:task_id>")
@preload(_task_and_news)
def show(task_id: str) -> ResponseReturnValue:
    """A task with its discussion, also in the trash; htmx gets the task panel without the page around it.

    What the inbox says of it is read now, unless the browser only fetches the page for later.
    """
    actor, found = current_actor_and_preloaded(_task_and_news(task_id))
    if found is not None and found["is_news"] and "Sec-Purpose" not in request.headers:
        mark_task_read(actor, task_id)
        request_preloaded().forget_unread_count()
    task = access_task(actor.user_id, task_id, deleted=True, preloaded=preloaded_task(found))
    panel = task_panel(actor, task)
    if wants_partial():
        return respond(panel)
    title = text_fragment(f"{task.row['key']} {task.row['title']}")
    return respond_with_page("tasks/show.html", title, panel)


@blueprint.get("/tasks/<id:task_id>/details")
def details(task_id: str) -> ResponseReturnValue:
    """The main column, which a page requests again and again while MongoDB is unavailable."""
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    return render_template("tasks/_main.html", **task_context(current_actor(), task_id))


@blueprint.get("/tasks/<id:task_id>/edit")
def edit(task_id: str) -> ResponseReturnValue:
    """The edit form."""
    actor = current_actor()
    view = get_task(actor, task_id)
    view.membership.require(Permission.TASK_EDIT)
    form = EditTaskForm(formdata=None, data=form_texts({**view.row, **(view.texts or {})}))
    return _edit_page(actor, view, form)


@blueprint.post("/tasks/<id:task_id>/edit")
@preload(lambda task_id: task_query(task_id))
def edit_submitted(task_id: str) -> ResponseReturnValue:
    """Save the changed fields; 409 with all values if somebody else changed one of them meanwhile.

    htmx gets the details, in place of the form; a script, which may send some fields alone, the new version.
    """
    actor, found = current_actor_and_preloaded(task_query(task_id))
    if wants_json():
        return _edited(actor, task_id, preloaded_task(found))
    view = get_task(actor, task_id, preloaded=preloaded_task(found))
    form = EditTaskForm()
    change = form.attempt(
        lambda version, **values: service.edit_task(
            actor,
            task_id,
            version=version,
            changes=keep_changed(values, seen_state(view.row, view.texts, version)),
        )
    )
    if change is not None and wants_partial():
        page = render_template("tasks/_details.html", **task_context(actor, task_id))
        saved = f"{view.row['key']} is saved."
        return page, 200, changed_header(task_id, change, text=saved)
    if change is not None:
        if change.event_id is not None:
            offer_undo(f"{view.row['key']} is saved.", change)
            for name in MENTIONING:
                flash_mention_notes(view.row["board_id"], form.values.get(name) or "")
        return go_to(url_for("tasks.show", task_id=task_id))
    if isinstance(form.refusal, StaleVersion):
        return form.refused(_conflict_page(actor, task_id, form, form.refusal))
    return form.refused(_edit_page(actor, view, form))


def _edited(actor: Actor, task_id: str, preloaded: TaskAccess | None) -> ResponseReturnValue:
    """Several fields in one change; without a version it is made whatever others changed. Content is not read."""
    task = access_task(actor.user_id, task_id, Permission.TASK_EDIT, preloaded=preloaded)
    seen_version = request.form.get("version") or str(task.row["version"])
    values = EditTaskForm(formdata=MultiDict({**request.form, "version": seen_version})).require()
    version = values.pop("version")
    changes = keep_changed(values, seen_state(task.row, None, version))
    change = service.edit_task(actor, task_id, changes=changes, version=version, preloaded=task)
    return change_answer(change)


@blueprint.post("/tasks/<id:task_id>/delete")
def delete(task_id: str) -> ResponseReturnValue:
    """Put a task into the trash."""
    actor = current_actor()
    row, _ = access_task(actor.user_id, task_id, deleted=True)
    form = DeleteTaskForm()
    if wants_json():
        return _deleted(actor, task_id, form)
    change = form.attempt(lambda **values: service.delete_task(actor, task_id, **values))
    if change is None:
        context = task_context(actor, task_id)
        flash(" ".join(form.sentences), "danger")
        return form.refused(render_template("tasks/show.html", **context))
    offer_undo(f"{row['key']} is in the trash.", change)
    return go_to(url_for("boards.show", board_id=row["board_id"]))


def _deleted(actor: Actor, task_id: str, form: DeleteTaskForm) -> ResponseReturnValue:
    return change_answer(service.delete_task(actor, task_id, **form.require()))


@blueprint.post("/tasks/<id:task_id>/restore")
def restore(task_id: str) -> ResponseReturnValue:
    """Take a task out of the trash."""
    actor = current_actor()
    row, _ = access_task(actor.user_id, task_id, deleted=True)
    offer_undo(f"{row['key']} is back on the board.", service.restore_task(actor, task_id))
    return go_to(url_for("tasks.show", task_id=task_id))


@blueprint.get("/boards/<id:board_id>/trash")
def trash(board_id: str) -> ResponseReturnValue:
    """The deleted tasks and columns of a board."""
    actor = current_actor()
    row, membership = access_board(actor.user_id, board_id)
    return render_template(
        "tasks/trash.html",
        board=show_board(row),
        tasks=list_trash(actor, board_id),
        columns=[
            {**column, "deleted_by": person_of(column["deleter_id"], column["deleter_name"])}
            for column in list_deleted_columns(board_id)
        ],
        may={
            "restore": membership.may(Permission.TASK_RESTORE),
            "restore_columns": membership.may(Permission.BOARD_EDIT),
        },
    )


def _edit_page(actor: Actor, view: TaskView, form: EditTaskForm) -> str:
    columns = list_columns_with_counts([view.row["board_id"]])
    form.offer(view.row, columns, team_queries.list_members(actor, view.row["team_id"]))
    return render(
        "tasks/edit.html",
        "tasks/_edit_form.html",
        task=show_reference(view.row),
        form=form,
        is_partial=wants_partial(),
        rows=edit_rows(form, without_content=view.texts is None and not form.is_submitted()),
    )


def _conflict_page(actor: Actor, task_id: str, form: EditTaskForm, stale: StaleVersion) -> str:
    view = get_task(actor, task_id)
    columns = list_columns_with_counts([view.row["board_id"]])
    form.offer(view.row, columns, team_queries.list_members(actor, view.row["team_id"]))
    entries = list_history(actor, task_id)
    return render(
        "tasks/conflict.html",
        "tasks/_conflict.html",
        task=show_reference(view.row),
        is_partial=wants_partial(),
        conflict=show_conflict(view, form, stale, entries),
    )
