"""How people go from a team: removing somebody, taking that back, leaving, and handing the team over."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import teams as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.identity.current import current_actor
from taskforge.tasks.bulk import hand_over
from taskforge.teams import queries
from taskforge.teams.transfer import transfer_team

blueprint = ApiBlueprint("departures", __name__, topic="Teams", prefix="/teams")


@blueprint.delete("/<any_id:team_id>/members/<any_id:user_id>")
@blueprint.arguments(schemas.HandOver, location="query")
@blueprint.response(204)
def remove_member(query: dict[str, Any], team_id: str, user_id: str) -> Response:
    """Take somebody out of a team, or leave it oneself; their open tasks can be handed over."""
    hand_over.remove_member(current_actor(), team_id, user_id, **query)
    return no_content()


@blueprint.post("/<any_id:team_id>/members/<any_id:user_id>/restore")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.RestoredMember)
def restore_member(_data: dict[str, Any], team_id: str, user_id: str) -> Any:
    """Take the removal of a member back, within 30 days, with the tasks that nobody gave to others since."""
    actor = current_actor()
    change = hand_over.restore_member(actor, team_id, user_id)
    members = queries.list_members(actor, team_id)
    member = next((one for one in members if one["user_id"] == user_id), {"user_id": user_id})
    return {**member, **change.extra}


@blueprint.post("/<any_id:team_id>/leave")
@blueprint.arguments(schemas.HandOver, required=False)
@blueprint.response(204)
def leave(data: dict[str, Any], team_id: str) -> Response:
    """Leave a team; its last admin can't."""
    actor = current_actor()
    hand_over.remove_member(actor, team_id, actor.user_id, **data)
    return no_content()


@blueprint.post("/<any_id:team_id>/transfer")
@blueprint.arguments(schemas.Transfer)
@blueprint.response(200, schemas.MemberList)
def transfer(data: dict[str, Any], team_id: str) -> Any:
    """Make a member an admin, and step down oneself, in one act; answers the members."""
    actor = current_actor()
    transfer_team(actor, team_id, **data)
    return {"items": queries.list_members(actor, team_id)}
