"""Boards: the list, one board with its cards, its settings."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from taskforge import clock
from taskforge.boards import service
from taskforge.boards.access import preloaded_board
from taskforge.boards.view_preferences import keep_lanes
from taskforge.errors import NotFound
from taskforge.history.unseen_changes import find_news
from taskforge.http.fragments import Fragment, render_fragment
from taskforge.http.htmx import go_to, render, wants_partial
from taskforge.http.page_cache import respond, respond_with_page
from taskforge.http.request_guard import accept_lists
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.onboarding.service import is_sample
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.board.filter_menu import show_chips
from taskforge.tasks.board.filters import LISTS as FILTER_LISTS
from taskforge.tasks.board.filters import CardFilter, read_filter
from taskforge.tasks.board.lanes import KINDS, list_lanes, show_lanes
from taskforge.tasks.board.queries import (
    BoardView,
    board_view_query,
    find_columns,
    get_board,
    list_column_cards,
)
from taskforge.teams import service as teams
from taskforge.teams.access import Membership
from taskforge.text.values import parse_uuid
from taskforge.web.boards.cards import draw_cards, next_cards_url, show_columns
from taskforge.web.boards.forms import NAME_LENGTH, CreateBoardForm
from taskforge.web.boards.tiles import show_tiles

blueprint = Blueprint("boards", __name__)

SHOWN_OF_BOARD = ("board_id", "team_id", "team_name", "name", "key_prefix", "seq", "version")
# In an address: the board in columns from now on, and only while this is looked at.
NO_LANES, LANES_OFF = "none", "off"
_CURSOR = re.compile(r"([0-9A-Za-z]{1,255})\.([0-9a-f-]{36})")


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The boards for who is in, the log-in for everybody else."""
    return go_to(url_for("boards.index" if current_user.is_authenticated else "accounts.login"))


@blueprint.get("/boards")
def index() -> ResponseReturnValue:
    """All boards that one may see, by team; ``new`` opens a team's form for a new board, with ``name`` in it."""
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
    wanted = asked_filter()
    view = see_board(board_id, wanted)
    if "at" in request.args:  # a moment of its past
        query = urlencode(list(request.args.items(multi=True)))
        return go_to(f"{url_for('board_history.show', board_id=board_id)}?{query}")
    lanes = _chosen_lanes(view)
    template = "boards/_view.html" if wants_partial() else "boards/show.html"
    inner = draw_lanes(view, wanted, lanes) if lanes else draw_columns(view, wanted)
    return respond_with_page(template, inner, **_around(view, wanted, lanes))


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
    view = see_board(board_id, wanted)
    if not wants_partial():
        return go_to(url_for("boards.show", board_id=board_id))
    if lanes:
        return respond(draw_lanes(view, wanted, lanes))
    column_ids, task_ids = (request.args.get(name, "") for name in ("column", "task"))
    if column_ids or task_ids:
        touched = {*column_ids.split(","), *find_columns(board_id, task_ids.split(","))}
        return respond(draw_columns(view, wanted, touched))
    return respond(draw_columns(view, wanted))


@blueprint.post("/boards/<id:board_id>/delete")
def delete(board_id: str) -> ResponseReturnValue:
    """Put a board away with everything on it."""
    service.delete_board(current_actor(), board_id)
    flash("The board is deleted.", "ok")
    return go_to(url_for("boards.index"))


def see_board(board_id: str, wanted: CardFilter) -> BoardView:
    """The board as whoever asks sees it; who that is, and whether they may, is read in one statement with it.

    Raises:
        NotAuthenticated: nobody is logged in.
        NotFound: no such board, or not a member of its team.
    """
    actor, row = current_actor_and_preloaded(board_view_query(board_id, wanted))
    preloaded = preloaded_board(row)
    g.unread = preloaded[0]["unread"]
    return get_board(actor, board_id, wanted, preloaded)


def draw_columns(
    view: BoardView, wanted: CardFilter, touched: Collection[str] | None = None
) -> Fragment:
    """The HTML of all columns, or of those touched: the same for everybody with the same rights and folds.

    It is kept with the state of the board. Whatever else the columns' template comes to depend on must be part of
    `variant`, or it would be shown to others.
    """
    may = board_rights(view.membership)
    here = {column["column_id"] for column in view.columns}
    shown = None if touched is None else frozenset(touched) & here
    folded = frozenset(view.row["folded"]) & here
    variant = ("columns", may["edit"], folded, shown)
    drawn: Fragment | None = None if current_app.debug else view.state.drawn.get(variant)
    if drawn is None:
        part = view if shown is None else view.narrowed_to(shown)
        columns = show_columns(part, wanted.query())
        for column in columns:
            column["folded"] = column["column_id"] in folded
        drawn = render_fragment(
            "boards/_columns.html", board=show_board(view.row), columns=columns, may=may
        )
        view.state.keep_drawn(variant, drawn)
    return drawn


