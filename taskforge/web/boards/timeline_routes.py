"""A board as a timeline: its page, its bars as they are now, further ones, and one as it is now."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.http.forms import an_id
from taskforge.http.htmx import go_to, render, wants_partial
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import LISTS
from taskforge.tasks.calendar.queries import find_entry
from taskforge.tasks.table.layout import TABLE_FIELDS
from taskforge.tasks.timeline.queries import ROWS_PER_PAGE, list_later_rows, read_timeline
from taskforge.tasks.timeline.span import TimelineSpan, read_timeline_span
from taskforge.teams.access import Membership
from taskforge.text import moments
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.named_people import filter_with_people
from taskforge.web.boards.presenters import board_context, preload_board, show_board
from taskforge.web.boards.timeline_presenter import (
    Query,
    show_elsewhere,
    show_row,
    show_rows,
    show_scale,
    show_timeline_steps,
)


@blueprint.get("/boards/<id:board_id>/timeline")
@accept_lists(*LISTS)
def timeline(board_id: str) -> ResponseReturnValue:
    """The cards of a board as bars from start to due date, over some weeks."""
    context = _context(board_id)
    return render("boards/timeline.html", "boards/_timeline_view.html", **context)


@blueprint.get("/boards/<id:board_id>/timeline/bars")
@accept_lists(*LISTS)
def timeline_bars(board_id: str) -> ResponseReturnValue:
    """The scale and the bars of a timeline as they are now, for an open one."""
    context = _context(board_id)
    if not wants_partial():
        return go_to(url_for("boards.timeline", board_id=board_id))
    return render_template("boards/_timeline_bars.html", **context)


@blueprint.get("/boards/<id:board_id>/timeline/rows")
@accept_lists(*LISTS)
def timeline_rows(board_id: str) -> ResponseReturnValue:
    """The next rows behind the card ``after``: a partial for htmx, else a page of their own."""
    card_filter = filter_with_people(board_id).read()
    row, membership = access_board(current_actor().user_id, board_id)
    today = moments.reader_day(clock.now())
    span = read_timeline_span(request.args, today)
    after = an_id(request.args.get("after"), field="after")
    rows = list_later_rows(
        board_id, card_filter, span, today=today, after=after, limit=ROWS_PER_PAGE + 1
    )
    shown = show_rows(rows[:ROWS_PER_PAGE], span, today)
    query = {**card_filter.query(), **span.query()}
    return render(
        "boards/timeline_rows.html",
        "boards/_timeline_rows.html",
        board=show_board(row),
        query=query,
        span=span,
        scale=show_scale(span, today),
        rows=shown,
        more_url=_more_url(board_id, query, shown) if len(rows) > ROWS_PER_PAGE else None,
        may_date=_may_date(membership),
    )


@blueprint.get("/boards/<id:board_id>/timeline/rows/<id:task_id>")
def timeline_row(board_id: str, task_id: str) -> ResponseReturnValue:
    """One row of a timeline as it is now, whatever the filter and wherever its bar lies."""
    _, membership = access_board(current_actor().user_id, board_id)
    found = find_entry(board_id, task_id)
    if found is None:
        raise NotFound()
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    today = moments.reader_day(clock.now())
    span = read_timeline_span(request.args, today)
    return render_template(
        "boards/_timeline_row.html",
        row=show_row(found, span, today),
        scale=show_scale(span, today),
        may_date=_may_date(membership),
    )


def _context(board_id: str) -> dict[str, Any]:
    card_filter = filter_with_people(board_id).read()
    view = preload_board(board_id, card_filter)  # first: days and weeks are the reader's
    today = moments.reader_day(clock.now())
    span = read_timeline_span(request.args, today)
    found = read_timeline(board_id, card_filter, span, today=today)
    query = card_filter.query()
    rows = show_rows(found.tasks, span, today)
    rest_count = found.count - len(rows)
    return {
        **board_context(
            view, card_filter, None, view_endpoint="boards.timeline", kept=span.query()
        ),
        "span": span,
        "today": today,
        "scale": show_scale(span, today),
        "steps": show_timeline_steps(board_id, span, today, query),
        "elsewhere": show_elsewhere(board_id, span, found, query),
        "rows": rows,
        "count": found.count,
        "rest_count": rest_count,
        "more_url": _more_url(board_id, {**query, **span.query()}, rows)
        if rest_count > 0
        else None,
        "may_date": _may_date(view.membership),
        "rows_url": url_for("boards.timeline_rows", board_id=board_id),
        "row_query": _row_query(span),
        "seq": view.row["seq"],
    }


def _may_date(membership: Membership) -> bool:
    return membership.may(TABLE_FIELDS["start"].permission)


def _row_query(span: TimelineSpan) -> str:
    return urlencode(span.query())


def _more_url(board_id: str, query: Query, shown: list[dict[str, Any]]) -> str:
    after = shown[-1]["task_id"]
    return url_for("boards.timeline_rows", board_id=board_id, **{**query, "after": after})
