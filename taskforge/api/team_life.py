"""Archiving, deleting and restoring teams, and archiving boards."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import boards as board_schemas
from taskforge.api.schemas import teams as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.api.versions import tagged
from taskforge.boards import archive
from taskforge.boards import queries as boards
from taskforge.boards.access import access_board
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.tasks.columns import list_columns_with_counts
from taskforge.teams import deletion, queries

blueprint = ApiBlueprint("team_life", __name__, topic="Teams", prefix="")


@blueprint.get("/teams/archived")
@blueprint.response(200, schemas.TeamList)
def list_archived_teams() -> Any:
    """The archived teams of whoever is asking: they are in no other list."""
    return {"items": boards.list_teams(current_actor(), archived=True)}


@blueprint.get("/boards/archived")
@blueprint.response(200, board_schemas.BoardList)
def list_archived_boards() -> Any:
    """The archived boards that one sees, of all teams that are not archived: they are in no other list."""
    rows = boards.list_archived_boards(current_actor())
    columns = list_columns_with_counts([row["board_id"] for row in rows])
    return {"items": serialising.boards(rows, columns)}


@blueprint.get("/teams/deleted")
@blueprint.response(200, schemas.DeletedTeamList)
def list_deleted_teams() -> Any:
    """The deleted teams that one can restore: those of which one was an admin."""
    return {"items": deletion.list_deleted_teams(current_actor())}


@blueprint.post("/teams/<any_id:team_id>/archive")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.Team)
def archive_team(_data: dict[str, Any], team_id: str) -> Any:
    """Make a team and its boards read-only, and take them off the lists."""
    actor = current_actor()
    archive.archive_team(actor, team_id)
    return tagged(queries.get_team(actor, team_id))


@blueprint.delete("/teams/<any_id:team_id>/archive")
@blueprint.response(204)
def unarchive_team(team_id: str) -> Response:
    """Let a team be changed again."""
    archive.unarchive_team(current_actor(), team_id)
    return no_content()


@blueprint.delete("/teams/<any_id:team_id>")
@blueprint.response(204)
@needs_confirmation
def delete_team(team_id: str) -> Response:
    """Delete a team with its boards; its admins can restore it for 30 days."""
    deletion.delete_team(current_actor(), team_id)
    return no_content()


@blueprint.post("/teams/<any_id:team_id>/restore")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.Team)
def restore_team(_data: dict[str, Any], team_id: str) -> Any:
    """Restore a deleted team with everything that was in it."""
    actor = current_actor()
    deletion.restore_team(actor, team_id)
    return tagged(queries.get_team(actor, team_id))


@blueprint.post("/boards/<any_id:board_id>/archive")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, board_schemas.Board)
def archive_board(_data: dict[str, Any], board_id: str) -> Any:
    """Make a board read-only, and take it off the lists."""
    actor = current_actor()
    archive.archive_board(actor, board_id)
    return tagged(_board(actor, board_id))


@blueprint.delete("/boards/<any_id:board_id>/archive")
@blueprint.response(204)
def unarchive_board(board_id: str) -> Response:
    """Let a board be changed again."""
    archive.unarchive_board(current_actor(), board_id)
    return no_content()


def _board(actor: Actor, board_id: str) -> dict[str, Any]:
    row, _membership = access_board(actor.user_id, board_id)
    return serialising.boards([row], list_columns_with_counts([board_id]))[0]
