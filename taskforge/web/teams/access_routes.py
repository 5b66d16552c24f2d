"""Why somebody may do something in a team: each right and each board, now or at a past instant."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from taskforge.accounts.queries import list_display_names
from taskforge.boards.explained_access import explain_access
from taskforge.errors import InvalidInput
from taskforge.identity.current import current_actor
from taskforge.teams.access import access_team
from taskforge.teams.permissions import Permission
from taskforge.text.people import person_of
from taskforge.text.values import parse_sent_instant
from taskforge.web.teams.matrix_presenter import group_by_thing
from taskforge.web.teams.routes import blueprint


@blueprint.get("/teams/<id:team_id>/members/<id:user_id>/access")
def access(team_id: str, user_id: str) -> ResponseReturnValue:
    """What a person may do in the team, and why; with ``at`` as of that instant."""
    actor = current_actor()
    given, problem, at = request.args.get("at", "").strip(), "", None
    try:
        at = parse_sent_instant(given, field="date") if given else None
        found = explain_access(actor, team_id, user_id, at)
    except InvalidInput as error:
        problem, at = error.message, None
        found = explain_access(actor, team_id, user_id)
    membership = access_team(actor.user_id, team_id)
    page = render_template(
        "teams/access.html",
        team={"team_id": team_id, "name": membership.team_name},
        user=person_of(user_id, list_display_names([user_id]).get(user_id, "Somebody")),
        is_you=user_id == actor.user_id,
        access=found,
        groups=group_by_thing(found.rights, lambda one: one.permission),
        is_past=at is not None,
        typed=given,
        problem=problem,
        may_change=membership.may(Permission.TEAM_MANAGE_PERMISSIONS),
    )
    return page, 422 if problem else 200
