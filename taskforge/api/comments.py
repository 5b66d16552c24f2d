"""Comments on tasks."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, no_content, takes_version
from taskforge.api.paging import as_id, read_page
from taskforge.api.schemas import comments as schemas
from taskforge.api.schemas.base import Nothing, Page
from taskforge.api.versions import requested_version, showing_current, tagged
from taskforge.comments import queries, service
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task, preloaded_task, task_query

blueprint = ApiBlueprint("comments", __name__, topic="Comments", prefix="")


@blueprint.get("/tasks/<any_id:task_id>/comments")
@preload(task_query)
@blueprint.arguments(Page, location="query")
@blueprint.response(200, schemas.CommentList)
def list_comments(query: dict[str, Any], task_id: str) -> Any:
    """The comments of a task, oldest first."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    access_task(actor.user_id, task_id, deleted=True, preloaded=preloaded_task(found))
    items, cursor = read_page(
        query,
        lambda after, limit: queries.list_comments_of_visible_task(
            actor, task_id, after_id=as_id(after), limit=limit
        ),
        lambda view: view.row["comment_id"],
        longest=queries.PAGE,
    )
    return {"items": map(serialising.comment, items), "next_cursor": cursor}


@blueprint.post("/tasks/<any_id:task_id>/comments")
@preload(task_query)
@blueprint.arguments(schemas.NewComment)
@blueprint.response(201, schemas.Comment)
def create_comment(data: dict[str, Any], task_id: str) -> Any:
    """Comment on a task."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    change = service.create_comment(actor, task_id, preloaded=preloaded_task(found), **data)
    return _answer(actor, change.entity_id)


@blueprint.patch("/comments/<any_id:comment_id>")
@takes_version
@blueprint.arguments(schemas.CommentChanges)
@blueprint.response(200, schemas.Comment)
def edit_comment(data: dict[str, Any], comment_id: str) -> Any:
    """Change one's own comment."""
    actor = current_actor()
    version = requested_version(data)
    with showing_current(schemas.Comment(), lambda: _comment(actor, comment_id)):
        service.edit_comment(actor, comment_id, content=data["content"], version=version)
    return _answer(actor, comment_id)


@blueprint.delete("/comments/<any_id:comment_id>")
@blueprint.response(204)
def delete_comment(comment_id: str) -> Response:
    """Delete a comment; its place in the discussion stays, and it can be restored for 30 days."""
    service.delete_comment(current_actor(), comment_id)
    return no_content()


@blueprint.post("/comments/<any_id:comment_id>/restore")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.Comment)
def restore_comment(_data: dict[str, Any], comment_id: str) -> Any:
    """Restore a deleted comment: its author what they deleted themselves, a moderator any."""
    actor = current_actor()
    with showing_current(schemas.Comment(), lambda: _comment(actor, comment_id)):
        service.restore_comment(actor, comment_id)
    return _answer(actor, comment_id)


def _comment(actor: Actor, comment_id: str) -> dict[str, Any]:
    return serialising.comment(queries.get_comment(actor, comment_id))


def _answer(actor: Actor, comment_id: str) -> Any:
    return tagged(_comment(actor, comment_id))
