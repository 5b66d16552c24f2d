"""Deleting a column with what becomes of its cards, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.access import access_board
from taskforge.errors import InvalidInput
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, wants_json
from taskforge.http.urls import safe_next
from taskforge.identity.current import current_actor
from taskforge.stores.operations import Change
from taskforge.tasks.bulk import column_deletion
from taskforge.teams.permissions import Permission
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import DELETE_CARDS, MOVE_CARDS, NO_CARDS, DeleteColumnForm
from taskforge.web.boards.settings_routes import answer_settings
from taskforge.web.ways_back import WayBack, kind_of_restoration, offer_way_back, way_back_answer


@blueprint.post("/boards/<id:board_id>/columns/<id:column_id>/delete")
def delete_column(board_id: str, column_id: str) -> ResponseReturnValue:
    """Delete a column; its cards move to another one, or go into the trash."""
    actor = current_actor()
    form = DeleteColumnForm()

    def delete(cards: str = NO_CARDS, move_to: str | None = None) -> Change:
        if cards == MOVE_CARDS and move_to is None:
            raise InvalidInput.about("move_to", "must be another column of this board")
        return column_deletion.delete_column(
            actor,
            board_id,
            column_id,
            move_to=move_to if cards == MOVE_CARDS else None,
            with_cards=cards == DELETE_CARDS,
        )

    change = form.attempt(delete)
    way = None
    if change is not None:
        way = _way_to_restore(board_id, change.extra, moved=form.values.get("cards") == MOVE_CARDS)
    done = change is not None
    return answer_settings(actor, board_id, form, done=done, anchor="columns", way=way)


@blueprint.post("/boards/<id:board_id>/columns/<id:column_id>/restore")
def restore_column(board_id: str, column_id: str) -> ResponseReturnValue:
    """Take the deletion of a column back, with its cards; then back to ``next``, or to the board."""
    actor = current_actor()
    access_board(actor.user_id, board_id, Permission.BOARD_EDIT)
    form = Form()
    change = form.attempt(lambda: column_deletion.restore_column(actor, board_id, column_id))
    if change is None:
        if wants_json():
            raise form.refusal or InvalidInput(" ".join(form.sentences))
        flash(" ".join(form.sentences), "danger")
    else:
        way = _way_to_delete(board_id, change.extra)
        if wants_json():
            return way_back_answer(way)
        offer_way_back(way)
    board = url_for("boards.show", board_id=board_id)
    return go_to(safe_next(request.form.get("next")) or board)


def _way_to_restore(board_id: str, column: Mapping[str, Any], *, moved: bool) -> WayBack:
    cards, text = column["cards"], f"“{column['name']}” is deleted."
    if cards:
        number = "1 card" if cards == 1 else f"{cards} cards"
        went = "moved" if moved else ("is in the trash" if cards == 1 else "are in the trash")
        text = f"“{column['name']}” is deleted, and {number} {went}."
    place = {"board_id": board_id, "column_id": column["column_id"]}
    return WayBack(text=text, address=url_for("boards.restore_column", **place))


def _way_to_delete(board_id: str, column: Mapping[str, Any]) -> WayBack:
    cards, left = column["cards"], column["left"]
    text = f"“{column['name']}” is back"
    if cards:
        text += ", with 1 card" if cards == 1 else f", with {cards} cards"
    if left:
        stay = (
            "1 card that was changed since stays"
            if left == 1
            else f"{left} cards that were changed since stay"
        )
        text += f"; {stay} where {'it is' if left == 1 else 'they are'}"
    fields = {"cards": DELETE_CARDS if cards else NO_CARDS}
    if column["moved"]:
        fields = {"cards": MOVE_CARDS, "move_to": column["moved"]}
    place = {"board_id": board_id, "column_id": column["column_id"]}
    address = url_for("boards.delete_column", **place)
    return WayBack(text=f"{text}.", address=address, fields=fields, kind=kind_of_restoration())
