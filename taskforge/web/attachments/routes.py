"""Files of tasks and comments as pages: attach, look at, delete, restore, and choose the cover of a card."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts.queries import list_display_names
from taskforge.attachments import changes
from taskforge.attachments.access import access_attachment, may_restore
from taskforge.attachments.queries import (
    list_deleted_files_of_visible_task,
    list_files_of_visible_task,
)
from taskforge.comments.queries import get_comment
from taskforge.http.forms import Form, OpenSelectField, cleaned, is_yes
from taskforge.http.htmx import go_to, render, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task
from taskforge.web.attachments.inline import TaskImages
from taskforge.web.attachments.presenters import show_deleted, show_neighbours, show_preview
from taskforge.web.attachments.text_preview import read_text
from taskforge.web.comments.presenters import show_comment
from taskforge.web.tasks.presenters import show_reference
from taskforge.web.tasks.task_context import files_context
from taskforge.web.ways_back import (
    WayBack,
    kind_of_restoration,
    offer_way_back,
    way_back_answer,
    way_back_header,
)

blueprint = Blueprint("attachments", __name__)


class CoverForm(Form):
    """Whether an image is shown on its card."""

    on = OpenSelectField("Cover", [cleaned(is_yes)])


@blueprint.get("/attachments/<id:attachment_id>")
def view(attachment_id: str) -> ResponseReturnValue:
    """A file that is looked at: an image, the beginning of a text, or what else can be said of it."""
    actor = current_actor()
    row = access_attachment(actor.user_id, attachment_id)
    file = show_preview(row, list_display_names([row["uploaded_by"]]))
    others = list_files_of_visible_task(actor.user_id, row["task_id"])
    if file["kind"] == "text":
        file |= read_text(attachment_id)
    return render(
        "attachments/view.html",
        "attachments/_preview.html",
        file=file,
        task={"task_id": row["task_id"], "key": row["task_key"], "title": row["task_title"]},
        is_partial=wants_partial(),
        **show_neighbours(others, attachment_id),
    )


@blueprint.post("/attachments/<id:attachment_id>/delete")
def delete(attachment_id: str) -> ResponseReturnValue:
    """Put a file into the trash."""
    actor = current_actor()
    row = access_attachment(actor.user_id, attachment_id)
    changes.delete_attachment(actor, attachment_id)
    address = url_for("attachments.restore", attachment_id=attachment_id)
    return _answer(actor, row, WayBack(text=f"{row['name']} is deleted.", address=address))


@blueprint.post("/attachments/<id:attachment_id>/restore")
def restore(attachment_id: str) -> ResponseReturnValue:
    """Take the deletion of a file back."""
    actor = current_actor()
    row = access_attachment(actor.user_id, attachment_id, deleted=True)
    changes.restore_attachment(actor, attachment_id)
    address = url_for("attachments.delete", attachment_id=attachment_id)
    way = WayBack(text=f"{row['name']} is back.", address=address, kind=kind_of_restoration())
    return _answer(actor, row, way)


@blueprint.post("/attachments/<id:attachment_id>/cover")
def cover(attachment_id: str) -> ResponseReturnValue:
    """Show an image on the card of its task, or take it off."""
    actor = current_actor()
    row = access_attachment(actor.user_id, attachment_id)
    is_on: bool = CoverForm().require()["on"]
    before = access_task(actor.user_id, row["task_id"]).row["cover_id"]
    changes.set_cover(actor, row["task_id"], attachment_id if is_on else None)
    text = f"{row['name']} is {'on the card' if is_on else 'off the card'}."
    was_other = is_on and before not in (None, attachment_id)
    way = WayBack(
        text=text,
        address=url_for("attachments.cover", attachment_id=before if was_other else attachment_id),
        fields={"on": "1" if was_other or not is_on else "0"},
        kind=kind_of_restoration(),
    )
    return _answer(actor, row, way)


@blueprint.get("/tasks/<id:task_id>/attachments/deleted")
def deleted(task_id: str) -> ResponseReturnValue:
    """The files of a task, and of its comments, that were deleted and can be restored."""
    actor = current_actor()
    task = access_task(actor.user_id, task_id).row
    rows = list_deleted_files_of_visible_task(actor.user_id, task_id)
    names = list_display_names([row["deleted_by"] for row in rows])
    files = [show_deleted(row, names, may_restore=may_restore(actor.user_id, row)) for row in rows]
    return render_template("attachments/deleted.html", task=show_reference(task), files=files)


def _answer(actor: Actor, row: sql.Row, way: WayBack) -> ResponseReturnValue:
    """The answer to a deletion or a restoration, with the way back; htmx gets what holds the file."""
    if wants_json():
        return way_back_answer(way)
    if not wants_partial():
        offer_way_back(way)
        return go_to(holder_address(row))
    if row["comment_id"] is None:
        page = render_template("attachments/_files.html", **files_context(actor, row["task_id"]))
    else:
        images = TaskImages(actor.user_id, row["task_id"])
        comment = show_comment(get_comment(actor, row["comment_id"]), images=images)
        page = render_template("comments/_comment.html", comment=comment)
    return page, 200, way_back_header(way)


def holder_address(row: sql.Row) -> str:
    """Where a file is shown: at its comment, or among the files of its task."""
    anchor = f"comment-{row['comment_id']}" if row["comment_id"] else "files"
    return url_for("tasks.show", task_id=row["task_id"], _anchor=anchor)
