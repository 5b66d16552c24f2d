"""Onboarding: the sample board and its removal, and the undo of a batch."""

from __future__ import annotations

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.queries import list_columns
from taskforge.errors import Conflict, Unavailable
from taskforge.events import Event
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, wants_json
from taskforge.identity.current import current_actor
from taskforge.onboarding import service
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.bulk.batches import undo_batch as undo_batch_of_tasks
from taskforge.web.tasks.change_answers import batch_undo_url
from taskforge.web.tasks.routes import blueprint
from taskforge.web.ways_back import WayBack, offer_way_back

MAX_FLASHED = 3  # sentences about tasks that could not be undone


@blueprint.post("/welcome")
def welcome() -> ResponseReturnValue:
    """Create a team with a sample board for a person without a team, and redirect to it."""
    return go_to(create_home(current_actor()))


@blueprint.post("/boards/<id:board_id>/start-empty")
def start_empty(board_id: str) -> ResponseReturnValue:
    """Put the tutorial of a sample board into the trash, and redirect to the quick-add of its first column."""
    change = service.start_empty(current_actor(), board_id=board_id)
    if address := batch_undo_url(board_id, change):
        text = "The board is yours. The tour is in the trash."
        offer_way_back(WayBack(text=text, address=address))
    columns = list_columns([board_id])
    anchor = f"new-{columns[0]['column_id']}" if columns else None
    return go_to(url_for("boards.show", board_id=board_id, _anchor=anchor))


@blueprint.post("/boards/<id:board_id>/batches/<id:batch_id>/undo")
def undo_batch(board_id: str, batch_id: str) -> ResponseReturnValue:
    """Undo a batch; a script gets the ids of its tasks."""
    actor = current_actor()
    if wants_json():
        change = undo_batch_of_tasks(actor, board_id=board_id, event_id=batch_id)
        return {
            "undone": change.extra["undone"],
            "task_ids": change.extra["task_ids"],
            "refused": change.extra.get("refused", []),
            "text": _summary(change),
            "undo": batch_undo_url(board_id, change),
        }
    form = Form()
    undone = form.attempt(lambda: undo_batch_of_tasks(actor, board_id=board_id, event_id=batch_id))
    if undone is None:
        flash(" ".join(form.sentences), "danger")
    else:
        flash(_summary(undone), "ok")
        for refused in undone.extra.get("refused", [])[:MAX_FLASHED]:
            flash(refused, "info")
    return go_to(url_for("boards.show", board_id=board_id))


def create_home(actor: Actor) -> str:
    """Create a team with a sample board for a person without a team; answers the address of its quick-add.

    For a member of a team, and while a store is unavailable, it is the address of the list of boards, which offers to
    try again.
    """
    try:
        change = service.create_home(actor)
    except (Conflict, Unavailable):
        return url_for("boards.index")
    if "board_id" not in change.extra:
        return url_for("boards.index")
    anchor = f"new-{change.extra['column_id']}"
    return url_for("boards.show", board_id=change.extra["board_id"], _anchor=anchor)


def _summary(change: Change) -> str:
    number, left = len(change.extra["task_ids"]), change.extra.get("refused_count", 0)
    cards = "1 card is" if number == 1 else f"{number} cards are"
    now = {Event.TASK_DELETED: "in the trash", Event.TASK_RESTORED: "back"}
    summary = f"{cards} {now.get(change.extra['undone'], 'as before')}."
    return f"{summary} {left} could not be." if left else summary