def draw_lanes(view: BoardView, wanted: CardFilter, kind: str) -> Fragment:
    """The HTML of a board in lanes, the same for everybody with the same rights; kept like `draw_columns`."""
    may = board_rights(view.membership)
    variant = ("lanes", kind, may["edit"])
    drawn: Fragment | None = None if current_app.debug else view.state.drawn.get(variant)
    if drawn is None:
        lanes = show_lanes(list_lanes(view, wanted, kind), kind, wanted)
        columns = [dict(column) for column in view.columns]
        context = {"board": show_board(view.row), "columns": columns, "may": may}
        drawn = render_fragment("boards/_lanes.html", **context, lanes=lanes, lanes_by=kind)
        view.state.keep_drawn(variant, drawn)
    return drawn


def board_page(view: BoardView, wanted: CardFilter, quick_add: dict[str, str]) -> str:
    """The board page with a new card that was refused: ``column_id``, ``typed``, ``error``."""
    columns = show_columns(view, wanted.query())
    for column in columns:
        if column["column_id"] == quick_add["column_id"]:
            column |= quick_add
    around = _around(view, wanted, None)
    parts = {"board": around["board"], "columns": columns, "may": around["may"]}
    inner = Markup(render_template("boards/_columns.html", **parts))  # noqa: S704 - a template's own answer
    return render_template("boards/show.html", **around, inner=inner)


def _around(view: BoardView, wanted: CardFilter, lanes: str | None) -> dict[str, Any]:
    """What the board page shows around its columns or lanes."""
    me = current_actor().user_id
    further = {"lanes": lanes} if lanes else {}
    is_mine = wanted.assignees == (me,)
    mine = replace(wanted, assignees=() if is_mine else (me,))
    return {
        "board": show_board(view.row),
        "columns": view.columns,
        "lanes_by": lanes,
        "filter_count": wanted.count,
        "query": {**wanted.query(), **further},
        "filter_query": wanted.query(),
        "mine_query": {**mine.query(), **further},
        "is_mine": is_mine,
        "chips": show_chips(wanted, view.people, further),
        "further": further,
        "since": None if wants_partial() else find_news(me, view.row),
        "is_sample": is_sample(view.row),
        "may": board_rights(view.membership),
    }


def show_board(row: sql.Row) -> dict[str, Any]:
    """A board's row with its team as an object."""
    row = {name: row[name] for name in SHOWN_OF_BOARD}
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


def _chosen_lanes(view: BoardView) -> str | None:
    """The lanes that the address names, which are kept for the next time; else those that were kept."""
    asked, kept = request.args.get("lanes"), view.row["lanes"]
    if asked not in (*KINDS, NO_LANES, LANES_OFF):
        return cast("str | None", kept)
    lanes = asked_lanes()
    if lanes != kept and asked != LANES_OFF:
        keep_lanes(current_actor().user_id, view.row["board_id"], lanes)
    return lanes


def _read_cursor() -> tuple[str, str]:
    found = _CURSOR.fullmatch(request.args.get("after", ""))
    if found is None:
        raise NotFound()
    return found[1], parse_uuid(found[2])


def _index_page(actor: Actor, **failed: Any) -> str:
    rows = service.list_boards(actor)
    tiles = show_tiles(rows, service.list_columns([row["board_id"] for row in rows]))
    seen = teams.list_teams(actor)
    groups = [
        {
            "team": team,
            "boards": [tile for tile in tiles if tile["team_id"] == team["team_id"]],
            "may": {"create_board": "board.create" in team["permissions"]},
        }
        for team in seen
    ]
    offers = [team["team_id"] for team in seen if "board.create" in team["permissions"]]
    begun = None
    if offers and "new" in request.args:
        team_id = request.args["new"]
        name = request.args.get("name", "").strip()[:NAME_LENGTH]
        begun = {"team_id": team_id if team_id in offers else offers[0], "name": name}
    return render_template("boards/index.html", groups=groups, begun=begun, **failed)
