"""What a person has not seen of a board, how far they have seen it, and who the other people of its team are."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.access import access_board
from taskforge.boards.view_preferences import mark_seen
from taskforge.history.unseen_changes import find_unseen
from taskforge.http.forms import optional_int
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.teams.queries import list_member_names
from taskforge.text.people import Person
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import MAX_SEQ, SeenForm


@blueprint.post("/boards/<id:board_id>/seen")
def seen(board_id: str) -> ResponseReturnValue:
    """Note how far one has seen a board: sent by its script again and again, and by a button without a script."""
    actor = current_actor()
    access_board(actor.user_id, board_id)
    mark_seen(actor.user_id, board_id, SeenForm().require()["seq"])
    return ("", 204) if wants_json() else go_to(url_for("boards.show", board_id=board_id))


@blueprint.get("/boards/<id:board_id>/since")
def since(board_id: str) -> ResponseReturnValue:
    """What is unseen between two numbers of a board (``after``, ``upto``), for a page that is loaded again."""
    actor = current_actor()
    board, _ = access_board(actor.user_id, board_id)
    after, upto = (
        optional_int(request.args.get(name), field=name, minimum=0, maximum=MAX_SEQ)
        for name in ("after", "upto")
    )
    if not wants_partial():
        return go_to(url_for("boards.show", board_id=board_id))
    last = board["seq"] if upto is None else min(upto, board["seq"])
    unseen = find_unseen(actor.user_id, board_id, last, after=after)
    return render_template("boards/_since.html", board=board, unseen=unseen)


@blueprint.get("/boards/<id:board_id>/people")
def people(board_id: str) -> ResponseReturnValue:
    """The members of the board's team by id, for a script that shows who changed something."""
    board, _ = access_board(current_actor().user_id, board_id)
    members = [
        Person(row["user_id"], row["display_name"]) for row in list_member_names(board["team_id"])
    ]
    return {
        one.user_id: {"name": one.display_name, "initials": one.initials, "hue": one.hue}
        for one in members
    }
