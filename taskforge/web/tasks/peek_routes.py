"""Small pieces of one task for an open board: its card as it is now, and a preview of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.comments.queries import CommentView, list_last_comments
from taskforge.errors import Unavailable
from taskforge.http.htmx import go_to, wants_partial
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.tasks.access import access_task
from taskforge.tasks.queries import TaskView, get_task
from taskforge.web.boards.cards import draw_cards
from taskforge.web.comments.presenters import show_comments
from taskforge.web.tasks.presenters import show_task
from taskforge.web.tasks.routes import blueprint

LONGEST_EXTRACT = 600
LONGEST_REMARK = 240
MOST_ITEMS = 6
MOST_COMMENTS = 2


@blueprint.get("/tasks/<id:task_id>/card")
def card(task_id: str) -> ResponseReturnValue:
    """The card alone, for a board on which it was changed; everybody else is led to the task."""
    row, _ = access_task(current_actor().user_id, task_id)
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    return str(draw_cards([row])[0])


@blueprint.get("/tasks/<id:task_id>/peek")
def peek(task_id: str) -> ResponseReturnValue:
    """A short preview of a task, to read only; everybody else is led to the task."""
    actor = current_actor()
    view = get_task(actor, task_id)
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    return render_template(
        "tasks/_peek.html",
        task=show_task(_shortened(view)),
        details_unavailable=view.texts is None,
        most_items=MOST_ITEMS,
        comments=show_comments(_last_words(actor, task_id)),
    )


def extract(markdown: str, most: int) -> str:
    """The beginning of a text, at most so many characters, cut between words."""
    if len(markdown) <= most:
        return markdown
    head = markdown[: most - 1]
    return (head.rsplit(None, 1) or [""])[0] + "…"


def _shortened(view: TaskView) -> TaskView:
    if view.texts is None:
        return view
    description = extract(view.texts["description"], LONGEST_EXTRACT)
    return replace(view, texts={**view.texts, "description": description})


def _last_words(actor: Actor, task_id: str) -> Sequence[CommentView]:
    """The last comments that can be read, oldest first."""
    try:
        found = list_last_comments(actor, task_id, limit=MOST_COMMENTS)
    except Unavailable:
        return []
    return [
        replace(view, fields={"content": extract(view.content, LONGEST_REMARK)})
        for view in found
        if view.content
    ]
