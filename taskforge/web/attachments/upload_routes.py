"""Attaching files: one at a time by a script with its progress, several by a plain form."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.attachments import service
from taskforge.attachments.access import access_attachment
from taskforge.attachments.content_types import IMAGES
from taskforge.attachments.names import NAMELESS
from taskforge.comments.queries import get_editable_comment
from taskforge.errors import Conflict, InvalidInput, RateLimited, TooLarge, Unavailable
from taskforge.extensions import config_of
from taskforge.http.htmx import go_to, wants_json
from taskforge.http.sent_files import list_sent_files
from taskforge.http.view_declarations import accept_files, accept_lists
from taskforge.identity import limited
from taskforge.identity.actors import make_followup_actor
from taskforge.identity.current import current_actor
from taskforge.sent_file import SentFile
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.access import access_task
from taskforge.teams.permissions import Permission
from taskforge.web.attachments.inline import TaskImages
from taskforge.web.attachments.routes import blueprint
from taskforge.web.comments.presenters import show_comment
from taskforge.web.tasks.task_context import task_context
from taskforge.web.ways_back import WayBack, offer_way_back, way_back_answer

NOTHING_CHOSEN = "Choose at least one file."
Attach = Callable[[Actor, SentFile], Change]


def max_file_bytes() -> int:
    """The most bytes of a file, and of all files of one plain form together."""
    return config_of().attachment_max_bytes


def sent_files() -> list[SentFile]:
    """The files of the current request."""
    return list_sent_files("file")


@blueprint.post("/tasks/<id:task_id>/attachments")
@accept_lists("file")
@accept_files(file=max_file_bytes)
def create(task_id: str) -> ResponseReturnValue:
    """Attach files to a task."""
    actor = current_actor()
    access_task(actor.user_id, task_id, Permission.TASK_EDIT)

    def attach(one: Actor, sent: SentFile) -> Change:
        return limited.attach(one, lambda: service.attach_to_task(one, task_id, sent))

    if wants_json():
        return _attached(actor, attach)
    problems = _attach_all(actor, attach)
    if not problems:
        return go_to(url_for("tasks.show", task_id=task_id, _anchor="files"))
    page = render_template(
        "tasks/show.html", **task_context(actor, task_id), file_problems=problems
    )
    return page, 422


@blueprint.get("/comments/<id:comment_id>/attachments")
def comment_form(comment_id: str) -> ResponseReturnValue:
    """The form that attaches files to a comment of the person's own."""
    return _comment_page(current_actor(), comment_id, [])


@blueprint.post("/comments/<id:comment_id>/attachments")
@accept_lists("file")
@accept_files(file=max_file_bytes)
def create_for_comment(comment_id: str) -> ResponseReturnValue:
    """Attach files to a comment of the person's own."""
    actor = current_actor()
    row = get_editable_comment(actor, comment_id).row

    def attach(one: Actor, sent: SentFile) -> Change:
        return limited.attach(one, lambda: service.attach_to_comment(one, comment_id, sent))

    if wants_json():
        return _attached(actor, attach)
    problems = _attach_all(actor, attach)
    if problems:
        return _comment_page(actor, comment_id, problems), 422
    return go_to(url_for("tasks.show", task_id=row["task_id"], _anchor=f"comment-{comment_id}"))


def _attached(actor: Actor, attach: Attach) -> ResponseReturnValue:
    """The answer to a script, which sends one file: what a text can name, and how it is taken back."""
    sent = sent_files()
    if len(sent) != 1:
        raise InvalidInput.about("file", "must be exactly one here")
    change = attach(actor, sent[0])
    row = access_attachment(actor.user_id, change.entity_id, deleted=True)
    way = WayBack(
        text=f"{row['name']} is attached.",
        address=url_for("attachments.delete", attachment_id=row["attachment_id"]),
    )
    file = {
        "id": row["attachment_id"],
        "name": row["name"],
        "is_image": row["mimetype"] in IMAGES,
    }
    return {**way_back_answer(way), "file": file}, 201


def _attach_all(actor: Actor, attach: Attach) -> list[dict[str, str]]:
    """Attach each file of a form, whatever becomes of the others; answers the refused ones, each with the reason."""
    problems, attached = [], []
    sent = sent_files()
    for number, file in enumerate(sent):
        own = make_followup_actor(actor.user_id, f"file-{number}") if number else actor
        try:
            attached.append(attach(own, file))
        except (InvalidInput, Conflict, TooLarge, RateLimited, Unavailable) as error:
            problems.append({"name": file.name or NAMELESS, "why": error.message})
    if len(attached) == 1 and not problems:
        name = access_attachment(actor.user_id, attached[0].entity_id)["name"]
        address = url_for("attachments.delete", attachment_id=attached[0].entity_id)
        offer_way_back(WayBack(text=f"{name} is attached.", address=address))
    elif attached:
        flash(f"{len(attached)} files are attached.", "ok")
    return problems if sent else [{"name": "", "why": NOTHING_CHOSEN}]


def _comment_page(actor: Actor, comment_id: str, problems: list[dict[str, str]]) -> str:
    view = get_editable_comment(actor, comment_id)
    row = view.row
    return render_template(
        "attachments/comment.html",
        task={"task_id": row["task_id"], "key": row["task_key"], "title": row["task_title"]},
        comment=show_comment(view, images=TaskImages(actor.user_id, row["task_id"])),
        max_file_mb=config_of().attachment_max_mb,
        file_problems=problems,
    )
