"""Files of tasks and comments: attach, list, download, delete, restore; the cover of a card."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response

from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import attachments as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.api.schemas.tasks import Task
from taskforge.api.versions import tagged
from taskforge.attachments import changes, queries, service
from taskforge.attachments.access import access_attachment
from taskforge.extensions import config_of
from taskforge.http.sent_files import find_sent_file
from taskforge.http.view_declarations import accept_files
from taskforge.identity import limited
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.file_downloads import answer_file, answer_page, answer_thumbnail
from taskforge.identity.preload import preload
from taskforge.sent_file import SentFile
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task, preloaded_task, task_query
from taskforge.tasks.queries import get_task

blueprint = ApiBlueprint("attachments", __name__, topic="Files", prefix="")
FIELD = "file"
FILE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "additionalProperties": False,
                "properties": {FIELD: {"type": "string", "format": "binary"}},
            }
        }
    },
}
IN_RANGES = [{"in": "header", "name": "Range", "schema": {"type": "string"}}]


def _most_bytes() -> int:
    return config_of().attachment_max_bytes


@blueprint.post("/tasks/<any_id:task_id>/attachments")
@preload(task_query)
@accept_files(file=_most_bytes)
@blueprint.doc(requestBody=FILE_BODY)
@blueprint.response(201, schemas.AttachmentOfTask)
def attach_to_task(task_id: str) -> Any:
    """Attach a file to a task: a form with the field `file`."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    task = preloaded_task(found)
    change = limited.attach(
        actor, lambda: service.attach_to_task(actor, task_id, _sent(), preloaded=task)
    )
    return _attachment(actor, change.entity_id)


@blueprint.post("/comments/<any_id:comment_id>/attachments")
@accept_files(file=_most_bytes)
@blueprint.doc(requestBody=FILE_BODY)
@blueprint.response(201, schemas.AttachmentOfTask)
def attach_to_comment(comment_id: str) -> Any:
    """Attach a file to one's own comment: a form with the field `file`."""
    actor = current_actor()
    change = limited.attach(actor, lambda: service.attach_to_comment(actor, comment_id, _sent()))
    return _attachment(actor, change.entity_id)


@blueprint.get("/tasks/<any_id:task_id>/attachments")
@blueprint.response(200, schemas.AttachmentList)
def list_attachments(task_id: str) -> Any:
    """The files of a task and of its comments, oldest first."""
    actor = current_actor()
    access_task(actor.user_id, task_id, deleted=True)
    rows = queries.list_files_of_visible_task(actor.user_id, task_id)
    return {"items": [serialising.attachment(row) for row in rows]}


@blueprint.get("/tasks/<any_id:task_id>/attachments/deleted")
@blueprint.response(200, schemas.AttachmentList)
def list_deleted_attachments(task_id: str) -> Any:
    """The files of a task and of its comments that were deleted within 30 days, latest first."""
    actor = current_actor()
    access_task(actor.user_id, task_id, deleted=True)
    rows = queries.list_deleted_files_of_visible_task(actor.user_id, task_id)
    return {"items": [serialising.attachment(row) for row in rows]}


@blueprint.get("/attachments/<any_id:attachment_id>")
@blueprint.doc(parameters=IN_RANGES)
@blueprint.arguments(schemas.Showing, location="query")
@blueprint.response(200, content_type="application/octet-stream")
def get_attachment(query: dict[str, Any], attachment_id: str) -> Response:
    """The content of a file, or a range of it. With `inline=true` a browser shows it, if it is harmless."""
    return answer_file(current_actor(), attachment_id, inline=query.get("inline") == "true")


@blueprint.get("/attachments/<any_id:attachment_id>/thumbnail")
@blueprint.response(200, content_type="image/webp")
def get_thumbnail(attachment_id: str) -> Response:
    """The small picture of an image or a PDF, at most 640 × 640 pixels; it is made within seconds, until then a 404."""
    return answer_thumbnail(current_actor(), attachment_id)


@blueprint.get("/attachments/<any_id:attachment_id>/pages/<int:number>")
@blueprint.response(200, content_type="image/webp")
def get_page(attachment_id: str, number: int) -> Response:
    """The picture of a page of a PDF, counted from 1; the first 20 are drawn, within seconds. All others are a 404."""
    return answer_page(current_actor(), attachment_id, number)


@blueprint.delete("/attachments/<any_id:attachment_id>")
@blueprint.response(204)
def delete_attachment(attachment_id: str) -> Response:
    """Delete a file; it can be restored for 30 days."""
    changes.delete_attachment(current_actor(), attachment_id)
    return no_content()


@blueprint.post("/attachments/<any_id:attachment_id>/restore")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.AttachmentOfTask)
def restore_attachment(_data: dict[str, Any], attachment_id: str) -> Any:
    """Restore a deleted file."""
    actor = current_actor()
    changes.restore_attachment(actor, attachment_id)
    return _attachment(actor, attachment_id)


@blueprint.put("/tasks/<any_id:task_id>/cover")
@blueprint.arguments(schemas.Cover)
@blueprint.response(200, Task)
def set_cover(data: dict[str, Any], task_id: str) -> Any:
    """Show an image among the files of a task on its card."""
    return _change_cover(task_id, data["attachment_id"])


@blueprint.delete("/tasks/<any_id:task_id>/cover")
@blueprint.response(200, Task)
def remove_cover(task_id: str) -> Any:
    """Show no image on a card any more."""
    return _change_cover(task_id, None)


def _change_cover(task_id: str, attachment_id: str | None) -> Any:
    actor = current_actor()
    changes.set_cover(actor, task_id, attachment_id)
    return tagged(serialising.task(get_task(actor, task_id)))


def _sent() -> SentFile:
    """The file of the current request; a nameless empty one stands for none, so that rights are asked first."""
    return find_sent_file(FIELD) or SentFile("", BytesIO(), 0)


def _attachment(actor: Actor, attachment_id: str) -> dict[str, Any]:
    """A file after a change; a repeated one may find it deleted by now."""
    return serialising.attachment(access_attachment(actor.user_id, attachment_id, deleted=True))
