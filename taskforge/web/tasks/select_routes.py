"""Bulk edit: the page that selects cards, the bar of the selection, and the act itself."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.tasks.board.queries import get_board
from taskforge.tasks.bulk.edit import ACTS, MAX_AT_ONCE, edit_tasks
from taskforge.tasks.bulk.selection import Selectable, get_selectable, require_any_act
from taskforge.tasks.field_kinds import Choice, Reference
from taskforge.tasks.moment_kind import Moment
from taskforge.tasks.priorities import PRIORITY_NAMES
from taskforge.text.moments import show_moment
from taskforge.text.people import person_of
from taskforge.text.values import is_uuid
from taskforge.web.boards.parameters import requested_filter
from taskforge.web.boards.presenters import show_board
from taskforge.web.tasks.change_answers import batch_undo_url
from taskforge.web.tasks.inline_fields import quick_days
from taskforge.web.tasks.routes import blueprint
from taskforge.web.tasks.select_forms import PLAIN_ACTS, EditManyForm, read_task_ids
from taskforge.web.ways_back import WayBack, offer_way_back

MAX_SELECTED = 200  # for a script, which sends them in batches of `MAX_AT_ONCE`


@blueprint.get("/boards/<id:board_id>/select")
@accept_lists(*FILTER_LISTS)
def select(board_id: str) -> ResponseReturnValue:
    """The page that selects cards; a script gets the ids of the cards, htmx the bar with the acts."""
    actor = current_actor()
    column_id = request.args.get("column", "")
    found = get_selectable(
        actor,
        board_id,
        column_id if is_uuid(column_id) else None,
        requested_filter(),
        limit=MAX_SELECTED if wants_json() else MAX_AT_ONCE,
    )
    if wants_json():
        return {"task_ids": [card["task_id"] for card in found.cards], "more": found.more}
    if wants_partial():
        return render_template("boards/_bulk.html", **_act_context(found))
    checked = {card["task_id"] for card in found.cards} if "all" in request.args else set()
    return _page(found, EditManyForm(formdata=None, data={"priority": "medium"}), checked)


@blueprint.post("/boards/<id:board_id>/tasks/edit-many")
@accept_lists("task_id")
def edit_many(board_id: str) -> ResponseReturnValue:
    """Apply one act to the selected cards; a script gets the new version of each."""
    actor = current_actor()
    require_any_act(actor, board_id)
    form = EditManyForm.read(request.form)
    sent = request.form.getlist("task_id")

    def apply(**_: Any) -> Change:
        return edit_tasks(actor, board_id=board_id, task_ids=read_task_ids(sent), **form.chosen)

    if wants_json():
        form.require()
        return _script_answer(board_id, apply())
    change = form.attempt(apply)
    if change is None:
        found = get_selectable(actor, board_id, None, requested_filter(), limit=MAX_AT_ONCE)
        return form.refused(_page(found, form, set(sent)))
    summary = _summarise(actor, board_id, form, change)
    if address := batch_undo_url(board_id, change):
        offer_way_back(WayBack(text=summary, address=address))
    else:
        flash(summary, "ok")
    return go_to(url_for("boards.show", board_id=board_id))


def _script_answer(board_id: str, change: Change) -> dict[str, Any]:
    return {
        "changed": len(change.extra["versions"]),
        "skipped": len(change.extra["skipped"]),
        "gone": len(change.extra["gone"]),
        "versions": change.extra["versions"],
        "undo": batch_undo_url(board_id, change),
    }


def _summarise(actor: Actor, board_id: str, form: EditManyForm, change: Change) -> str:
    changed, skipped, gone = (len(change.extra[name]) for name in ("versions", "skipped", "gone"))
    act, value = form.chosen["act"], form.chosen["value"]
    sentences = []
    if changed or not gone:
        cards = "1 card is" if changed == 1 else f"{changed} cards are"
        what = ACTS[act].empty if value is None else ""
        what = what or ACTS[act].sentence.format(_value_text(actor, board_id, act, value))
        sentences.append(f"{cards} {what}.")
    if skipped:
        sentences.append(f"{skipped} {'was' if skipped == 1 else 'were'} so already.")
    if gone:
        sentences.append(f"{gone} {'is' if gone == 1 else 'are'} gone.")
    return " ".join(sentences)


def _value_text(actor: Actor, board_id: str, act: str, value: Any) -> str:
    """The value of an act as a text for the summary."""
    field = ACTS[act].field
    if field is None:
        return ""
    if isinstance(field.kind, Moment):
        return f"on {show_moment(value)}" if value else "on no day"
    if isinstance(field.kind, Choice):
        return str(value)
    view = get_board(actor, board_id)
    names = {one["column_id"]: str(one["name"]) for one in view.columns}
    names |= {one["user_id"]: str(one["display_name"]) for one in view.people}
    if isinstance(field.kind, Reference):
        return names.get(value, "nobody" if field.kind.may_be_empty else "")
    return field.kind.words(field.kind.plain(value), names) or "nothing"


def _act_context(found: Selectable) -> dict[str, Any]:
    """The acts that the person may apply, and their possible values."""
    view = found.board
    return {
        "board": show_board(view.row),
        "columns": view.columns,
        "people": [
            person_of(one["user_id"], one["display_name"], picture=one["picture"])
            for one in view.people
        ],
        "priorities": list(PRIORITY_NAMES.items())[::-1],
        "tags": view.tags,
        "days": quick_days(),
        "has_done": any(column["status"] == "done" for column in view.columns),
        "plain_acts": PLAIN_ACTS,
        "may": {name: view.membership.may(act.permission) for name, act in ACTS.items()},
        "max_cards": MAX_AT_ONCE,
    }


def _page(found: Selectable, form: EditManyForm, checked: set[str]) -> str:
    context = _act_context(found)
    form.column_id.offer((one["column_id"], one["name"]) for one in found.board.columns)
    form.assignee_id.offer(
        [("", "Nobody"), *((one["user_id"], one["display_name"]) for one in found.board.people)]
    )
    groups = [
        {
            **column,
            "cards": [card for card in found.cards if card["column_id"] == column["column_id"]],
        }
        for column in found.board.columns
    ]
    query = {"column": found.column_id} if found.column_id else {}
    return render_template(
        "boards/select.html",
        **context,
        form=form,
        groups=[group for group in groups if group["cards"]],
        checked=checked,
        more=found.more,
        query={**requested_filter().query(), **query},
    )
