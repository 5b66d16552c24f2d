"""Creating tasks on a board: quick-add of one card, and of several at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.access import BoardAccess, access_board, access_query, preloaded_access
from taskforge.boards.people import list_nameables
from taskforge.errors import InvalidInput
from taskforge.http.htmx import go_to, render_partial, wants_json, wants_partial
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.identity.preload import preload
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks import service
from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.lanes import is_in_lane, lane_name, lane_values
from taskforge.tasks.board.queries import get_board, get_column
from taskforge.tasks.bulk.batches import MAX_TASKS, create_tasks
from taskforge.tasks.quick_add.lines import note_sentences, read_line, read_lines, split_lines
from taskforge.tasks.quick_add.queries import get_placed_task, list_hidden, list_made, list_tags
from taskforge.tasks.quick_add.syntax import names_somebody
from taskforge.teams.permissions import Permission
from taskforge.text.handles import Nameable
from taskforge.web.boards.cards import render_cards, show_card, show_column_head
from taskforge.web.boards.presenters import board_page, show_board
from taskforge.web.tasks.change_answers import batch_undo_url, change_answer
from taskforge.web.tasks.forms import CreateManyForm, CreateTaskForm
from taskforge.web.tasks.routes import blueprint
from taskforge.web.ways_back import TRIGGER, WayBack, offer_way_back


@blueprint.post("/boards/<id:board_id>/tasks/create")
@preload(access_query)
def create(board_id: str) -> ResponseReturnValue:
    """Add a card to a column, with the assignee, priority, tags and due date that its line names.

    A script gets the new task's ``id`` and its change: it sends what was written while there was no connection.
    """
    actor, found = current_actor_and_preloaded(access_query(board_id))
    form, preloaded = CreateTaskForm(), preloaded_access(found)
    messages: list[str] = []

    def add(
        title: str,
        column_id: str,
        today: date,
        lanes: str | None = None,
        lane: str | None = None,
    ) -> Change:
        joins = lane_values(lanes, lane)
        people = _people(actor, board_id, title, preloaded)
        new, notes = read_line(title, people, today, joins)
        messages.extend(note_sentences(notes))
        return service.create_task(
            actor,
            board_id=board_id,
            column_id=column_id,
            texts=new.texts,
            preloaded=preloaded,
            **new.core,
        )

    if wants_json():
        made = add(**form.require())
        return {"id": made.entity_id, **change_answer(made)}
    change = form.attempt(add)
    if change is None:
        return _refused_card(actor, board_id, form)
    if not wants_partial():
        _flash_all(messages)
        lanes = form.values.get("lanes")
        anchor = f"new-{form.values['column_id']}"
        return go_to(url_for("boards.show", board_id=board_id, lanes=lanes, _anchor=anchor))
    row = get_placed_task(actor, change.entity_id)
    hidden = bool(_hidden(actor, [row["task_id"]]))
    if hidden:
        messages.append(f"“{row['title']}” was added. The filter hides it.")
    elsewhere = _other_lane(form, row)
    if elsewhere and not hidden:
        messages.append(f"“{row['title']}” is in the lane “{elsewhere}”.")
    page = render_partial(
        "tasks/create.oob.html",
        card=show_card(row),
        hidden=hidden or elsewhere is not None,
        column=show_column_head(row["column"]),
        messages=messages,
    )
    # Lanes count their cards, and a cell shows its first ones: the page requests all of them again.
    is_in_lanes = bool(form.values.get("lanes"))
    return page, {"HX-Trigger": json.dumps(_triggers(row, change, is_in_lanes=is_in_lanes))}


def _triggers(row: Mapping[str, Any], change: Change, *, is_in_lanes: bool) -> dict[str, Any]:
    """What htmx triggers for a new card: Ctrl+Z knows of it."""
    event = {"text": f"“{row['title']}” was added", "task_id": row["task_id"]}
    triggers: dict[str, Any] = {TRIGGER: {**event, "event": change.event_id, "is_quiet": True}}
    return triggers | ({"forge:board-stale": True} if is_in_lanes else {})


@blueprint.get("/boards/<id:board_id>/tasks/create-many")
def create_many(board_id: str) -> ResponseReturnValue:
    """The page for several cards at once; ``column`` in the address is the preselected column."""
    actor = current_actor()
    access_board(actor.user_id, board_id, Permission.TASK_CREATE)
    parameters = {"column_id": "column", "lanes": "lanes", "lane": "lane"}
    data = {field: request.args.get(name, "") for field, name in parameters.items()}
    return _many_page(actor, board_id, CreateManyForm(formdata=None, data=data))


@blueprint.post("/boards/<id:board_id>/tasks/create-many")
def create_many_submitted(board_id: str) -> ResponseReturnValue:
    """Add a card for every line, all or none; a script gets the HTML of the cards for the column."""
    actor = current_actor()
    access_board(actor.user_id, board_id, Permission.TASK_CREATE)
    form = CreateManyForm()
    messages: list[str] = []

    def add(
        lines: str,
        column_id: str,
        today: date,
        lanes: str | None = None,
        lane: str | None = None,
    ) -> Change:
        joins = lane_values(lanes, lane)
        people = _people(actor, board_id, lines)
        new_tasks, notes = read_lines(split_lines(lines), people, today, joins)
        messages.extend(note_sentences(notes))
        return create_tasks(actor, board_id=board_id, column_id=column_id, new_tasks=new_tasks)

    if wants_json():
        return _script_answer(actor, board_id, add(**form.require()), messages)
    change = form.attempt(add)
    if change is None:
        return form.refused(_many_page(actor, board_id, form))
    address = batch_undo_url(board_id, change)
    if address:
        offer_way_back(WayBack(text=_count(change), address=address))
    _flash_all(messages)
    anchor = f"column-{form.values['column_id']}"
    lanes = form.values.get("lanes")
    return go_to(url_for("boards.show", board_id=board_id, lanes=lanes, _anchor=anchor))


@blueprint.get("/boards/<id:board_id>/quick-add")
def quick_add_names(board_id: str) -> ResponseReturnValue:
    """The people and tags that the line of a new card may name, for the script that parses it while it is typed."""
    board, _ = access_board(current_actor().user_id, board_id, Permission.TASK_CREATE)
    people = [person.describe() for person in list_nameables(board["board_id"])]
    return {"people": people, "tags": list_tags(board_id)}


def _other_lane(form: CreateTaskForm, row: sql.Row) -> str | None:
    """The name of a new card's lane where its line named another one than the form; None where they agree."""
    kind, key = form.values.get("lanes"), form.values.get("lane")
    if not kind or not key or is_in_lane(kind, key, row):
        return None
    return lane_name(kind, row)


