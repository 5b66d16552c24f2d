"""The move form of a task, and moves by drag and keys."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput, StaleVersion
from taskforge.history.task_history import list_history
from taskforge.http.htmx import go_to, render, wants_json
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks import service
from taskforge.tasks.access import access_task, preloaded_task, task_query
from taskforge.tasks.board.lanes import lane_changes, lane_of
from taskforge.tasks.board.queries import find_first_task
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.tasks.queries import list_names
from taskforge.teams.permissions import Permission
from taskforge.web.boards.cards import render_cards
from taskforge.web.tasks.change_answers import change_answer
from taskforge.web.tasks.conflicts import describe_move
from taskforge.web.tasks.forms import MoveTaskForm
from taskforge.web.tasks.presenters import show_move_columns, show_reference
from taskforge.web.tasks.routes import blueprint
from taskforge.web.tasks.undo_toast import offer_undo

MAX_EVENTS_READ = 10


@blueprint.get("/tasks/<id:task_id>/move")
def move(task_id: str) -> ResponseReturnValue:
    """The move form."""
    return _move_page(current_actor(), task_id, None)


@blueprint.post("/tasks/<id:task_id>/move")
@preload(task_query)
def move_submitted(task_id: str) -> ResponseReturnValue:
    """Move a task to a column, and redirect to its card there; a script gets the new version instead."""
    actor, found = current_actor_and_preloaded(task_query(task_id))
    form, preloaded = MoveTaskForm(), preloaded_task(found)

    def move_to(
        column_id: str,
        place: str = "bottom",
        lanes: str | None = None,
        lane: str | None = None,
        **values: Any,
    ) -> Change:
        if place == "top" or (lanes and lane):
            row, membership = access_task(actor.user_id, task_id)
            if place == "top":
                first = find_first_task(actor, row["board_id"], column_id, but=task_id)
                values["before_id"] = first
            joins = lane_changes(lanes, lane, row) if lanes and lane else {}
            if joins:
                membership.require(Permission.TASK_MOVE)
                near = {name: values.get(name) for name in ("before_id", "after_id")}
                near["anyway"] = values.get("anyway", False)
                changes = {**joins, "column_id": column_id, **near}
                # The new tags derive from those just read: the version keeps a concurrent change from being lost.
                version = values.get("version") or row["version"]
                return service.edit_task(actor, task_id, changes=changes, version=version)
        return service.move_task(actor, task_id, column_id=column_id, preloaded=preloaded, **values)

    if wants_json():  # the service checks access; a check here would cost another statement
        if not form.validate():
            access_task(actor.user_id, task_id)
            raise InvalidInput(" ".join(form.sentences))
        try:
            change = move_to(**form.values)
        except StaleVersion as error:
            raise StaleVersion(_describe_conflict(actor, task_id, form) or error.message) from error
        return change_answer(change) | _card_in_lane(actor, task_id, form.values.get("lanes"))
    row, _ = access_task(actor.user_id, task_id)
    moved = form.attempt(move_to)
    if moved is None:
        return form.refused(_move_page(actor, task_id, form))
    now, _ = access_task(actor.user_id, task_id, deleted=True)
    offer_undo(f"{row['key']} is in “{now['column_name']}” now.", moved)
    return go_to(url_for("boards.show", board_id=row["board_id"], _anchor=f"card-{task_id}"))


def _describe_conflict(actor: Actor, task_id: str, form: MoveTaskForm) -> str | None:
    row, _ = access_task(actor.user_id, task_id, deleted=True)
    entries = list_history(actor, task_id, limit=MAX_EVENTS_READ)
    names = list_names(row["board_id"], ())
    version = form.values.get("version") or row["version"]
    return describe_move(entries, names, reader_id=actor.user_id, version=version)


def _card_in_lane(actor: Actor, task_id: str, lanes: str | None) -> dict[str, str]:
    """The rendered card and its new lane; empty without lanes."""
    if not lanes:
        return {}
    row, _ = access_task(actor.user_id, task_id, deleted=True)
    return {"card": render_cards([row])[0], "lane": lane_of(lanes, row)}


def _move_page(actor: Actor, task_id: str, failed: MoveTaskForm | None) -> str:
    row, membership = access_task(actor.user_id, task_id)
    membership.require(Permission.TASK_MOVE)
    return render(
        "tasks/move.html",
        "tasks/_move_form.html",
        task=show_reference(row),
        columns=show_move_columns(list_columns_with_counts([row["board_id"]])),
        chosen=(failed.column_id.data if failed else None) or row["column_id"],
        chosen_place=failed.place.data if failed else None,
        error=" ".join(failed.sentences) if failed else None,
        overridable=failed is not None and getattr(failed.refusal, "overridable", False),
    )
