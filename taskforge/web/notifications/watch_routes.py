"""What one hears of: the button of a task, and the choice for a board."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.access import access_board
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.notifications import watching
from taskforge.notifications.watch_queries import BoardChoice
from taskforge.tasks.access import access_task
from taskforge.web.boards.presenters import show_board
from taskforge.web.notifications.blueprint import blueprint
from taskforge.web.notifications.forms import BoardWatchForm, TaskWatchForm

OTHER = "other"
CHOICES = {
    BoardChoice.WATCHING: "You hear of all cards of this board now.",
    BoardChoice.MUTED: "This board is muted.",
    None: "You hear of the cards that you watch.",
}


@blueprint.post("/tasks/<id:task_id>/watch")
def watch_task(task_id: str) -> ResponseReturnValue:
    """Hear of a task, or no more; htmx gets the button as it is now, a script what it is to say."""
    actor = current_actor()
    row, _ = access_task(actor.user_id, task_id)
    asked = TaskWatchForm().require()["watching"]
    is_watching = asked == "1" or (asked == OTHER and not watching.is_watching_task(actor, task_id))
    (watching.watch_task if is_watching else watching.unwatch_task)(actor, task_id)
    if wants_partial():
        task = {"task_id": task_id, "key": row["key"], "is_watching": is_watching}
        return render_template("notifications/_watch_task.html", task=task)
    text = f"You watch {row['key']} now." if is_watching else f"You don’t watch {row['key']} now."
    if wants_json():
        return {"text": text, "isWatching": is_watching}
    flash(text, "ok")
    return go_to(url_for("tasks.show", task_id=task_id))


@blueprint.get("/boards/<id:board_id>/watch")
def board_watch(board_id: str) -> ResponseReturnValue:
    """What one hears of a board, and the choice."""
    actor = current_actor()
    row, _ = access_board(actor.user_id, board_id)
    state = watching.get_board_watch(actor, board_id)
    chosen = (
        BoardChoice.WATCHING if state.is_watching else BoardChoice.MUTED if state.is_muted else ""
    )
    return render_template(
        "notifications/board_watch.html", board=show_board(row), chosen=str(chosen)
    )


@blueprint.post("/boards/<id:board_id>/watch")
def board_watch_submitted(board_id: str) -> ResponseReturnValue:
    """Keep what one hears of a board."""
    actor = current_actor()
    access_board(actor.user_id, board_id)
    choice = BoardWatchForm().require()["choice"]
    if choice == BoardChoice.WATCHING:
        watching.watch_board(actor, board_id)
    elif choice == BoardChoice.MUTED:
        watching.mute_board(actor, board_id)
    else:
        watching.reset_board(actor, board_id)
    flash(CHOICES[choice], "ok")
    return go_to(url_for("boards.show", board_id=board_id))
