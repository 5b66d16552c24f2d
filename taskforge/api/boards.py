"""Boards and their columns."""

from __future__ import annotations

import contextlib
from typing import Any

from flask import Response

from taskforge.accounts.token_identity import Scope
from taskforge.api import serialising
from taskforge.api.blueprints import ApiBlueprint, no_content, takes_version
from taskforge.api.schemas import boards as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.api.scopes import needs_scope
from taskforge.api.versions import change_latest, requested_version, showing_current, tagged
from taskforge.boards import board_people, columns, queries, service
from taskforge.boards.access import access_board
from taskforge.errors import NotFound
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks import columns as task_columns
from taskforge.tasks.bulk import column_deletion
from taskforge.tasks.columns import list_boards_with_counts, list_columns_with_counts
from taskforge.teams.access import access_team

DEFAULT_HUE = 1

blueprint = ApiBlueprint("boards", __name__, topic="Boards and columns", prefix="")


@blueprint.get("/teams/<any_id:team_id>/boards")
@blueprint.response(200, schemas.BoardList)
def list_boards(team_id: str) -> Any:
    """The boards of a team, with their columns."""
    actor = current_actor()
    access_team(actor.user_id, team_id)
    rows = list_boards_with_counts(actor, [team_id])
    found = list_columns_with_counts([row["board_id"] for row in rows])
    return {"items": serialising.boards(rows, found)}


@blueprint.post("/teams/<any_id:team_id>/boards")
@needs_scope(Scope.WRITE)
@blueprint.arguments(schemas.NewBoard)
@blueprint.response(201, schemas.Board)
def create_board(data: dict[str, Any], team_id: str) -> Any:
    """Create a board with five columns."""
    actor = current_actor()
    return tagged(_board(actor, service.create_board(actor, team_id, **data).entity_id))


@blueprint.get("/boards/<any_id:board_id>")
@blueprint.response(200, schemas.Board)
def get_board(board_id: str) -> Any:
    """One board with its columns."""
    return tagged(_board(current_actor(), board_id))


@blueprint.patch("/boards/<any_id:board_id>")
@takes_version
@blueprint.arguments(schemas.BoardChanges)
@blueprint.response(200, schemas.Board)
def edit_board(data: dict[str, Any], board_id: str) -> Any:
    """Rename a board, or make its limits hard or soft."""
    actor = current_actor()
    version = requested_version(data)
    changes = {name: value for name, value in data.items() if name != "version"}

    def change(at: int) -> Change:
        return service.edit_board(actor, board_id, version=at, **changes)

    with showing_current(schemas.Board(), lambda: _board(actor, board_id)):
        change_latest(version, lambda: int(_board(actor, board_id)["version"]), change)
    return tagged(_board(actor, board_id))


@blueprint.delete("/boards/<any_id:board_id>")
@blueprint.response(204)
def delete_board(board_id: str) -> Response:
    """Delete a board with everything on it; it can be restored for 30 days."""
    service.delete_board(current_actor(), board_id)
    return no_content()


@blueprint.post("/boards/<any_id:board_id>/restore")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.Board)
def restore_board(_data: dict[str, Any], board_id: str) -> Any:
    """Restore a deleted board with everything that was on it."""
    actor = current_actor()
    service.restore_board(actor, board_id)
    return tagged(_board(actor, board_id))


@blueprint.get("/teams/<any_id:team_id>/boards/deleted")
@blueprint.response(200, schemas.DeletedBoardList)
def list_deleted_boards(team_id: str) -> Any:
    """The deleted boards of a team that can be restored, latest deletion first."""
    return {"items": queries.list_deleted_boards(current_actor(), team_id)}


@blueprint.post("/boards/<any_id:board_id>/columns")
@blueprint.arguments(schemas.NewColumn)
@blueprint.response(201, schemas.Column)
def create_column(data: dict[str, Any], board_id: str) -> Any:
    """Add a column at the right end."""
    actor = current_actor()
    change = columns.create_column(actor, board_id, **{"hue": DEFAULT_HUE, **data})
    return _column(actor, board_id, change.extra["column_id"])


@blueprint.patch("/boards/<any_id:board_id>/columns/<any_id:column_id>")
@takes_version
@blueprint.arguments(schemas.ColumnChanges)
@blueprint.response(200, schemas.Column)
def edit_column(data: dict[str, Any], board_id: str, column_id: str) -> Any:
    """Change name, colour or limit of a column, and its status while it is empty. The version is the board's."""
    actor = current_actor()
    version = requested_version(data)
    changes = {name: value for name, value in data.items() if name != "version"}
    with showing_current(schemas.Board(), lambda: _board(actor, board_id), fields=schemas.Column()):
        task_columns.edit_column(actor, board_id, column_id, changes=changes, version=version)
    return _column(actor, board_id, column_id)


