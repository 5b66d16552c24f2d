"""The board page: the context of its template, and the fragments of its columns and lanes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from taskforge.boards.access import preloaded_board
from taskforge.boards.statuses import Status
from taskforge.history.unseen_changes import find_unseen_of_preloaded
from taskforge.http.fragments import (
    Fragment,
    inner_placeholder,
    nest,
    render_fragment,
    text_fragment,
)
from taskforge.http.htmx import wants_partial
from taskforge.identity.current import current_actor_and_preloaded, current_identity
from taskforge.notifications.queries import UNREAD_OF_USER
from taskforge.onboarding.service import is_sample_board
from taskforge.stores import sql
from taskforge.tasks.board.filter_menu import show_chips
from taskforge.tasks.board.filters import CardFilter
from taskforge.tasks.board.lanes import list_lanes
from taskforge.tasks.board.queries import BoardView, board_view_query, get_board
from taskforge.teams.access import Membership
from taskforge.teams.permissions import ARCHIVED, Permission
from taskforge.web.boards.cards import show_column_head, show_columns
from taskforge.web.boards.kept_columns import join_columns
from taskforge.web.boards.lanes_presenter import show_lanes
from taskforge.web.boards.parameters import opened_query
from taskforge.web.boards.picture_sheet import picture_sheet
from taskforge.web.boards.queries_presenter import show_query_error

SHOWN_FIELDS = ("board_id", "team_id", "team_name", "name", "key_prefix", "seq", "version")
_CHANGING = ("seq", "version")  # with every change of a card, or of the board


def preload_board(board_id: str, card_filter: CardFilter) -> BoardView:
    """The board for the current user; one statement identifies them and reads their access.

    Raises:
        NotAuthenticated: nobody is logged in.
        NotFound: no such board, or not a member of its team.
    """
    actor, row = current_actor_and_preloaded(
        board_view_query(board_id, card_filter, UNREAD_OF_USER)
    )
    return get_board(actor, board_id, card_filter, preloaded_board(row))


def board_parts(view: BoardView, card_filter: CardFilter, lanes: str | None) -> list[Fragment]:
    """What the frame of the board page takes in: the unseen changes (not for htmx), and the columns or lanes.

    The board's sequence and the columns' counts are here, so that no frame, which is kept for each person, changes
    with a move. A page without columns has no place for the second part.
    """
    is_partial = wants_partial()
    parts = [] if is_partial else [_render_unseen(view)]
    if is_partial or view.columns:
        inner = (
            render_lanes(view, card_filter, lanes) if lanes else render_columns(view, card_filter)
        )
        parts.append(nest(_render_shell(view, lanes, with_jump=not is_partial), inner))
    return parts


def _render_unseen(view: BoardView) -> Fragment:
    unseen = find_unseen_of_preloaded(current_identity().user_id, view.row)
    if unseen is None:
        return text_fragment("")
    return render_fragment("boards/_unseen_changes.html", board=show_board(view.row), unseen=unseen)


def _render_shell(view: BoardView, lanes: str | None, *, with_jump: bool) -> Fragment:
    """The element around the columns or lanes, and the links to them: the same for people with the same rights."""
    may = board_rights(view.membership)
    shown = {name: may[name] for name in ("move", "settings")}
    folded_count = len(_folded_in_lanes(view) if lanes else _folded(view))

    def render() -> Fragment:
        return render_fragment(
            "boards/_shell.html",
            board=show_board(view.row),
            columns=view.columns,
            folded_count=folded_count,
            lanes_by=lanes,
            may=shown,
            with_jump=with_jump,
            inner=inner_placeholder(),
        )

    variant = ("shell", lanes, folded_count, with_jump, *shown.values())
    return _rendered(view, variant, render)


def render_columns(
    view: BoardView, card_filter: CardFilter, touched: Collection[str] | None = None
) -> Fragment:
    """The HTML of all columns, or of those in `touched`: the same for people with the same rights and folded columns.

    It is cached with the state of the board. Everything that the columns' template depends on must be part of
    `variant`; otherwise the HTML of one person would be shown to another.
    """
    may_edit = board_rights(view.membership)["edit"]
    shown = None if touched is None else frozenset(touched) & _column_ids(view)
    folded = _folded(view)

    def render() -> Fragment:
        part = view if shown is None else view.narrowed_to(shown)
        columns = show_columns(part, card_filter.query())
        for column in columns:
            column["folded"] = column["column_id"] in folded
        return join_columns(columns, may_edit=may_edit)

    return _rendered(view, ("columns", may_edit, folded, shown), render)


def render_lanes(view: BoardView, card_filter: CardFilter, kind: str) -> Fragment:
    """The HTML of a board in lanes, the same for people with the same rights; cached like that of `render_columns`."""
    may = board_rights(view.membership)
    folded = _folded_in_lanes(view)

    def render() -> Fragment:
        found = list_lanes(view, card_filter, kind)
        lanes = show_lanes(found, kind, card_filter, picture_sheet(view))
        columns = [
            {**show_column_head(column), "folded": column["column_id"] in folded}
            for column in view.columns
        ]
        context = {"board": show_board(view.row), "columns": columns, "may": may}
        return render_fragment(
            "boards/_lanes.html", **context, lanes=lanes, lanes_by=kind, folded=folded
        )

    return _rendered(view, ("lanes", kind, may["edit"], folded), render)


def _rendered(view: BoardView, variant: Hashable, render: Callable[[], Fragment]) -> Fragment:
    return render() if current_app.debug else view.cached.rendered_as(variant, render)


def _column_ids(view: BoardView) -> frozenset[str]:
    return frozenset(column["column_id"] for column in view.columns)


def _folded(view: BoardView) -> frozenset[str]:
    """The columns that the person has folded on the board without lanes."""
    return frozenset(view.row["folded"]) & _column_ids(view)


def _folded_in_lanes(view: BoardView) -> frozenset[str]:
    """The columns that are folded in lanes: those that the person chose, else those of what is done."""
    chosen = view.row["folded_in_lanes"]
    return frozenset(
        column["column_id"]
        for column in view.columns
        if (column["status"] == Status.DONE if chosen is None else column["column_id"] in chosen)
    )


def board_page(view: BoardView, card_filter: CardFilter, quick_add: dict[str, str]) -> str:
    """The board page with a new card that was refused: ``column_id``, ``typed``, ``error``."""
    columns = show_columns(view, card_filter.query())
    for column in columns:
        if column["column_id"] == quick_add["column_id"]:
            column |= quick_add
    context = board_context(view, card_filter, None)
    parts = {**context, "board": show_board(view.row), "columns": columns, "folded_count": 0}
    inner = Markup(render_template("boards/_columns.html", **parts))  # noqa: S704 - a template's own answer
    shell = render_template("boards/_shell.html", **parts, with_jump=True, inner=inner)
    return render_template("boards/show.html", **context, unseen="", inner=Markup(shell))  # noqa: S704 - as above


def board_context(
    view: BoardView,
    card_filter: CardFilter,
    lanes: str | None,
    *,
    view_endpoint: str = "boards.show",
    kept: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The context of a board's page around its columns or lanes; nothing in it changes when cards do.

    `view_endpoint` is the page of this view, and `kept` what its address says beside the filter (by default the lanes)
    and the saved view that it was opened from.
    """
    user_id, picture = current_identity().user_id, current_identity().picture
    unfiltered = kept if kept is not None else {"lanes": lanes} if lanes else {}
    unfiltered = {**unfiltered, **opened_query()}
    is_mine = card_filter.values("assignee") == (user_id,)
    mine = card_filter.having("assignee", () if is_mine else (user_id,))
    board = show_board(view.row)
    return {
        "board": {name: board[name] for name in board if name not in _CHANGING},
        "view_endpoint": view_endpoint,
        "view_kind": None if view_endpoint == "boards.show" else view_endpoint.partition(".")[2],
        "has_columns": bool(view.columns),
        "is_blank": not any(column["task_count"] for column in view.columns),
        "lanes_by": lanes,
        "filter_count": card_filter.count,
        "filter_query": card_filter.query(),
        "query": {**card_filter.query(), **unfiltered},
        "mine_query": {**mine.query(), **unfiltered},
        "is_mine": is_mine,
        "chips": show_chips(card_filter, view.people, unfiltered),
        "query_error": show_query_error(card_filter),
        "unfiltered_query": unfiltered,
        "is_sample": is_sample_board(view.row),
        "may": board_rights(view.membership),
        "archive": show_archive(view.row, view.membership),
        "shared_picture": picture and picture_sheet(view).address_of(user_id, picture),
    }


