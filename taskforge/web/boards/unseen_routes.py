"""A visit to a board: what is new since the last one, how far one has seen it, and who the others are."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from taskforge.boards.access import access_board
from taskforge.errors import InvalidInput
from taskforge.history.unseen_changes import find_since, list_people, mark_seen
from taskforge.http.forms import Form, cleaned, optional_int
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.text.people import Person
from taskforge.text.values import parse_int
from taskforge.web.boards.routes import blueprint

LAST_SEQ = 2**63 - 1


class SeenForm(Form):
    """How far a board has been seen: the number of its last change."""

    seq = StringField("Seq", [cleaned(parse_int, minimum=0, maximum=LAST_SEQ)])


@blueprint.post("/boards/<id:board_id>/seen")
def seen(board_id: str) -> ResponseReturnValue:
    """Note how far one has seen a board: told by its script all the while, by a button without one."""
    actor = current_actor()
    access_board(actor.user_id, board_id)
    form = SeenForm()
    if not form.validate():
        raise InvalidInput(" ".join(form.sentences))
    mark_seen(actor.user_id, board_id, form.values["seq"])
    return ("", 204) if wants_json() else go_to(url_for("boards.show", board_id=board_id))


@blueprint.get("/boards/<id:board_id>/since")
def since(board_id: str) -> ResponseReturnValue:
    """What is new between two numbers of a board (``after``, ``upto``), for a page that is loaded again."""
    actor = current_actor()
    board, _ = access_board(actor.user_id, board_id)
    after, upto = (
        optional_int(request.args.get(name), field=name, minimum=0, maximum=LAST_SEQ)
        for name in ("after", "upto")
    )
    if not wants_partial():
        return go_to(url_for("boards.show", board_id=board_id))
    last = board["seq"] if upto is None else min(upto, board["seq"])
    found = find_since(actor.user_id, board_id, last, after=after)
    return render_template("boards/_since.html", board=board, since=found)


@blueprint.get("/boards/<id:board_id>/people")
def people(board_id: str) -> ResponseReturnValue:
    """The members of the board's team by id, for a script that tells who did something."""
    board, _ = access_board(current_actor().user_id, board_id)
    members = [Person(row["user_id"], row["display_name"]) for row in list_people(board["team_id"])]
    return {
        one.user_id: {"name": one.display_name, "initials": one.initials, "hue": one.hue}
        for one in members
    }
