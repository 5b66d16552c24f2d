"""Boards: the list, one board with its cards, its settings."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.accounts.identity import current_actor
from taskforge.boards import service
from taskforge.boards.forms import CreateBoardForm
from taskforge.boards.tiles import show_tiles
from taskforge.errors import InvalidInput, NotFound
from taskforge.forms import optional_id
from taskforge.htmx import go_to, render, wants_partial
from taskforge.people import person_of
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.board_views import (
    BoardView,
    CardFilter,
    find_columns,
    get_board,
    list_column_cards,
)
from taskforge.tasks.cards import draw_cards, next_cards_url, show_columns
from taskforge.tasks.first_run import is_sample
from taskforge.tasks.models import PRIORITIES
from taskforge.teams import service as teams
from taskforge.teams.access import Membership
from taskforge.values import parse_uuid

blueprint = Blueprint("boards", __name__)

NOBODY = "none"
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
def show(board_id: str) -> ResponseReturnValue:
    """A board with the first cards of every column."""
    wanted = read_filter()
    return board_page(get_board(current_actor(), board_id, wanted), wanted)


@blueprint.get("/boards/<id:board_id>/columns/<id:column_id>/cards")
def cards(board_id: str, column_id: str) -> ResponseReturnValue:
    """The next cards of a column: a part of the board for htmx, a page of their own for everybody else."""
    wanted = read_filter()
    rank, task_id = _read_cursor()
    found = list_column_cards(
        current_actor(), board_id, column_id, after_rank=rank, after_id=task_id, wanted=wanted
    )
    column = {
        **found.column,
        "cards_html": draw_cards(found.cards),
        "next_cursor_url": next_cards_url(
            found.column, found.cards, _query(wanted), more=found.more
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
def columns(board_id: str) -> ResponseReturnValue:
    """Columns as they are now, for an open board: those named, those of the tasks named (ids with commas), or all."""
    wanted = read_filter()
    view = get_board(current_actor(), board_id, wanted)
    if not wants_partial():
        return go_to(url_for("boards.show", board_id=board_id))
    column_ids, task_ids = (request.args.get(name, "") for name in ("column", "task"))
    if column_ids or task_ids:
        touched = {*column_ids.split(","), *find_columns(board_id, task_ids.split(","))}
        view = view.narrowed_to(touched)
    return render_template(
        "boards/_columns.html",
        board=show_board(view.row),
        columns=show_columns(view, _query(wanted)),
        may=board_rights(view.membership),
    )


@blueprint.post("/boards/<id:board_id>/delete")
def delete(board_id: str) -> ResponseReturnValue:
    """Put a board away with everything on it."""
    service.delete_board(current_actor(), board_id)
    flash("The board is deleted.", "ok")
    return go_to(url_for("boards.index"))


def board_page(view: BoardView, wanted: CardFilter, quick_add: dict[str, str] | None = None) -> str:
    """The board page; `quick_add` (``column_id``, ``typed``, ``error``) is a new card that was refused."""
    columns = show_columns(view, _query(wanted))
    for column in columns:
        if quick_add and column["column_id"] == quick_add["column_id"]:
            column |= quick_add
    return render_template(
        "boards/show.html",
        board=show_board(view.row),
        columns=columns,
        filter={"assignee": "", "priority": "", "tag": "", **_query(wanted)},
        people=[person_of(person["user_id"], person["display_name"]) for person in view.people],
        tags=view.tags,
        may=board_rights(view.membership),
        is_sample=is_sample(view.row),
    )


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


def read_filter() -> CardFilter:
    """The filter of the address; what is no filter is passed over."""
    assignee = request.args.get("assignee", "")
    priority = request.args.get("priority", "")
    try:
        assignee_id = None if assignee == NOBODY else optional_id(assignee, field="assignee")
    except InvalidInput:
        assignee_id = None
    return CardFilter(
        assignee_id=assignee_id,
        unassigned=assignee == NOBODY,
        priority=priority if priority in PRIORITIES else None,
        tag=request.args.get("tag") or None,
    )


def _query(wanted: CardFilter) -> dict[str, str]:
    """The filter as it stands in an address."""
    assignee = NOBODY if wanted.unassigned else wanted.assignee_id
    chosen = {"assignee": assignee, "priority": wanted.priority, "tag": wanted.tag}
    return {name: value for name, value in chosen.items() if value}


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
