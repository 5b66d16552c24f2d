"""A board's unseen changes, how far a person has seen it, and the people of its team."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.access import access_board
from taskforge.boards.people import list_viewers
from taskforge.boards.view_preferences import mark_seen
from taskforge.history.unseen_changes import find_unseen
from taskforge.http.forms import optional_int
from taskforge.http.htmx import go_to, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.text.people import Person
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import MAX_SEQ, SeenForm


@blueprint.post("/boards/<id:board_id>/seen")
def seen(board_id: str) -> ResponseReturnValue:
    """Store how far the person has seen a board. The board's script sends it repeatedly, a button without a script."""
    actor = current_actor()
    access_board(actor.user_id, board_id)
    mark_seen(actor.user_id, board_id, SeenForm().require()["seq"])
    return ("", 204) if wants_json() else go_to(url_for("boards.show", board_id=board_id))


@blueprint.get("/boards/<id:board_id>/since")
def unseen_changes(board_id: str) -> ResponseReturnValue:
    """The changes of others between two board sequences (``after``, ``upto``), for a page that updates its strip."""
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
    return render_template("boards/_unseen_changes.html", board=board, unseen=unseen)


@blueprint.get("/boards/<id:board_id>/people")
def people(board_id: str) -> ResponseReturnValue:
    """The team's members by id, for the script that shows the author of a live change (`Person.for_scripts`)."""
    board, _ = access_board(current_actor().user_id, board_id)
    members = [
        Person(row["user_id"], row["display_name"], picture=row["picture"])
        for row in list_viewers(board["board_id"])
    ]
    return {one.user_id: one.for_scripts for one in members}
