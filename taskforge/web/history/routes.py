"""The history of a board: the board as it was at any moment, read-only, for those who see it today."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput, NotFound
from taskforge.history.past_board import PastBoard, count_activity, get_past_board
from taskforge.history.past_filter import read_filter
from taskforge.history.queries import list_board_events
from taskforge.http.forms import optional_id, optional_int
from taskforge.http.htmx import wants_partial
from taskforge.http.request_guard import accept_lists
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.teams.queries import list_member_names
from taskforge.text.values import LAST_VERSION, parse_datetime, parse_int
from taskforge.web.boards.presenters import show_board
from taskforge.web.history.presenters import (
    show_bars,
    show_column,
    show_columns,
    show_event,
    show_line,
    show_moment,
)

blueprint = Blueprint("board_history", __name__)

OWN_PARAMETERS = ("at", "step", "page")
MAX_PAGES = 2000
_SPACED = re.compile(r"(?<=^[0-9-]{10}) ")
_WITHOUT_ZONE = re.compile(r"[0-9-]{10}T[0-9:.]+")


@blueprint.get("/boards/<id:board_id>/history")
@accept_lists(*FILTER_LISTS)
def show(board_id: str) -> ResponseReturnValue:
    """The board at an instant (``at``) or after a change (``step``); as a part of the page for the script."""
    past = _read(board_id)
    moment = {
        "board": show_board(past.row),
        "moment": show_moment(
            past, lambda **place: _address("board_history.show", board_id, **place)
        ),
        "columns": show_columns(past, lambda column_id: _more_address(past, column_id, 2)),
        "now_url": _address("boards.show", board_id),
    }
    if wants_partial():
        return render_template("board_history/_moment.html", **moment)
    return render_template(
        "board_history/show.html",
        **moment,
        line=show_line(past.step),
        activity=show_bars(count_activity(board_id, past.step)),
        here_url=_address("board_history.show", board_id),
        kept=_kept_parameters(),
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
    """What changed on the board, newest first: of everybody, or of one person (``person``)."""
    person_id = _optional_person()
    before = optional_int(
        request.args.get("before"), field="before", minimum=1, maximum=LAST_VERSION
    )
    found = list_board_events(current_actor(), board_id, actor_id=person_id, before=before)
    members = list_member_names(found.board["team_id"])
    kept: dict[str, Any] = {"person": person_id} if person_id else {}
    return render_template(
        "board_history/activity.html",
        board=show_board(found.board),
        entries=[show_event(event) for event in found.events],
        people=[(row["user_id"], row["display_name"]) for row in members],
        person_id=person_id or "",
        next_url=url_for(
            "board_history.activity",
            board_id=board_id,
            before=found.events[-1]["board_seq"],
            **kept,
        )
        if found.has_earlier
        else None,
    )


def _optional_person() -> str | None:
    """The person whom the address names; everybody, where it names nobody."""
    try:
        return optional_id(request.args.get("person"), field="person")
    except InvalidInput:
        return None


def _read(board_id: str) -> PastBoard:
    """The board at the moment that the address means.

    Raises:
        NotFound: not visible.
        InvalidInput: the address means no moment.
    """
    actor = current_actor()
    step, at = request.args.get("step", ""), request.args.get("at", "")
    # A number beyond the last event is allowed: the board is shown at its end, with a note.
    seq = (
        parse_int(step, field="step", minimum=-LAST_VERSION, maximum=LAST_VERSION) if step else None
    )
    instant = _read_instant(at) if at and seq is None else None
    card_filter = read_filter(request.args.to_dict(flat=False))
    return get_past_board(actor, board_id, at=instant, seq=seq, card_filter=card_filter)


def _read_instant(value: str) -> datetime:
    """An instant, or a day; without an offset in UTC, which is how the form's own field writes it."""
    given = _SPACED.sub("T", value.strip()).replace(" ", "+")  # a plus in an address means a space
    zoned = f"{given}Z" if _WITHOUT_ZONE.fullmatch(given) else given
    return parse_datetime(zoned, field="at", date_only=True)


def _more_address(past: PastBoard, column_id: str, page: int) -> str:
    board_id, seq = past.row["board_id"], past.step.seq
    return _address("board_history.column", board_id, column_id=column_id, step=seq, page=page)


def _address(endpoint: str, board_id: str, column_id: str | None = None, **own: Any) -> str:
    """An address with the filter of this one, whatever it consists of."""
    place: dict[str, Any] = {"board_id": board_id}
    if column_id is not None:
        place["column_id"] = column_id
    query = urlencode([*own.items(), *_kept_parameters()])
    return url_for(endpoint, **place) + (f"?{query}" if query else "")


def _kept_parameters() -> list[tuple[str, str]]:
    pairs = request.args.items(multi=True)
    return [(name, value) for name, value in pairs if name not in OWN_PARAMETERS and value]
