"""Time travel: a board as it was at any instant, read-only, for the members of its team."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards.people import list_viewers
from taskforge.boards.queries import list_deleted_columns
from taskforge.errors import NotFound
from taskforge.events import Event
from taskforge.history.activity import Place, list_board_events
from taskforge.history.activity_filter import NAMES
from taskforge.history.past_board import PastBoard, count_activity, get_past_board
from taskforge.history.past_filter import read_filter
from taskforge.http.forms import optional_int
from taskforge.http.htmx import wants_partial
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.teams.permissions import Permission
from taskforge.text.values import LAST_VERSION, parse_int, parse_sent_instant
from taskforge.web.boards.presenters import show_board
from taskforge.web.history.activity_page import (
    page_links,
    read_asked,
    show_details,
    show_filter,
)
from taskforge.web.history.presenters import (
    show_bars,
    show_column,
    show_columns,
    show_event,
    show_moment,
    show_timeline,
)

blueprint = Blueprint("board_history", __name__)

OWN_PARAMETERS = ("at", "step", "page")
MAX_PAGES = 2000
BOARD_FILTER = tuple(name for name in NAMES if name != "board")


@blueprint.get("/boards/<id:board_id>/history")
@accept_lists(*FILTER_LISTS)
def show(board_id: str) -> ResponseReturnValue:
    """The board at an instant (``at``) or after a change (``step``); htmx gets the moment without the page."""
    past = _read(board_id)
    context = {
        "board": show_board(past.row),
        "moment": show_moment(
            past, lambda **place: _address("board_history.show", board_id, **place)
        ),
        "columns": show_columns(past, lambda column_id: _more_address(past, column_id, 2)),
        "now_url": _address("boards.show", board_id),
        "restore_column_id": _restorable_column(past),
    }
    if wants_partial():
        return render_template("board_history/_moment.html", **context)
    return render_template(
        "board_history/show.html",
        **context,
        timeline=show_timeline(past.step),
        activity=show_bars(count_activity(board_id, past.step)),
        timeline_url=_address("board_history.show", board_id),
        filter_parameters=_filter_parameters(),
    )


@blueprint.get("/boards/<id:board_id>/history/columns/<id:column_id>")
@accept_lists(*FILTER_LISTS)
def column(board_id: str, column_id: str) -> ResponseReturnValue:
    """One column at a moment, with a page of its cards."""
    page = parse_int(request.args.get("page", "1"), field="page", minimum=1, maximum=MAX_PAGES)
    past = _read(board_id)
    found = next((each for each in past.columns if each["column_id"] == column_id), None)
    if found is None:
        raise NotFound()
    return render_template(
        "board_history/column.html",
        board=show_board(past.row),
        moment=show_moment(past, lambda **place: _address("board_history.show", board_id, **place)),
        column=show_column(
            past, found, page=page, more_url=_more_address(past, column_id, page + 1)
        ),
        back_url=_address("board_history.show", board_id, step=past.step.seq),
    )


@blueprint.get("/boards/<id:board_id>/activity")
def activity(board_id: str) -> ResponseReturnValue:
    """The changes of a board, latest first; the address says which of them."""
    asked = read_asked(BOARD_FILTER)
    found = list_board_events(
        current_actor(), board_id, chosen=asked.chosen, place=_place_of_activity()
    )
    restorable = _restorable_columns(board_id, may_edit=found.may_edit)
    events = () if asked.problem else found.events
    page = render_template(
        "board_history/activity.html",
        board=show_board(found.board),
        filter=show_filter(asked, list_viewers(found.board["board_id"])),
        entries=[{**show_event(event, restorable), **show_details(event)} for event in events],
        **page_links(
            asked, found, endpoint="board_history.activity", key="board_seq", board_id=board_id
        ),
    )
    return page, 422 if asked.problem else 200


def _place_of_activity() -> Place | None:
    """Where the page begins, by the number of a change in ``before`` or ``after``."""
    for name in ("before", "after"):
        number = optional_int(request.args.get(name), field=name, minimum=1, maximum=LAST_VERSION)
        if number is not None:
            return Place(number, is_later=name == "after")
    return None


def _restorable_column(past: PastBoard) -> str | None:
    """The id of the column that the step's change deleted, if the person can restore it."""
    event = past.event
    may_edit = Permission.BOARD_EDIT in past.row["permissions"]
    if event["event"] != Event.BOARD_COLUMN_DELETED or not may_edit:
        return None
    column_id = str(event["new_state"]["column_id"])
    deleted_at = _restorable_columns(past.row["board_id"], may_edit=True).get(column_id)
    return column_id if deleted_at == event["at"] else None


def _restorable_columns(board_id: str, *, may_edit: bool) -> dict[str, datetime]:
    """The columns that the person can restore, by id, with the instant of their deletion."""
    columns = list_deleted_columns(board_id) if may_edit else []
    return {column["column_id"]: column["deleted_at"] for column in columns}


def _read(board_id: str) -> PastBoard:
    """The board at the step or the instant in the query parameters.

    Raises:
        NotFound: not visible.
        InvalidInput: ``step`` or ``at`` is malformed.
    """
    actor = current_actor()
    step, at = request.args.get("step", ""), request.args.get("at", "")
    # A number beyond the last event is allowed: the board is shown at its end, with a note.
    seq = (
        parse_int(step, field="step", minimum=-LAST_VERSION, maximum=LAST_VERSION) if step else None
    )
    instant = parse_sent_instant(at, field="at") if at and seq is None else None
    card_filter = read_filter(request.args.to_dict(flat=False))
    return get_past_board(actor, board_id, at=instant, seq=seq, card_filter=card_filter)


def _more_address(past: PastBoard, column_id: str, page: int) -> str:
    board_id, seq = past.row["board_id"], past.step.seq
    return _address("board_history.column", board_id, column_id=column_id, step=seq, page=page)


def _address(endpoint: str, board_id: str, column_id: str | None = None, **own: Any) -> str:
    """An address with the query parameters of this request that are not its own: those of the filter."""
    place: dict[str, Any] = {"board_id": board_id}
    if column_id is not None:
        place["column_id"] = column_id
    query = urlencode([*own.items(), *_filter_parameters()])
    return url_for(endpoint, **place) + (f"?{query}" if query else "")


def _filter_parameters() -> list[tuple[str, str]]:
    pairs = request.args.items(multi=True)
    return [(name, value) for name, value in pairs if name not in OWN_PARAMETERS and value]