def _people(
    actor: Actor, board_id: str, written: str, preloaded: BoardAccess | None = None
) -> Sequence[Nameable]:
    """The people that `written` may name; read only if it names somebody."""
    if not names_somebody(written):
        return ()
    board, _ = access_board(actor.user_id, board_id, Permission.TASK_CREATE, preloaded=preloaded)
    return list_nameables(board["board_id"])


def _script_answer(
    actor: Actor, board_id: str, change: Change, messages: Sequence[str]
) -> dict[str, Any]:
    rows = list_made(board_id, change.extra["task_ids"])
    head = ""
    if rows:
        column = get_column(actor, board_id, rows[0]["column_id"])
        head = render_template("boards/_column_head.html", column=show_column_head(column))
    hidden = _hidden(actor, [row["task_id"] for row in rows])
    if hidden:
        messages = [*messages, f"The filter hides {len(hidden)} of them."]
    return {
        "cards": "".join(render_cards(row for row in rows if row["task_id"] not in hidden)),
        "head": head,
        "text": _count(change),
        "undo": batch_undo_url(board_id, change),
        "notes": messages,
    }


def _hidden(actor: Actor, task_ids: Sequence[str]) -> set[str]:
    """Those of some new tasks that the filter of the requesting page (``HX-Current-URL``) leaves out."""
    return list_hidden(actor, request.headers.get("HX-Current-URL", ""), task_ids)


def _count(change: Change) -> str:
    number = len(change.extra["task_ids"])
    return "1 card made." if number == 1 else f"{number} cards made."


def _flash_all(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        flash(sentence, "info")


def _refused_card(actor: Actor, board_id: str, form: CreateTaskForm) -> ResponseReturnValue:
    column_id, typed = form.column_id.data or "", form.title.data or ""
    kind, key = form.lanes.data, form.lane.data
    lane = {"kind": kind, "key": key, "name": ""} if kind and key else None
    refused = {"column_id": column_id, "typed": typed, "error": " ".join(form.sentences)}
    view = get_board(actor, board_id, CardFilter())
    column = next((found for found in view.columns if found["column_id"] == column_id), None)
    if column is None:
        raise form.refusal or InvalidInput(refused["error"])
    if not wants_partial():
        page = board_page(view, CardFilter(), refused)
        return form.refused(page)
    page = render_template(
        "tasks/_quick_add.html", board=show_board(view.row), column=column, lane=lane, **refused
    )
    place = {"HX-Retarget": "this" if lane else f"#add-{column_id}", "HX-Reswap": "outerHTML"}
    return form.refused(page, place)


def _many_page(actor: Actor, board_id: str, form: CreateManyForm) -> str:
    view = get_board(actor, board_id)
    form.column_id.offer((column["column_id"], column["name"]) for column in view.columns)
    return render_template(
        "tasks/create_many.html", board=show_board(view.row), form=form, max_tasks=MAX_TASKS
    )
