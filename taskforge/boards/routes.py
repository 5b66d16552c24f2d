"""Boards: the list, one board with its cards, its settings."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge import clock
from taskforge.accounts.identity import current_actor
from taskforge.boards import service
from taskforge.boards.forms import CreateBoardForm
from taskforge.boards.since import Since, find_since
from taskforge.boards.tiles import show_tiles
from taskforge.boards.visits import list_folded
from taskforge.errors import NotFound
from taskforge.htmx import go_to, render, wants_partial
from taskforge.ingress import accept_lists
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.board_views import (
    BoardView,
    find_columns,
    get_board,
    get_frame,
    list_column_cards,
)
from taskforge.tasks.cards import draw_cards, next_cards_url, show_columns
from taskforge.tasks.filter_menu import show_chips
from taskforge.tasks.filters import LISTS as FILTER_LISTS
from taskforge.tasks.filters import CardFilter, read_filter
from taskforge.tasks.first_run import is_sample
from taskforge.tasks.lanes import KINDS, list_lanes, show_lanes
from taskforge.teams import service as teams
from taskforge.teams.access import Membership
from taskforge.values import parse_uuid

blueprint = Blueprint("boards", __name__)

_CURSOR = re.compile(r"([0-9A-Za-z]{1,255})\.([0-9a-f-]{36})")


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The boards for who is in, the log-in for everybody else."""
    return go_to(url_for("boards.index" if current_user.is_authenticated else "accounts.login"))


@blueprint.get("/boards")
def index() -> ResponseReturnValue:
    """All boards that one may see, by team."""
    return _index_page(current_actor())


@blueprint.post("/teams/<id:team_id>/boards/create")
def create(team_id: str) -> ResponseReturnValue:
    """Create a board with the default columns, and go there."""
    actor = current_actor()
    form = CreateBoardForm()
    change = form.attempt(lambda **values: service.create_board(actor, team_id, **values))
    if change is None:
        page = _index_page(actor, board_form=form, board_form_team_id=team_id)
        return page, form.http_status, form.http_headers
    return go_to(url_for("boards.show", board_id=change.entity_id))


@blueprint.get("/boards/<id:board_id>")
@accept_lists(*FILTER_LISTS)
def show(board_id: str) -> ResponseReturnValue:
    """A board with the first cards of every column or lane; for an open page the parts that a filter changes."""
    actor = current_actor()
    if "at" in request.args:  # a moment of its past
        query = urlencode(list(request.args.items(multi=True)))
        return go_to(f"{url_for('travel.show', board_id=board_id)}?{query}")
    wanted, lanes = asked_filter(), asked_lanes()
    get = get_frame if lanes else get_board
    return board_page(get(actor, board_id, wanted), wanted, lanes=lanes)


@blueprint.get("/boards/<id:board_id>/columns/<id:column_id>/cards")
@accept_lists(*FILTER_LISTS)
def cards(board_id: str, column_id: str) -> ResponseReturnValue:
    """The next cards of a column: a part of the board for htmx, a page of their own for everybody else."""
    wanted = asked_filter()
    rank, task_id = _read_cursor()
    found = list_column_cards(
        current_actor(), board_id, column_id, after_rank=rank, after_id=task_id, wanted=wanted
    )
    column = {
        **found.column,
        "cards_html": draw_cards(found.cards),
        "next_cursor_url": next_cards_url(
            found.column, found.cards, wanted.query(), more=found.more
        ),
    }
    return render(
        "boards/column.html",
        "boards/_cards.html",
        board=show_board(found.row),
        column=column,
        may={"edit": False},
    )


@blueprint.get("/boards/<id:board_id>/columns")
@accept_lists(*FILTER_LISTS)
def columns(board_id: str) -> ResponseReturnValue:
    """Columns as they are now, for an open board: those named, those of the tasks named (ids with commas), or all."""
    wanted, lanes = asked_filter(), asked_lanes()
    actor = current_actor()
    get = get_frame if lanes else get_board
    view = get(actor, board_id, wanted)
    if not wants_partial():
        return go_to(url_for("boards.show", board_id=board_id))
    if lanes:
        return render_template("boards/_lanes.html", **lanes_context(view, wanted, lanes))
    column_ids, task_ids = (request.args.get(name, "") for name in ("column", "task"))
    if column_ids or task_ids:
        touched = {*column_ids.split(","), *find_columns(board_id, task_ids.split(","))}
        view = view.narrowed_to(touched)
    return render_template("boards/_columns.html", **columns_context(actor, view, wanted))


