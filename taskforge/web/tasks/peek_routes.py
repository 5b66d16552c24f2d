"""Partials of one task for an open board: its card, and a preview."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.mentions import BoardNames
from taskforge.comments.queries import (
    CommentView,
    UnreadComments,
    list_last_without_texts,
    read_comments,
)
from taskforge.errors import Unavailable
from taskforge.http.htmx import go_to, wants_partial
from taskforge.http.page_cache import respond
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.tasks.access import access_task, preloaded_task, task_query
from taskforge.tasks.queries import TaskView, get_task
from taskforge.web.attachments.inline import TaskImages
from taskforge.web.boards.cards import render_cards
from taskforge.web.comments.presenters import show_comments
from taskforge.web.tasks.kept_parts import kept_part
from taskforge.web.tasks.presenters import show_task
from taskforge.web.tasks.routes import blueprint

MAX_EXTRACT_LENGTH = 600
_CUT_LINK = re.compile(r"!?\[[^\]\n]{0,300}(?:\]\([^)\n]*)?\Z")
MAX_COMMENT_LENGTH = 240
MAX_ITEMS = 6
MAX_COMMENTS = 2


@blueprint.get("/tasks/<id:task_id>/card")
def card(task_id: str) -> ResponseReturnValue:
    """The card, for an open board on which it was changed; a browser is redirected to the task."""
    row, _ = access_task(current_actor().user_id, task_id)
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    return str(render_cards([row])[0])


@blueprint.get("/tasks/<id:task_id>/peek")
@preload(task_query)
def peek(task_id: str) -> ResponseReturnValue:
    """A read-only preview of a task; a browser is redirected to the task."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    task = access_task(actor.user_id, task_id, preloaded=preloaded_task(found))
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    last = list_last_without_texts(actor, task_id, limit=MAX_COMMENTS)

    def context(names: BoardNames) -> dict[str, Any]:
        view = get_task(actor, task_id, preloaded=task)
        images = TaskImages(actor.user_id, task_id)
        shown = show_task(_shortened(view), names, images)
        checklist = shown.get("checklist", [])
        return {
            "task": shown,
            "details_unavailable": view.texts is None,
            "items": checklist[:MAX_ITEMS],
            "more_items": max(0, len(checklist) - MAX_ITEMS),
            "comments": show_comments(_readable(last), names, images),
        }

    return respond(kept_part("tasks/_peek.html", task, last, context))


def extract(markdown: str, max_length: int) -> str:
    """The beginning of a text, at most `max_length` characters, cut between words and not inside a link or an image."""
    if len(markdown) <= max_length:
        return markdown
    head = markdown[: max_length - 1]
    return _CUT_LINK.sub("", (head.rsplit(None, 1) or [""])[0]).rstrip() + "…"


def _shortened(view: TaskView) -> TaskView:
    if view.texts is None:
        return view
    description = extract(view.texts["description"], MAX_EXTRACT_LENGTH)
    return replace(view, texts={**view.texts, "description": description})


def _readable(unread: UnreadComments) -> Sequence[CommentView]:
    """The comments that can be read, shortened."""
    try:
        found = read_comments(unread)
    except Unavailable:
        return []
    return [
        replace(view, fields={"content": extract(view.content, MAX_COMMENT_LENGTH)})
        for view in found
        if view.content
    ]
