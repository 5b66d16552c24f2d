"""Comments: write, change, delete, restore."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.people import list_nameables
from taskforge.comments import service
from taskforge.comments.queries import CommentView, get_comment, get_editable_comment
from taskforge.errors import InvalidInput, StaleVersion
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, render, render_partial, wants_json, wants_partial
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task, preloaded_task, task_query
from taskforge.teams.permissions import Permission
from taskforge.web.attachments.inline import TaskImages
from taskforge.web.comments.forms import CreateCommentForm, EditCommentForm
from taskforge.web.comments.presenters import show_comment
from taskforge.web.mention_notes import flash_mention_notes
from taskforge.web.tasks.task_context import task_context
from taskforge.web.ways_back import (
    WayBack,
    kind_of_restoration,
    offer_way_back,
    way_back_answer,
    way_back_header,
)

blueprint = Blueprint("comments", __name__)

SAVED_TEXT = "What is saved now: “{}”"


@blueprint.get("/tasks/<id:task_id>/people")
def people(task_id: str) -> ResponseReturnValue:
    """The people whom a text about the task may mention, for the script that offers them while it is written.

    Guests get no part of an address.
    """
    row, membership = access_task(current_actor().user_id, task_id)
    with_address = membership.may(Permission.TASK_CREATE)
    named = list_nameables(row["board_id"])
    return {"people": [one.describe(with_address=with_address) for one in named]}


@blueprint.post("/tasks/<id:task_id>/comments/create")
@preload(task_query)
def create(task_id: str) -> ResponseReturnValue:
    """Comment on a task."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    form, preloaded = CreateCommentForm(), preloaded_task(found)
    change = form.attempt(
        lambda content: service.create_comment(actor, task_id, content=content, preloaded=preloaded)
    )
    if change is None:
        return _refused(actor, task_id, form)
    if wants_partial():
        view = get_comment(actor, change.entity_id)
        address = url_for("comments.delete", comment_id=change.entity_id)
        way = WayBack(text="Your comment", address=address, is_quiet=True)
        page = render_partial("comments/_created.html", comment=_shown(actor, view))
        return page, 200, way_back_header(way)
    row, _ = access_task(actor.user_id, task_id, deleted=True, preloaded=preloaded)
    flash_mention_notes(row["board_id"], form.values["content"])
    return go_to(_address(task_id, change.entity_id))


@blueprint.get("/comments/<id:comment_id>/edit")
def edit(comment_id: str) -> ResponseReturnValue:
    """The form that edits a comment of the person's own."""
    view = get_editable_comment(current_actor(), comment_id)
    form = EditCommentForm(formdata=None, data={"content": view.content})
    return _edit_page(view, form)


@blueprint.post("/comments/<id:comment_id>/edit")
def edit_submitted(comment_id: str) -> ResponseReturnValue:
    """Save a changed comment."""
    actor = current_actor()
    form = EditCommentForm()
    change = form.attempt(lambda **values: service.edit_comment(actor, comment_id, **values))
    if change is None:
        view = get_editable_comment(actor, comment_id)
        if isinstance(form.refusal, StaleVersion):
            form.content.errors = [*form.form_errors, SAVED_TEXT.format(view.content)]
        return form.refused(_edit_page(view, form))
    view = get_comment(actor, comment_id)
    if not wants_partial():
        flash_mention_notes(view.row["board_id"], view.content or "")
    return _answer(actor, view)


@blueprint.post("/comments/<id:comment_id>/delete")
def delete(comment_id: str) -> ResponseReturnValue:
    """Delete a comment; the discussion goes on showing that there was one."""
    actor = current_actor()
    service.delete_comment(actor, comment_id)
    return _answer_with_way_back(actor, comment_id, _deleted(comment_id))


@blueprint.post("/comments/<id:comment_id>/restore")
def restore(comment_id: str) -> ResponseReturnValue:
    """Take the deletion of a comment back."""
    actor = current_actor()
    form = Form()
    if form.attempt(lambda: service.restore_comment(actor, comment_id)) is None:
        if form.refusal is None or wants_partial() or wants_json():
            raise form.refusal or InvalidInput(" ".join(form.sentences))
        flash(" ".join(form.sentences), "danger")
        return _answer(actor, get_comment(actor, comment_id))
    return _answer_with_way_back(actor, comment_id, _restored(comment_id))


def _deleted(comment_id: str) -> WayBack:
    address = url_for("comments.restore", comment_id=comment_id)
    return WayBack(text="The comment is deleted.", address=address)


def _restored(comment_id: str) -> WayBack:
    address = url_for("comments.delete", comment_id=comment_id)
    return WayBack(text="The comment is back.", address=address, kind=kind_of_restoration())


def _answer_with_way_back(actor: Actor, comment_id: str, way: WayBack) -> ResponseReturnValue:
    if wants_json():
        return way_back_answer(way)
    if wants_partial():
        comment = _shown(actor, get_comment(actor, comment_id))
        page = render_template("comments/_comment.html", comment=comment)
        return page, 200, way_back_header(way)
    offer_way_back(way)
    return _answer(actor, get_comment(actor, comment_id))


def _answer(actor: Actor, view: CommentView) -> ResponseReturnValue:
    if wants_partial():
        return render_template("comments/_comment.html", comment=_shown(actor, view))
    return go_to(_address(view.row["task_id"], view.row["comment_id"]))


def _shown(actor: Actor, view: CommentView) -> dict[str, Any]:
    return show_comment(view, images=TaskImages(actor.user_id, view.row["task_id"]))


def _address(task_id: str, comment_id: str) -> str:
    return url_for("tasks.show", task_id=task_id, _anchor=f"comment-{comment_id}")


def _edit_page(view: CommentView, form: EditCommentForm) -> str:
    row = view.row
    return render(
        "comments/edit.html",
        "comments/_form.html",
        task={"task_id": row["task_id"], "key": row["task_key"], "title": row["task_title"]},
        comment=show_comment(view),
        comment_form=form,
    )


def _refused(actor: Actor, task_id: str, form: CreateCommentForm) -> ResponseReturnValue:
    form.content.errors = form.sentences
    if not wants_partial():
        context: dict[str, Any] = task_context(actor, task_id, comment_form=form)
        return form.refused(render_template("tasks/show.html", **context))
    page = render_template(
        "comments/_form.html", task={"task_id": task_id}, comment=None, comment_form=form
    )
    return form.refused(page, {"HX-Retarget": "#comment-form", "HX-Reswap": "outerHTML"})
