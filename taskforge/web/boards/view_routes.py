"""The view of one person on a board: the filter's menu, and the columns that they fold."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.view_preferences import fold_column
from taskforge.http.htmx import go_to, render, wants_json
from taskforge.http.request_guard import accept_lists
from taskforge.http.urls import safe_next
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filter_menu import list_menus
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import FoldColumnForm
from taskforge.web.boards.parameters import requested_filter, requested_lanes
from taskforge.web.boards.presenters import show_board


@blueprint.get("/boards/<id:board_id>/filter")
@accept_lists(*FILTER_LISTS)
def filter_menu(board_id: str) -> ResponseReturnValue:
    """The values that the board can be filtered by, each with the number of its cards."""
    actor = current_actor()
    row, _ = access_board(actor.user_id, board_id)
    card_filter, lanes = requested_filter(), requested_lanes()
    return render(
        "boards/filter.html",
        "boards/_filter.html",
        board=show_board(row),
        menus=list_menus(row, card_filter, clock.reader_time()),
        words="".join(card_filter.values("q")),
        filter_count=card_filter.count,
        lanes_by=lanes,
        unfiltered_query={"lanes": lanes} if lanes else {},
    )


@blueprint.post("/boards/<id:board_id>/columns/<id:column_id>/fold")
def fold(board_id: str, column_id: str) -> ResponseReturnValue:
    """Fold a column into a strip, or open it again, for this person only."""
    actor = current_actor()
    access_board(actor.user_id, board_id)
    folded = FoldColumnForm().require()["folded"] == "1"
    fold_column(actor, board_id, column_id, folded=folded)
    if wants_json():
        return {"folded": folded}
    board = safe_next(request.form.get("next")) or url_for("boards.show", board_id=board_id)
    return go_to(f"{board.partition('#')[0]}#column-{column_id}")
