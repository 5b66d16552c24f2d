"""Moving a task, and reading what happened to it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts.identity import current_actor
from taskforge.audit.service import list_history
from taskforge.boards import service as boards
from taskforge.errors import InvalidInput
from taskforge.forms import optional_int
from taskforge.htmx import go_to, render, wants_json
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks import service
from taskforge.tasks.access import access_task
from taskforge.tasks.board_views import find_first_task
from taskforge.tasks.forms import MoveTaskForm
from taskforge.tasks.history import mentioned_people, show_entry
from taskforge.tasks.pages import show_move_columns, show_reference
from taskforge.tasks.routes import blueprint
from taskforge.tasks.views import list_names

ENTRIES_PER_PAGE = 50
LAST_LOG_ID = 2**63 - 1


@blueprint.get("/tasks/<id:task_id>/move")
def move(task_id: str) -> ResponseReturnValue:
    """The move form."""
    return _move_page(current_actor(), task_id, None)


@blueprint.post("/tasks/<id:task_id>/move")
def move_submitted(task_id: str) -> ResponseReturnValue:
    """Move a task to a column, and go to its card there; a script is told the new version instead."""
    actor = current_actor()
    form = MoveTaskForm()

    def move_to(column_id: str, place: str = "bottom", **values: Any) -> Change:
        if place == "top":
            task, _ = access_task(actor.user_id, task_id)
            first = find_first_task(actor, task["board_id"], column_id, but=task_id)
            values["before_id"] = first
        return service.move_task(actor, task_id, column_id=column_id, **values)

    if wants_json():  # the service looks who may; asking here too would only cost time
        if not form.validate():
            access_task(actor.user_id, task_id)
            raise InvalidInput(" ".join(form.sentences))
        change = move_to(**form.values)
        return {"version": change.version, "event": change.event_id}
    row, _ = access_task(actor.user_id, task_id)
    if form.attempt(move_to) is None:
        return _move_page(actor, task_id, form), form.http_status, form.http_headers
    return go_to(url_for("boards.show", board_id=row["board_id"], _anchor=f"card-{task_id}"))


@blueprint.get("/tasks/<id:task_id>/history")
def history(task_id: str) -> ResponseReturnValue:
    """What happened to a task and its comments, latest first."""
    actor = current_actor()
    row, _ = access_task(actor.user_id, task_id, deleted=True)
    before = request.args.get("before")
    found = list_history(
        actor,
        task_id,
        before_log_id=optional_int(before, field="before", minimum=1, maximum=LAST_LOG_ID),
        limit=ENTRIES_PER_PAGE + 1,
    )
    entries = found[:ENTRIES_PER_PAGE]
    names = list_names(row["board_id"], mentioned_people(entries))
    earlier = (
        url_for("tasks.history", task_id=task_id, before=entries[-1]["log_id"]) if entries else None
    )
    return render(
        "tasks/history.html",
        "tasks/_history.html",
        task=show_reference(row),
        entries=[show_entry(entry, names) for entry in entries],
        next_url=earlier if len(found) > ENTRIES_PER_PAGE else None,
    )


def _move_page(actor: Actor, task_id: str, failed: MoveTaskForm | None) -> str:
    row, membership = access_task(actor.user_id, task_id)
    membership.require("task.move")
    return render(
        "tasks/move.html",
        "tasks/_move_form.html",
        task=show_reference(row),
        columns=show_move_columns(boards.list_columns([row["board_id"]])),
        chosen=(failed.column_id.data if failed else None) or row["column_id"],
        error=" ".join(failed.sentences) if failed else None,
    )