@blueprint.delete("/boards/<any_id:board_id>/columns/<any_id:column_id>")
@blueprint.arguments(schemas.ColumnDeletion, location="query")
@blueprint.response(204)
def delete_column(query: dict[str, Any], board_id: str, column_id: str) -> Response:
    """Delete a column; of its tasks say whether they move to another one or go into the trash."""
    column_deletion.delete_column(
        current_actor(),
        board_id,
        column_id,
        move_to=query.get("move_tasks_to"),
        with_cards=query.get("delete_tasks") == "true",
    )
    return no_content()


@blueprint.post("/boards/<any_id:board_id>/columns/<any_id:column_id>/restore")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.Column)
def restore_column(_data: dict[str, Any], board_id: str, column_id: str) -> Any:
    """Restore a deleted column, with the tasks that left it then and that nobody has touched since."""
    actor = current_actor()
    with showing_current(schemas.Board(), lambda: _board(actor, board_id)):
        column_deletion.restore_column(actor, board_id, column_id)
    return _column(actor, board_id, column_id)


@blueprint.get("/boards/<any_id:board_id>/columns/deleted")
@blueprint.response(200, schemas.DeletedColumnList)
def list_deleted_columns(board_id: str) -> Any:
    """The deleted columns of a board that can be restored, latest deletion first."""
    access_board(current_actor().user_id, board_id)
    return {"items": queries.list_deleted_columns(board_id)}


@blueprint.post("/boards/<any_id:board_id>/columns/<any_id:column_id>/move")
@blueprint.arguments(schemas.ColumnPlace)
@blueprint.response(200, schemas.Column)
def move_column(data: dict[str, Any], board_id: str, column_id: str) -> Any:
    """Put a column to the right of another one, or first."""
    actor = current_actor()
    columns.move_column(actor, board_id, column_id, after_id=data.get("after_id"))
    return _column(actor, board_id, column_id)


@blueprint.get("/boards/<any_id:board_id>/people")
@blueprint.response(200, schemas.NamedPeople)
def list_named_people(board_id: str) -> Any:
    """The people whom a board names: those who see it beside the admins, if it is private."""
    return {"items": board_people.list_named_people(current_actor(), board_id)}


@blueprint.put("/boards/<any_id:board_id>/people/<any_id:user_id>")
@blueprint.response(200, schemas.NamedPeople)
def name_person(board_id: str, user_id: str) -> Any:
    """Let a member of the team see a board that is private, or that they are not limited to."""
    actor = current_actor()
    with contextlib.suppress(board_people.NamedAlready):
        board_people.name_person(actor, board_id, user_id)
    return {"items": board_people.list_named_people(actor, board_id)}


@blueprint.delete("/boards/<any_id:board_id>/people/<any_id:user_id>")
@blueprint.response(204)
def unname_person(board_id: str, user_id: str) -> Response:
    """Take somebody from the people whom a board names."""
    board_people.unname_person(current_actor(), board_id, user_id)
    return no_content()


@blueprint.get("/teams/<any_id:team_id>/members/<any_id:user_id>/boards")
@blueprint.response(200, schemas.BoardLimit)
def get_board_limit(team_id: str, user_id: str) -> Any:
    """Which boards of a team a guest is limited to."""
    return _board_limit(current_actor(), team_id, user_id)


@blueprint.put("/teams/<any_id:team_id>/members/<any_id:user_id>/boards")
@blueprint.arguments(schemas.NewBoardLimit)
@blueprint.response(200, schemas.BoardLimit)
def limit_guest(data: dict[str, Any], team_id: str, user_id: str) -> Any:
    """Limit a guest to some boards; null lets them see all again that are not private."""
    actor = current_actor()
    board_people.limit_guest(actor, team_id, user_id, board_ids=data["board_ids"])
    return _board_limit(actor, team_id, user_id)


def _board_limit(actor: Actor, team_id: str, user_id: str) -> dict[str, Any]:
    found = board_people.get_limit(actor, team_id, user_id)
    return {"is_limited": found.is_limited, "board_ids": sorted(found.named_ids)}


def _board(actor: Actor, board_id: str) -> dict[str, Any]:
    row, _membership = access_board(actor.user_id, board_id)
    return serialising.boards([row], list_columns_with_counts([board_id]))[0]


def _column(actor: Actor, board_id: str, column_id: str) -> Any:
    for column in _board(actor, board_id)["columns"]:
        if column["column_id"] == column_id:
            return column
    raise NotFound()
