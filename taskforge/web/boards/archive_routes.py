"""Archiving a board, and taking it out of the archive."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.archive import archive_board, unarchive_board
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, wants_json
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.ways_back import WayBack, kind_of_restoration, offer_way_back, way_back_answer


@blueprint.post("/boards/<id:board_id>/archive")
def archive(board_id: str) -> ResponseReturnValue:
    """Make a board read-only, and take it off the lists."""
    way_back = url_for("boards.unarchive", board_id=board_id)
    return _change(board_id, archive_board, "The board is archived.", way_back)


@blueprint.post("/boards/<id:board_id>/unarchive")
def unarchive(board_id: str) -> ResponseReturnValue:
    """Let a board be changed again."""
    way_back = url_for("boards.archive", board_id=board_id)
    return _change(board_id, unarchive_board, "The board is out of the archive.", way_back)


def _change(
    board_id: str, change: Callable[[Actor, str], Change], text: str, way_back: str
) -> ResponseReturnValue:
    actor, form = current_actor(), Form()
    if form.attempt(lambda: change(actor, board_id)) is None:
        if form.refusal is not None and wants_json():
            raise form.refusal
        flash(" ".join(form.sentences), "danger")
        return go_to(url_for("boards.show", board_id=board_id))
    way = WayBack(text=text, address=way_back, kind=kind_of_restoration())
    if wants_json():
        return way_back_answer(way)
    offer_way_back(way)
    return go_to(url_for("boards.show", board_id=board_id))