@blueprint.post("/boards/<id:board_id>/delete")
def delete(board_id: str) -> ResponseReturnValue:
    """Put a board away with everything on it."""
    service.delete_board(current_actor(), board_id)
    flash("The board is deleted.", "ok")
    return go_to(url_for("boards.index"))


def board_page(
    view: BoardView,
    wanted: CardFilter,
    quick_add: dict[str, str] | None = None,
    *,
    lanes: str | None = None,
) -> str:
    """The board page; `quick_add` (``column_id``, ``typed``, ``error``) is a new card that was refused."""
    actor = current_actor()
    context = lanes_context(view, wanted, lanes) if lanes else columns_context(actor, view, wanted)
    for column in context["columns"]:
        if quick_add and column["column_id"] == quick_add["column_id"]:
            column |= quick_add
    further = {"lanes": lanes} if lanes else {}
    is_mine = wanted.assignees == (actor.user_id,)
    mine = replace(wanted, assignees=() if is_mine else (actor.user_id,))
    return render(
        "boards/show.html",
        "boards/_view.html",
        **context,
        filter_count=wanted.count,
        query={**wanted.query(), **further},
        filter_query=wanted.query(),
        mine_query={**mine.query(), **further},
        is_mine=is_mine,
        chips=show_chips(wanted, view.people, further),
        further=further,
        since=None if wants_partial() else _since(actor, view),
        is_sample=is_sample(view.row),
    )


def _since(actor: Actor, view: BoardView) -> Since | None:
    return find_since(actor.user_id, view.row["board_id"], view.row["seq"])


def columns_context(actor: Actor, view: BoardView, wanted: CardFilter) -> dict[str, Any]:
    """What the columns of a board need; those that the actor has folded say so."""
    columns = show_columns(view, wanted.query())
    folded = list_folded(actor, view.row["board_id"])
    for column in columns:
        column["folded"] = column["column_id"] in folded
    return {
        "board": show_board(view.row),
        "columns": columns,
        "lanes_by": None,
        "may": board_rights(view.membership),
    }


def lanes_context(view: BoardView, wanted: CardFilter, kind: str) -> dict[str, Any]:
    """What the lanes of a board need."""
    return {
        "board": show_board(view.row),
        "columns": [dict(column) for column in view.columns],
        "lanes": show_lanes(list_lanes(view, wanted, kind), kind, wanted),
        "lanes_by": kind,
        "may": board_rights(view.membership),
    }


def show_board(row: sql.Row) -> dict[str, Any]:
    """A board's row with its team as an object."""
    return {**row, "team": {"team_id": row["team_id"], "name": row["team_name"]}}


def board_rights(membership: Membership) -> dict[str, bool]:
    """What a page about a board offers."""
    return {
        "edit": membership.may("task.create"),
        "move": membership.may("task.move"),
        "settings": membership.may("board.edit"),
        "delete": membership.may("board.delete"),
        "restore": membership.may("task.restore"),
        "throw_away": membership.may("task.delete"),
    }


def asked_filter() -> CardFilter:
    """The filter of the address; what is no filter is passed over."""
    return read_filter(request.args.to_dict(flat=False), clock.now().date())


def asked_lanes() -> str | None:
    """By what the address divides the board into lanes, if it does."""
    kind = request.args.get("lanes")
    return kind if kind in KINDS else None


def _read_cursor() -> tuple[str, str]:
    found = _CURSOR.fullmatch(request.args.get("after", ""))
    if found is None:
        raise NotFound()
    return found[1], parse_uuid(found[2])


def _index_page(actor: Actor, **failed: Any) -> str:
    rows = service.list_boards(actor)
    tiles = show_tiles(rows, service.list_columns([row["board_id"] for row in rows]))
    groups = [
        {
            "team": team,
            "boards": [tile for tile in tiles if tile["team_id"] == team["team_id"]],
            "may": {"create_board": "board.create" in team["permissions"]},
        }
        for team in teams.list_teams(actor)
    ]
    return render_template("boards/index.html", groups=groups, **failed)