def show_archive(row: sql.Row, membership: Membership) -> dict[str, bool] | None:
    """What a page says of an archived board; None for others."""
    if not membership.may(ARCHIVED):
        return None
    is_own = row["archived_at"] is not None
    return {"is_team": not is_own, "may_unarchive": membership.may(Permission.BOARD_DELETE)}


def show_board(row: sql.Row) -> dict[str, Any]:
    """The fields of a board that templates show, with its team as a mapping of its own."""
    row = {name: row[name] for name in SHOWN_FIELDS}
    return {**row, "team": {"team_id": row["team_id"], "name": row["team_name"]}}


def board_rights(membership: Membership) -> dict[str, bool]:
    """What the person may do on a board, by the names that templates ask for."""
    return {
        "edit": membership.may(Permission.TASK_CREATE),
        "move": membership.may(Permission.TASK_MOVE),
        "settings": membership.may(Permission.BOARD_EDIT),
        "invite": membership.may(Permission.TEAM_MANAGE_MEMBERS),
        "activity": membership.may(Permission.BOARD_ACTIVITY),
        "delete": membership.may(Permission.BOARD_DELETE),
        "restore": membership.may(Permission.TASK_RESTORE),
        "delete_tasks": membership.may(Permission.TASK_DELETE),
    }
