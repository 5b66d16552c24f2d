"""Teams and their members."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import make_response

from taskforge.api.blueprints import ApiBlueprint, takes_version
from taskforge.api.schemas import teams as schemas
from taskforge.api.schemas.invitations import NewInvitation, SentInvitation
from taskforge.api.team_invitations import link_of
from taskforge.api.versions import change_latest, requested_version, showing_current, tagged
from taskforge.boards import explained_access
from taskforge.boards import queries as boards
from taskforge.boards.service import create_team as create_team_with_board
from taskforge.errors import NotFound
from taskforge.identity import invited
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.teams import matrix_service, queries, service
from taskforge.teams.matrix import list_by_role, matrix_of
from taskforge.teams.permissions import ROLES, Permission

blueprint = ApiBlueprint("teams", __name__, topic="Teams", prefix="/teams")


@blueprint.get("")
@blueprint.response(200, schemas.TeamList)
def list_teams() -> Any:
    """The teams of whoever is asking."""
    return {"items": boards.list_teams(current_actor())}


@blueprint.post("")
@blueprint.arguments(schemas.NewTeam)
@blueprint.response(201, schemas.Team)
def create_team(data: dict[str, Any]) -> Any:
    """Create a team, with oneself as its admin and a board of five columns."""
    actor = current_actor()
    return tagged(queries.get_team(actor, create_team_with_board(actor, **data).entity_id))


@blueprint.get("/<any_id:team_id>")
@blueprint.response(200, schemas.Team)
def get_team(team_id: str) -> Any:
    """One team."""
    return tagged(queries.get_team(current_actor(), team_id))


@blueprint.patch("/<any_id:team_id>")
@takes_version
@blueprint.arguments(schemas.TeamChanges)
@blueprint.response(200, schemas.Team)
def edit_team(data: dict[str, Any], team_id: str) -> Any:
    """Change name, description or parent of a team, or whether it takes over the members of its parent."""
    actor = current_actor()
    version = requested_version(data)
    changes = {name: value for name, value in data.items() if name != "version"}

    def change(at: int) -> Change:
        return service.edit_team(actor, team_id, version=at, changes=changes)

    with showing_current(schemas.Team(), lambda: queries.get_team(actor, team_id)):
        change_latest(version, lambda: int(queries.get_team(actor, team_id)["version"]), change)
    return tagged(queries.get_team(actor, team_id))


@blueprint.get("/<any_id:team_id>/members")
@blueprint.response(200, schemas.MemberList)
def list_members(team_id: str) -> Any:
    """The members of a team."""
    return {"items": queries.list_members(current_actor(), team_id)}


@blueprint.post("/<any_id:team_id>/members")
@blueprint.arguments(NewInvitation)
@blueprint.alt_response(202, schema=SentInvitation)
@blueprint.response(201, schemas.Member)
def add_member(data: dict[str, Any], team_id: str) -> Any:
    """Invite somebody (202); who belongs to the parent team is in the team at once (201)."""
    actor = current_actor()
    sent = invited.add_or_invite(actor, team_id, **data)
    if isinstance(sent, invited.SentInvitation):
        return make_response(SentInvitation().dump(link_of(sent)), 202)
    return _member(actor, team_id, user_id=data.get("user_id"), email=data.get("email"))


@blueprint.patch("/<any_id:team_id>/members/<any_id:user_id>")
@blueprint.arguments(schemas.Role)
@blueprint.response(200, schemas.Member)
def change_role(data: dict[str, Any], team_id: str, user_id: str) -> Any:
    """Give a member another role."""
    actor = current_actor()
    service.change_role(actor, team_id, user_id, role=data["role"])
    return _member(actor, team_id, user_id=user_id)


@blueprint.get("/<any_id:team_id>/members/<any_id:user_id>/access")
@blueprint.arguments(schemas.AccessAt, location="query")
@blueprint.response(200, schemas.ExplainedAccess)
def explain_access(query: dict[str, Any], team_id: str, user_id: str) -> Any:
    """What somebody may do in a team and which boards they see, and why; also at a past instant, by the audit log."""
    found = explained_access.explain_access(current_actor(), team_id, user_id, query.get("at"))
    return asdict(found)


@blueprint.get("/<any_id:team_id>/children")
@blueprint.response(200, schemas.ChildList)
def list_children(team_id: str) -> Any:
    """The teams right below one: those that one is in, and all of them for who may edit the parent."""
    return {"items": queries.list_children(current_actor(), team_id)}


@blueprint.get("/<any_id:team_id>/permissions")
@blueprint.response(200, schemas.Permissions)
def get_permissions(team_id: str) -> Any:
    """What each role of a team may do, with a description of every permission."""
    return tagged(_permissions(current_actor(), team_id))


@blueprint.put("/<any_id:team_id>/permissions")
@takes_version
@blueprint.arguments(schemas.Grants)
@blueprint.response(200, schemas.Permissions)
def change_permissions(data: dict[str, Any], team_id: str) -> Any:
    """Set what each role of a team may do. Admins keep the right to change it."""
    actor = current_actor()
    grants = matrix_of({role: data[role] for role in ROLES})

    def change(at: int) -> Change:
        return matrix_service.change_permissions(actor, team_id, version=at, grants=grants)

    with showing_current(schemas.Permissions(), lambda: _permissions(actor, team_id)):
        change_latest(
            requested_version(data),
            lambda: matrix_service.get_matrix(actor, team_id).version,
            change,
        )
    return tagged(_permissions(actor, team_id))


def _permissions(actor: Actor, team_id: str) -> dict[str, Any]:
    matrix = matrix_service.get_matrix(actor, team_id)
    described = [
        {
            "name": one.value,
            "description": one.description,
            "default_roles": [role for role in ROLES if role in one.default_roles],
        }
        for one in Permission
    ]
    return {**list_by_role(matrix.grants), "permissions": described, "version": matrix.version}


def _member(
    actor: Actor, team_id: str, *, user_id: str | None = None, email: str | None = None
) -> Any:
    for member in queries.list_members(actor, team_id):
        if member["email"] == email if user_id is None else member["user_id"] == user_id:
            return member
    raise NotFound()
