"""Doing one thing with many cards: the page on which they are selected, the bar for it, and the act itself."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.http.request_guard import accept_lists
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.tasks.board.queries import get_board
from taskforge.tasks.bulk.edit import ACTS, MOST_AT_ONCE, edit_tasks
from taskforge.tasks.bulk.queries import Selectable, get_selectable, require_any_act
from taskforge.text.people import person_of
from taskforge.text.values import is_uuid
from taskforge.web.boards.parameters import requested_filter
from taskforge.web.boards.presenters import show_board
from taskforge.web.onboarding.routes import batch_undo_url
from taskforge.web.tasks.forms import PRIORITY_NAMES
from taskforge.web.tasks.inline_fields import quick_days
from taskforge.web.tasks.routes import blueprint
from taskforge.web.tasks.select_forms import EditManyForm, read_task_ids

MOST_SELECTED = 200  # by a script, which sends them portion by portion
VERBS = {
    "column": "moved to “{}”",
    "done": "done",
    "assignee": "assigned to {}",
    "priority": "set to {} priority",
    "due": "due {}",
    "add_tags": "tagged {}",
    "remove_tags": "without {} now",
    "delete": "put into the trash",
}


@blueprint.get("/boards/<id:board_id>/select")
@accept_lists(*FILTER_LISTS)
def select(board_id: str) -> ResponseReturnValue:
    """The page for selecting cards; a script gets their ids, or the bar with what can be done with them."""
    actor = current_actor()
    column_id = request.args.get("column", "")
    found = get_selectable(
        actor,
        board_id,
        column_id if is_uuid(column_id) else None,
        requested_filter(),
        most=MOST_SELECTED if wants_json() else MOST_AT_ONCE,
    )
    if wants_json():
        return {"task_ids": [card["task_id"] for card in found.cards], "more": found.more}
    if wants_partial():
        return render_template("boards/_bulk.html", **_offers(found))
    checked = {card["task_id"] for card in found.cards} if "all" in request.args else set()
    return _page(found, EditManyForm(formdata=None, data={"priority": "medium"}), checked)


@blueprint.post("/boards/<id:board_id>/tasks/edit-many")
@accept_lists("task_id")
def edit_many(board_id: str) -> ResponseReturnValue:
    """Do one act to the selected cards; a script is told what became of which."""
    actor = current_actor()
    require_any_act(actor, board_id)
    form = EditManyForm.read(request.form)
    sent = request.form.getlist("task_id")

    def do(**_: Any) -> Change:
        return edit_tasks(actor, board_id=board_id, task_ids=read_task_ids(sent), **form.wanted)

    if wants_json():
        if not form.validate():
            raise InvalidInput(" ".join(form.sentences))
        return _told_to_script(board_id, do())
    change = form.attempt(do)
    if change is None:
        found = get_selectable(actor, board_id, None, requested_filter(), most=MOST_AT_ONCE)
        return _page(found, form, set(sent)), form.http_status, form.http_headers
    told = _tell(actor, board_id, form, change)
    undo_url = batch_undo_url(board_id, change)
    flash({"text": told, "undo_url": undo_url} if undo_url else told, "ok")  # type: ignore[arg-type]
    return go_to(url_for("boards.show", board_id=board_id))


def _told_to_script(board_id: str, change: Change) -> dict[str, Any]:
    return {
        "changed": len(change.extra["versions"]),
        "skipped": len(change.extra["skipped"]),
        "gone": len(change.extra["gone"]),
        "versions": change.extra["versions"],
        "undo": batch_undo_url(board_id, change),
    }


def _tell(actor: Actor, board_id: str, form: EditManyForm, change: Change) -> str:
    changed, skipped, gone = (len(change.extra[name]) for name in ("versions", "skipped", "gone"))
    act, value = form.wanted["act"], form.wanted["value"]
    sentences = []
    if changed or not gone:
        cards = "1 card is" if changed == 1 else f"{changed} cards are"
        what = VERBS[act].format(_words(actor, board_id, act, value))
        sentences.append(f"{cards} {what}.")
    if skipped:
        sentences.append(f"{skipped} {'was' if skipped == 1 else 'were'} so already.")
    if gone:
        sentences.append(f"{gone} {'is' if gone == 1 else 'are'} gone.")
    return " ".join(sentences)


def _words(actor: Actor, board_id: str, act: str, value: Any) -> str:
    """What an act's value is called."""
    view = get_board(actor, board_id)
    if act == "column":
        return {one["column_id"]: str(one["name"]) for one in view.columns}.get(value, "")
    if act == "assignee":
        names = {one["user_id"]: str(one["display_name"]) for one in view.people}
        return names.get(value, "nobody")
    if act == "due":
        return f"on {value:%-d %b %Y}" if value else "on no day"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _offers(found: Selectable) -> dict[str, Any]:
    """What can be done with the selected cards, and with which values."""
    view = found.board
    return {
        "board": show_board(view.row),
        "columns": view.columns,
        "people": [person_of(one["user_id"], one["display_name"]) for one in view.people],
        "priorities": list(PRIORITY_NAMES.items())[::-1],
        "tags": view.tags,
        "days": quick_days(),
        "has_done": any(column["status"] == "done" for column in view.columns),
        "may": {name: view.membership.may(act.permission) for name, act in ACTS.items()},
        "most": MOST_AT_ONCE,
    }


def _page(found: Selectable, form: EditManyForm, checked: set[str]) -> str:
    offers = _offers(found)
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
        **offers,
        form=form,
        groups=[group for group in groups if group["cards"]],
        checked=checked,
        more=found.more,
        query={**requested_filter().query(), **query},
    )
