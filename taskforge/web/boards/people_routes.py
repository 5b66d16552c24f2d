"""Who sees a board: whether it is private, and the people whom it names."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from taskforge.boards import board_people, service
from taskforge.http.forms import Form
from taskforge.identity.current import current_actor
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import NamePersonForm, PrivacyForm
from taskforge.web.boards.settings_routes import answer_settings
from taskforge.web.ways_back import WayBack

ANCHOR = "who-sees"


@blueprint.post("/boards/<id:board_id>/privacy")
def set_privacy(board_id: str) -> ResponseReturnValue:
    """Make a board private, or open it to everybody in its team."""
    actor, form = current_actor(), PrivacyForm()
    change = form.attempt(lambda **values: service.edit_board(actor, board_id, **values))
    way = None
    if change is not None:
        is_private = form.values["is_private"]
        way = WayBack(
            text="The board is private." if is_private else "Everybody in the team sees the board.",
            address=url_for("boards.set_privacy", board_id=board_id),
            fields={"is_private": "0" if is_private else "1", "version": str(change.version)},
        )
    return answer_settings(actor, board_id, form, done=change is not None, anchor=ANCHOR, way=way)


@blueprint.post("/boards/<id:board_id>/people/name")
def name_person(board_id: str) -> ResponseReturnValue:
    """Let somebody of the team see a board that is private, or that they are not limited to."""
    actor, form = current_actor(), NamePersonForm()
    done = form.attempt(lambda user_id: board_people.name_person(actor, board_id, user_id))
    way = None
    if done is not None:
        way = _way_back(
            "unname_person", board_id, form.values["user_id"], "They see the board now."
        )
    return answer_settings(actor, board_id, form, done=done is not None, anchor=ANCHOR, way=way)


@blueprint.post("/boards/<id:board_id>/people/<id:user_id>/unname")
def unname_person(board_id: str, user_id: str) -> ResponseReturnValue:
    """Take somebody from the people whom a board names."""
    actor, form = current_actor(), Form()
    done = form.attempt(lambda: board_people.unname_person(actor, board_id, user_id))
    way = None
    if done is not None:
        way = _way_back("name_person", board_id, user_id, "The board names them no more.")
    return answer_settings(actor, board_id, form, done=done is not None, anchor=ANCHOR, way=way)


def _way_back(act: str, board_id: str, user_id: str, text: str) -> WayBack:
    if act == "name_person":
        address = url_for("boards.name_person", board_id=board_id)
        return WayBack(text=text, address=address, fields={"user_id": user_id})
    return WayBack(
        text=text, address=url_for("boards.unname_person", board_id=board_id, user_id=user_id)
    )
