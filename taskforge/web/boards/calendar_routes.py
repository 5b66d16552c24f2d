"""A board as a calendar: its page, its days as they are now, and one card as it is now."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.http.htmx import go_to, render, wants_partial
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import LISTS
from taskforge.tasks.calendar.queries import find_entry, read_calendar
from taskforge.tasks.calendar.span import MONTH, WEEK, read_span
from taskforge.tasks.table.layout import TABLE_FIELDS
from taskforge.text import moments
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.calendar_presenter import show_days, show_entry, show_steps, show_undated
from taskforge.web.boards.named_people import filter_with_people
from taskforge.web.boards.presenters import board_context, preload_board

MOST_OF_A_DAY = {MONTH: 4, WEEK: 50}


@blueprint.get("/boards/<id:board_id>/calendar")
@accept_lists(*LISTS)
def calendar(board_id: str) -> ResponseReturnValue:
    """The cards of a board on the days on which they are due, for a month or a week."""
    context = _context(board_id)
    return render("boards/calendar.html", "boards/_calendar_view.html", **context)


@blueprint.get("/boards/<id:board_id>/calendar/days")
@accept_lists(*LISTS)
def calendar_days(board_id: str) -> ResponseReturnValue:
    """The days of a calendar as they are now, for an open one."""
    context = _context(board_id)
    if not wants_partial():
        return go_to(url_for("boards.calendar", board_id=board_id))
    return render_template("boards/_calendar_days.html", **context)


@blueprint.get("/boards/<id:board_id>/calendar/cards/<id:task_id>")
def calendar_card(board_id: str, task_id: str) -> ResponseReturnValue:
    """One card of a calendar as it is now, whatever the filter."""
    _, membership = access_board(current_actor().user_id, board_id)
    row = find_entry(board_id, task_id)
    if row is None:
        raise NotFound()
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    may_date = membership.may(TABLE_FIELDS["due"].permission)
    return render_template(
        "boards/_calendar_card.html", card=show_entry(row, _today()), may_date=may_date
    )


def _today() -> date:
    return moments.reader_day(clock.now())


def _context(board_id: str) -> dict[str, Any]:
    card_filter = filter_with_people(board_id).read()
    view = preload_board(board_id, card_filter)  # first: days and weeks are the reader's
    today = _today()
    span = read_span(request.args, today)
    found = read_calendar(board_id, card_filter, span, each=MOST_OF_A_DAY[span.kind])
    query = card_filter.query()
    return {
        **board_context(
            view, card_filter, None, view_endpoint="boards.calendar", kept=span.query()
        ),
        "span": span,
        "steps": show_steps(board_id, span, today, query),
        "days": show_days(board_id, span, found, today, query),
        "undated": show_undated(board_id, found, today, query),
        "may_date": view.membership.may(TABLE_FIELDS["due"].permission),
        "cards_url": url_for("boards.calendar", board_id=board_id) + "/cards",
        "seq": view.row["seq"],
    }
