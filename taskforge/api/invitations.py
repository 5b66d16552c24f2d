"""One's own invitations into teams, and joining by a link."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import invitations as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.identity import invited
from taskforge.identity.current import current_actor
from taskforge.teams.invitations import queries, service

blueprint = ApiBlueprint("invitations", __name__, topic="Invitations", prefix="/invitations")


@blueprint.get("")
@blueprint.response(200, schemas.OwnInvitationList)
def list_own() -> Any:
    """The invitations that whoever is asking can accept or decline."""
    return {"items": queries.list_own(current_actor())}


@blueprint.post("/<any_id:invitation_id>/accept")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.Joined)
def accept(_data: dict[str, Any], invitation_id: str) -> Any:
    """Join the team, in the role of the invitation."""
    change = service.accept_invitation(current_actor(), invitation_id=invitation_id)
    return {"team_id": change.entity_id}


@blueprint.post("/<any_id:invitation_id>/decline")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(204)
def decline(_data: dict[str, Any], invitation_id: str) -> Response:
    """Refuse an invitation; it can't be accepted any more."""
    service.decline_invitation(current_actor(), invitation_id=invitation_id)
    return no_content()


@blueprint.post("/join")
@blueprint.arguments(schemas.JoinToken)
@blueprint.response(200, schemas.Joined)
def join(data: dict[str, Any]) -> Any:
    """Join a team by its link, in the role of the link."""
    return {"team_id": invited.join_by_link(current_actor(), data["token"]).entity_id}
