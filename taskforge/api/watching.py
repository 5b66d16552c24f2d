"""What whoever is asking hears of: tasks and boards that they watch, boards that they have muted."""

from __future__ import annotations

from typing import Any

from taskforge.api.blueprints import ApiBlueprint, takes_no_key
from taskforge.api.schemas import notifications as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.identity.current import current_actor
from taskforge.notifications import watching
from taskforge.notifications.watch_queries import BoardChoice
from taskforge.stores.actor import Actor

blueprint = ApiBlueprint("watching", __name__, topic="Notifications", prefix="")


@blueprint.get("/tasks/<any_id:task_id>/watch")
@blueprint.response(200, schemas.TaskWatch)
def get_task_watch(task_id: str) -> Any:
    """Whether one hears of a task, by one's choice or because one takes part in it."""
    return _of_task(current_actor(), task_id)


@blueprint.post("/tasks/<any_id:task_id>/watch")
@takes_no_key
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.TaskWatch)
def watch_task(_data: dict[str, Any], task_id: str) -> Any:
    """Hear of a task, also on a board that one has muted."""
    actor = current_actor()
    watching.watch_task(actor, task_id)
    return _of_task(actor, task_id)


@blueprint.delete("/tasks/<any_id:task_id>/watch")
@blueprint.response(200, schemas.TaskWatch)
def unwatch_task(task_id: str) -> Any:
    """Hear of a task no more, but by what names one."""
    actor = current_actor()
    watching.unwatch_task(actor, task_id)
    return _of_task(actor, task_id)


@blueprint.get("/boards/<any_id:board_id>/watch")
@blueprint.response(200, schemas.BoardWatch)
def get_board_watch(board_id: str) -> Any:
    """What one chose for a board."""
    return _of_board(current_actor(), board_id)


@blueprint.post("/boards/<any_id:board_id>/watch")
@takes_no_key
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.BoardWatch)
def watch_board(_data: dict[str, Any], board_id: str) -> Any:
    """Hear of all tasks of a board."""
    actor = current_actor()
    watching.watch_board(actor, board_id)
    return _of_board(actor, board_id)


@blueprint.delete("/boards/<any_id:board_id>/watch")
@blueprint.response(200, schemas.BoardWatch)
def unwatch_board(board_id: str) -> Any:
    """Hear of those tasks of a board only that one watches."""
    actor = current_actor()
    watching.reset_board(actor, board_id, BoardChoice.WATCHING)
    return _of_board(actor, board_id)


@blueprint.post("/boards/<any_id:board_id>/mute")
@takes_no_key
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.BoardWatch)
def mute_board(_data: dict[str, Any], board_id: str) -> Any:
    """Hear of a board no more, but by what names one and of tasks that one chose to watch."""
    actor = current_actor()
    watching.mute_board(actor, board_id)
    return _of_board(actor, board_id)


@blueprint.delete("/boards/<any_id:board_id>/mute")
@blueprint.response(200, schemas.BoardWatch)
def unmute_board(board_id: str) -> Any:
    """Hear of a board again."""
    actor = current_actor()
    watching.reset_board(actor, board_id, BoardChoice.MUTED)
    return _of_board(actor, board_id)


def _of_task(actor: Actor, task_id: str) -> dict[str, Any]:
    return {"task_id": task_id, "is_watching": watching.is_watching_task(actor, task_id)}


def _of_board(actor: Actor, board_id: str) -> dict[str, Any]:
    state = watching.get_board_watch(actor, board_id)
    return {"board_id": board_id, **state._asdict()}
