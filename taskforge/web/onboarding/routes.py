"""The first minutes: the sample board, throwing it away, and taking back what was done to many cards at once."""

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
from taskforge.tasks.bulk.batches import undo_batch as take_back
from taskforge.web.tasks.change_answers import batch_undo_url
from taskforge.web.tasks.routes import blueprint

MAX_FLASHED = 3  # sentences about cards of which something could not be taken back


@blueprint.post("/welcome")
def welcome() -> ResponseReturnValue:
    """A team with a sample board for whoever is in no team, and the way there."""
    return go_to(lead_home(current_actor()))


@blueprint.post("/boards/<id:board_id>/start-empty")
def start_empty(board_id: str) -> ResponseReturnValue:
    """Put the tutorial of a sample board into the trash, and go to where the first own card is written."""
    change = service.start_empty(current_actor(), board_id=board_id)
    if change.event_id is not None:
        address = batch_undo_url(board_id, change)
        undo = {"text": "The board is yours. The tour is in the trash.", "undo_url": address}
        flash(undo, "ok")  # type: ignore[arg-type]
    columns = list_columns([board_id])
    anchor = f"new-{columns[0]['column_id']}" if columns else None
    return go_to(url_for("boards.show", board_id=board_id, _anchor=anchor))


@blueprint.post("/boards/<id:board_id>/batches/<id:batch_id>/undo")
def undo_batch(board_id: str, batch_id: str) -> ResponseReturnValue:
    """Undo a change of many cards at once; a script is answered with their ids."""
    actor = current_actor()
    if wants_json():
        change = take_back(actor, board_id=board_id, event_id=batch_id)
        return {
            "undone": change.extra["undone"],
            "task_ids": change.extra["task_ids"],
            "refused": change.extra.get("refused", []),
            "text": _summary(change),
            "undo": batch_undo_url(board_id, change),
        }
    form = Form()
    undone = form.attempt(lambda: take_back(actor, board_id=board_id, event_id=batch_id))
    if undone is None:
        flash(" ".join(form.sentences), "danger")
    else:
        flash(_summary(undone), "ok")
        for refused in undone.extra.get("refused", [])[:MAX_FLASHED]:
            flash(refused, "info")
    return go_to(url_for("boards.show", board_id=board_id))


def lead_home(actor: Actor) -> str:
    """Where somebody who has just arrived belongs: the sample board of their own team, made on the way if need be.

    Their boards' page instead, when they are in a team already or it can't be made now; the page offers it again.
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
