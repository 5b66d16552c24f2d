"""The view of one person on a board: the filter's menu, the columns that they fold, and the lanes that they choose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.view_preferences import fold_column, save_lanes
from taskforge.http.htmx import go_to, render, wants_json
from taskforge.http.urls import safe_next
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filter_menu import list_menus
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.tasks.board.queries import get_board
from taskforge.tasks.calendar.span import read_span
from taskforge.tasks.query.completion import complete
from taskforge.tasks.query.names import list_unknown_names
from taskforge.tasks.table.layout import COLUMNS, read_layout
from taskforge.tasks.timeline.span import read_timeline_span
from taskforge.text import moments
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import FoldColumnForm, LanesForm
from taskforge.web.boards.named_people import filter_with_people
from taskforge.web.boards.parameters import NO_LANES, opened_query, pairs_of, requested_lanes
from taskforge.web.boards.presenters import show_board
from taskforge.web.boards.queries_presenter import (
    NOT_ON_A_BOARD,
    known_names,
    show_query_error,
)
from taskforge.web.query_box import read_caret, show_completion


@blueprint.get("/boards/<id:board_id>/filter")
@accept_lists(*FILTER_LISTS)
def filter_menu(board_id: str) -> ResponseReturnValue:
    """The values that the board can be filtered by, each with the number of its cards."""
    lanes = requested_lanes()
    return _filter_menu(board_id, "boards.show", {"lanes": lanes} if lanes else {})


@blueprint.get("/boards/<id:board_id>/table/filter")
@accept_lists(COLUMNS, *FILTER_LISTS)
def table_filter(board_id: str) -> ResponseReturnValue:
    """The same for the table of the board."""
    layout = read_layout(request.args.to_dict(flat=False))
    return _filter_menu(board_id, "boards.table", layout.query())


@blueprint.get("/boards/<id:board_id>/calendar/filter")
@accept_lists(*FILTER_LISTS)
def calendar_filter(board_id: str) -> ResponseReturnValue:
    """The same for the calendar of the board."""
    current_actor()  # first: weeks are the reader's
    span = read_span(request.args, moments.reader_day(clock.now()))
    return _filter_menu(board_id, "boards.calendar", span.query())


@blueprint.get("/boards/<id:board_id>/timeline/filter")
@accept_lists(*FILTER_LISTS)
def timeline_filter(board_id: str) -> ResponseReturnValue:
    """The same for the timeline of the board."""
    current_actor()  # first: weeks are the reader's
    span = read_timeline_span(request.args, moments.reader_day(clock.now()))
    return _filter_menu(board_id, "boards.timeline", span.query())


def _filter_menu(board_id: str, view_endpoint: str, kept: Mapping[str, Any]) -> ResponseReturnValue:
    """The menu, whose form leads to a view of the board; `kept` is what its address says beside the filter."""
    actor = current_actor()
    row, _ = access_board(actor.user_id, board_id)
    named = filter_with_people(board_id)
    card_filter = named.read()
    kept = {**kept, **opened_query()}
    return render(
        "boards/filter.html",
        "boards/_filter.html",
        board=show_board(row),
        menus=list_menus(row, card_filter, clock.reader_time()),
        words=card_filter.written,
        query_error=show_query_error(card_filter),
        notes=[*named.notes, *list_unknown_names(actor, card_filter.selection)],
        filter_count=card_filter.count,
        view_endpoint=view_endpoint,
        unfiltered_query=kept,
        kept=pairs_of(kept),
    )


@blueprint.get("/boards/<id:board_id>/filter/completions")
def filter_completions(board_id: str) -> ResponseReturnValue:
    """What may stand in a query ``text`` behind ``at`` characters: ``start``, ``length`` and ``items`` as JSON."""
    view = get_board(current_actor(), board_id)
    text, at = read_caret(request.args)
    found = complete(text, at, partial(known_names, view), without=NOT_ON_A_BOARD)
    return show_completion(found)


@blueprint.post("/boards/<id:board_id>/columns/<id:column_id>/fold")
def fold(board_id: str, column_id: str) -> ResponseReturnValue:
    """Fold a column into a strip, or open it again, for this person only."""
    actor = current_actor()
    access_board(actor.user_id, board_id)
    chosen = FoldColumnForm().require()
    fold_column(actor, board_id, column_id, **chosen)
    if wants_json():
        return {"folded": chosen["folded"]}
    return go_to(f"{_next_board(board_id)}#column-{column_id}")


@blueprint.post("/boards/<id:board_id>/lanes")
def lanes(board_id: str) -> ResponseReturnValue:
    """Keep by what the board is divided, for this person only. A GET that names lanes shows them, and keeps nothing."""
    actor = current_actor()
    access_board(actor.user_id, board_id)
    chosen = LanesForm().require()["lanes"]
    save_lanes(actor.user_id, board_id, None if chosen == NO_LANES else chosen)
    if wants_json():
        return {"lanes": chosen}
    path, _, query = _next_board(board_id).partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name != "lanes"]
    return go_to(f"{path}?{urlencode(kept)}" if kept else path)


def _next_board(board_id: str) -> str:
    """The address from which a form was sent, without its anchor; else the board's."""
    board = safe_next(request.form.get("next")) or url_for("boards.show", board_id=board_id)
    return board.partition("#")[0]
