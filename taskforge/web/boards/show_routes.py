"""One board: its page, further cards of a column, and its columns as they are now."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from taskforge.http.fragments import inner_placeholder
from taskforge.http.htmx import go_to, render, wants_partial
from taskforge.http.page_cache import respond, respond_with_page
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.tasks.board.queries import find_columns, list_column_cards
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.cards import next_cards_url, render_cards, show_column_head
from taskforge.web.boards.named_people import address_with_people, filter_with_people
from taskforge.web.boards.parameters import (
    read_cursor,
    requested_filter,
    requested_lanes,
    shown_lanes,
)
from taskforge.web.boards.presenters import (
    board_context,
    board_parts,
    preload_board,
    render_columns,
    render_lanes,
    show_board,
)


@blueprint.get("/boards/<id:board_id>")
@accept_lists(*FILTER_LISTS)
def show(board_id: str) -> ResponseReturnValue:
    """A board with the first cards of each column or lane; for htmx only the parts that a filter changes."""
    card_filter = filter_with_people(board_id).read() if wants_partial() else requested_filter()
    view = preload_board(board_id, card_filter)
    if "at" in request.args:  # an instant: the board's history shows it
        query = urlencode(list(request.args.items(multi=True)))
        return go_to(f"{url_for('board_history.show', board_id=board_id)}?{query}")
    if not wants_partial() and (address := address_with_people(board_id)):
        return go_to(address)
    lanes = shown_lanes(view)
    context = board_context(view, card_filter, lanes)
    parts = board_parts(view, card_filter, lanes)
    if wants_partial():
        return respond_with_page("boards/_view.html", *parts, **context)
    return respond_with_page("boards/show.html", *parts, unseen=inner_placeholder(), **context)


@blueprint.get("/boards/<id:board_id>/columns/<id:column_id>/cards")
@accept_lists(*FILTER_LISTS)
def cards(board_id: str, column_id: str) -> ResponseReturnValue:
    """The next cards of a column: a partial for htmx, else a page of their own."""
    card_filter = filter_with_people(board_id).read()
    rank, task_id = read_cursor()
    found = list_column_cards(
        current_actor(), board_id, column_id, after_rank=rank, after_id=task_id, chosen=card_filter
    )
    column = {
        **show_column_head(found.column),
        "cards_html": render_cards(found.cards),
        "rest_count": found.rest_count,
        "next_cursor_url": next_cards_url(found.column, found.cards, card_filter.query()),
    }
    return render(
        "boards/column.html",
        "boards/_cards.html",
        board=show_board(found.row),
        column=column,
        query=card_filter.query(),
    )


@blueprint.get("/boards/<id:board_id>/columns")
@accept_lists(*FILTER_LISTS)
def columns(board_id: str) -> ResponseReturnValue:
    """Columns as they are now, for an open board: those of ``column`` and of the tasks in ``task``, or all."""
    card_filter, lanes = filter_with_people(board_id).read(), requested_lanes()
    view = preload_board(board_id, card_filter)
    if not wants_partial():
        return go_to(url_for("boards.show", board_id=board_id))
    if lanes:
        return respond(render_lanes(view, card_filter, lanes))
    column_ids, task_ids = (request.args.get(name, "") for name in ("column", "task"))
    if column_ids or task_ids:
        touched = {*column_ids.split(","), *find_columns(board_id, task_ids.split(","))}
        return respond(render_columns(view, card_filter, touched))
    return respond(render_columns(view, card_filter))
