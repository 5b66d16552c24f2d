"""The list of boards, creating one, and deleting and restoring one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from taskforge.boards import service
from taskforge.boards.access import access_board
from taskforge.boards.models import NAME_LENGTH
from taskforge.boards.queries import list_columns, list_deleted_boards, list_teams
from taskforge.errors import InvalidInput
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to, wants_json
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.columns import list_boards_with_counts
from taskforge.teams.invitations.queries import INVITED_QUERY
from taskforge.teams.permissions import Permission
from taskforge.teams.queries import get_team
from taskforge.text.people import person_of
from taskforge.web.boards.blueprint import blueprint
from taskforge.web.boards.forms import CreateBoardForm
from taskforge.web.boards.tiles import show_tiles
from taskforge.web.invitations.presenters import show_own_invitations
from taskforge.web.ways_back import WayBack, kind_of_restoration, offer_way_back, way_back_answer

TEAMS_PER_PAGE = 50


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Redirect to the list of boards, or to the log-in page for a visitor who is not logged in."""
    return go_to(url_for("boards.index" if current_user.is_authenticated else "accounts.login"))


@blueprint.get("/boards")
def index() -> ResponseReturnValue:
    """All boards that the person may see, by team; ``new`` opens a team's form for a new board, with ``name`` in it."""
    actor, invited = current_actor_and_preloaded(INVITED_QUERY)
    return _index_page(actor, own_invitations=show_own_invitations(actor) if invited else [])


@blueprint.post("/teams/<id:team_id>/boards/create")
def create(team_id: str) -> ResponseReturnValue:
    """Create a board with the default columns, and go there."""
    actor = current_actor()
    form = CreateBoardForm()
    change = form.attempt(lambda **values: service.create_board(actor, team_id, **values))
    if change is None:
        page = _index_page(actor, board_form=form, board_form_team_id=team_id)
        return form.refused(page)
    columns = list_columns([change.entity_id])
    anchor = (
        f"new-{columns[0]['column_id']}" if columns else None
    )  # the first card is written at once
    return go_to(url_for("boards.show", board_id=change.entity_id, _anchor=anchor))


@blueprint.post("/boards/<id:board_id>/delete")
def delete(board_id: str) -> ResponseReturnValue:
    """Delete a board with everything on it."""
    actor = current_actor()
    row, _ = access_board(actor.user_id, board_id, Permission.BOARD_DELETE, deleted=True)
    service.delete_board(actor, board_id)
    address = url_for("boards.restore", board_id=board_id)
    way = WayBack(text=f"“{row['name']}” is deleted.", address=address)
    if wants_json():
        return way_back_answer(way)
    offer_way_back(way)
    return go_to(url_for("boards.index"))


@blueprint.post("/boards/<id:board_id>/restore")
def restore(board_id: str) -> ResponseReturnValue:
    """Take the deletion of a board back, and go there; where that is refused, back to the deleted boards."""
    actor = current_actor()
    row, _ = access_board(actor.user_id, board_id, Permission.BOARD_DELETE, deleted=True)
    form = Form()
    if form.attempt(lambda: service.restore_board(actor, board_id)) is None:
        if wants_json():
            raise form.refusal or InvalidInput(" ".join(form.sentences))
        flash(" ".join(form.sentences), "danger")
        return go_to(url_for("boards.deleted", team_id=row["team_id"]))
    address = url_for("boards.delete", board_id=board_id)
    way = WayBack(text=f"“{row['name']}” is back.", address=address, kind=kind_of_restoration())
    if wants_json():
        return way_back_answer(way)
    offer_way_back(way)
    return go_to(url_for("boards.show", board_id=board_id))


@blueprint.get("/teams/<id:team_id>/boards/deleted")
def deleted(team_id: str) -> ResponseReturnValue:
    """The boards of a team that can be restored."""
    actor = current_actor()
    boards = list_deleted_boards(actor, team_id)
    return render_template(
        "boards/deleted.html",
        team=get_team(actor, team_id),
        boards=[
            {**board, "deleted_by": person_of(board["deleter_id"], board["deleter_name"])}
            for board in boards
        ],
    )


def _index_page(
    actor: Actor, own_invitations: Sequence[Mapping[str, Any]] = (), **failed: Any
) -> str:
    teams = list_teams(actor)
    shown, next_url = _page_of(teams)
    rows = list_boards_with_counts(actor, [team["team_id"] for team in shown])
    tiles = show_tiles(rows)
    groups: list[dict[str, Any]] = [
        {
            "team": team,
            "boards": [tile for tile in tiles if tile["team_id"] == team["team_id"]],
            "may": {"create_board": Permission.BOARD_CREATE in team["permissions"]},
        }
        for team in shown
    ]
    creatable = [group["team"]["team_id"] for group in groups if group["may"]["create_board"]]
    return render_template(
        "boards/index.html",
        groups=groups,
        prefilled_board=_prefilled_board(creatable),
        next_url=next_url,
        own_invitations=own_invitations,
        **failed,
    )


def _page_of(teams: Sequence[sql.Row]) -> tuple[Sequence[sql.Row], str | None]:
    """The teams behind the one that ``after`` names, as many as fit on a page; and the address of the next page."""
    after = request.args.get("after", "")
    ids = [team["team_id"] for team in teams]
    start = ids.index(after) + 1 if after in ids else 0
    shown = teams[start : start + TEAMS_PER_PAGE]
    is_last = start + TEAMS_PER_PAGE >= len(teams)
    return shown, None if is_last else url_for("boards.index", after=shown[-1]["team_id"])


def _prefilled_board(team_ids: list[str]) -> dict[str, str] | None:
    """The team whose form for a new board is open, and the name in it; `team_ids` may create boards."""
    if not team_ids or "new" not in request.args:
        return None
    team_id = request.args["new"]
    name = request.args.get("name", "").strip()[:NAME_LENGTH]
    return {"team_id": team_id if team_id in team_ids else team_ids[0], "name": name}
