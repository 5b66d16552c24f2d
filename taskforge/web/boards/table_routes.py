"""A board as a table: its page, further rows, one row as it is now, and the whole as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.http.forms import an_id
from taskforge.http.htmx import go_to, render, wants_partial
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.identity.streaming import stream
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.queries import MAX_TOUCHED, BoardView
from taskforge.tasks.table.files import csv_lines, note_download
from taskforge.tasks.table.layout import COLUMNS, TableLayout, read_layout
from taskforge.tasks.table.queries import (
    ALL,
    ROWS_PER_PAGE,
    Table,
    find_row,
    is_group_value,
    list_rows,
    read_table,
)
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.named_people import filter_with_people
from taskforge.web.boards.parameters import opened_query
from taskforge.web.boards.presenters import board_context, preload_board, show_board
from taskforge.web.boards.table_presenter import (
    more_url,
    render_rows,
    show_choices,
    show_groups,
    show_heads,
    show_sums,
)

LISTS = (COLUMNS, *FILTER_LISTS)


@blueprint.get("/boards/<id:board_id>/table")
@accept_lists(*LISTS)
def table(board_id: str) -> ResponseReturnValue:
    """The cards of a board as rows, with the columns, the order and the groups of the address."""
    card_filter, layout = filter_with_people(board_id).read(), _layout()
    view = preload_board(board_id, card_filter)
    found = read_table(board_id, card_filter, layout)
    return render(
        "boards/table.html", "boards/_table_view.html", **_context(view, card_filter, layout, found)
    )


@blueprint.get("/boards/<id:board_id>/table/groups")
@accept_lists(*LISTS)
def table_groups(board_id: str) -> ResponseReturnValue:
    """The groups of a table as they are now, for an open one; those in ``column`` also where they have become empty."""
    card_filter, layout = filter_with_people(board_id).read(), _layout()
    view = preload_board(board_id, card_filter)
    if not wants_partial():
        return go_to(url_for("boards.table", board_id=board_id))
    found = read_table(board_id, card_filter, layout, kept=_named_groups(layout))
    context = _context(view, card_filter, layout, found)
    return render_template("boards/_table_groups.html", **context)


@blueprint.get("/boards/<id:board_id>/table/rows")
@accept_lists(*LISTS)
def table_rows(board_id: str) -> ResponseReturnValue:
    """The next rows of a group: a partial for htmx, else a page of their own."""
    card_filter, layout = filter_with_people(board_id).read(), _layout()
    row, membership = access_board(current_actor().user_id, board_id)
    value = request.args.get("in", ALL)
    after = request.args.get("after")
    rows = list_rows(
        board_id,
        card_filter,
        layout,
        groups=None if layout.group is None else [value],
        after=None if after is None else an_id(after, field="after"),
        limit=ROWS_PER_PAGE + 1,
    )
    shown = rows[:ROWS_PER_PAGE]
    next_url = None
    if len(rows) > ROWS_PER_PAGE:
        next_url = more_url(board_id, card_filter, layout, value, shown[-1]["task_id"])
    query = {**card_filter.query(), **layout.query()}
    return render(
        "boards/table_rows.html",
        "boards/_table_rows.html",
        board=show_board(row),
        query=query,
        heads=show_heads(layout, query),
        group={
            "value": value,
            "rows": render_rows(shown, layout, membership),
            "more_url": next_url,
        },
    )


@blueprint.get("/boards/<id:board_id>/table/rows/<id:task_id>")
@accept_lists(*LISTS)
def table_row(board_id: str, task_id: str) -> ResponseReturnValue:
    """One row as it is now, whatever the filter."""
    layout = _layout()
    _, membership = access_board(current_actor().user_id, board_id)
    found = find_row(board_id, task_id, layout.group)
    if found is None:
        raise NotFound()
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    return str(render_rows([found], layout, membership)[0])


@blueprint.get("/boards/<id:board_id>/table/download")
@accept_lists(*LISTS)
def download_table(board_id: str) -> ResponseReturnValue:
    """The table as a CSV file, with the columns, order and filter of the address; the audit log notes who took it."""
    card_filter, layout = filter_with_people(board_id).read(), _layout()
    actor = current_actor()
    row, _ = access_board(actor.user_id, board_id)
    note_download(actor, row)
    lines = csv_lines(board_id, card_filter, layout, zone=clock.reader_zone())
    response = Response(stream(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{row["key_prefix"].lower()}-tasks.csv"'
    )
    return response


def _layout() -> TableLayout:
    return read_layout(request.args.to_dict(flat=False))


def _named_groups(layout: TableLayout) -> list[str]:
    """The groups that an open table names: its tasks were in them."""
    named = request.args.get("column", "").split(",")
    return [value for value in named if is_group_value(layout, value)][:MAX_TOUCHED]


def _context(
    view: BoardView, card_filter: CardFilter, layout: TableLayout, found: Table
) -> dict[str, Any]:
    query = {**card_filter.query(), **layout.query(), **opened_query()}
    rows = render_rows(found.rows, layout, view.membership)
    return {
        **board_context(view, card_filter, None, view_endpoint="boards.table", kept=layout.query()),
        "heads": show_heads(layout, query),
        "groups": show_groups(found, view, card_filter, layout, rows),
        "group_by": layout.group,
        "moved_by": " ".join(filter(None, [layout.group, layout.sort or "column"])),
        "total": {"count": found.total.count, "sums": show_sums(found.total)},
        "choices": show_choices(layout, query),
        "rows_url": url_for("boards.table_rows", board_id=view.row["board_id"]),
        "row_query": urlencode(layout.query(), doseq=True),
        "seq": view.row["seq"],
    }
