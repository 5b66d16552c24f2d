"""Whether a team requires two-factor log-in."""

from __future__ import annotations

from typing import Any

from flask import Response

from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import teams as schemas
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.teams import two_factor as service

blueprint = ApiBlueprint("team_two_factor", __name__, topic="Teams", prefix="/teams")


@blueprint.get("/<any_id:team_id>/two-factor")
@blueprint.response(200, schemas.TeamTwoFactor)
def get_requirement(team_id: str) -> Any:
    """From when on a team requires two-factor log-in, and which of its members have none."""
    return service.get_requirement(current_actor(), team_id)


@blueprint.put("/<any_id:team_id>/two-factor")
@needs_confirmation
@blueprint.arguments(schemas.TwoFactorRequirement, required=False)
@blueprint.response(200, schemas.TeamTwoFactor)
def require(data: dict[str, Any], team_id: str) -> Any:
    """Require two-factor log-in of everybody in a team, after seven days or so many as are named; for its admins."""
    actor = current_actor()
    service.require_two_factor(actor, team_id, **data)
    return service.get_requirement(actor, team_id)


@blueprint.delete("/<any_id:team_id>/two-factor")
@blueprint.response(204)
@needs_confirmation
def release(team_id: str) -> Response:
    """Require it no more; for admins of the team."""
    service.release_two_factor(current_actor(), team_id)
    return no_content()
