"""The boards that a guest is limited to: a page of its own, reached from their row among the people of the team."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts.queries import list_display_names
from taskforge.boards import board_people
from taskforge.http.htmx import go_to
from taskforge.http.view_declarations import accept_lists
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.teams.access import access_team
from taskforge.teams.permissions import Permission
from taskforge.text.people import person_of
from taskforge.text.values import parse_uuid
from taskforge.web.teams.forms import BoardLimitForm
from taskforge.web.teams.routes import blueprint

LIMITED = "They see only the ticked boards."
NOT_LIMITED = "They see all boards of the team that are not private."


@blueprint.get("/teams/<id:team_id>/members/<id:user_id>/boards")
def board_limit(team_id: str, user_id: str) -> ResponseReturnValue:
    """Which boards of the team a guest sees: all, or some that are ticked."""
    return _page(current_actor(), team_id, user_id)


@blueprint.post("/teams/<id:team_id>/members/<id:user_id>/boards")
@accept_lists("board_id")
def limit_guest(team_id: str, user_id: str) -> ResponseReturnValue:
    """Limit a guest to the ticked boards, or let them see all again."""
    actor, form = current_actor(), BoardLimitForm()
    chosen = [parse_uuid(board_id) for board_id in request.form.getlist("board_id")]

    def limit(*, is_limited: bool) -> Change:
        board_ids = chosen if is_limited else None
        return board_people.limit_guest(actor, team_id, user_id, board_ids=board_ids)

    if form.attempt(limit) is None:
        return form.refused(_page(actor, team_id, user_id, form.sentences))
    flash(LIMITED if form.values["is_limited"] else NOT_LIMITED, "ok")
    return go_to(url_for("teams.show", team_id=team_id, _anchor=f"member-{user_id}"))


def _page(actor: Actor, team_id: str, user_id: str, problems: list[str] | None = None) -> str:
    membership = access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    limit = board_people.get_limit(actor, team_id, user_id)
    name = list_display_names([user_id])[user_id]
    return render_template(
        "teams/board_limit.html",
        team={"team_id": team_id, "name": membership.team_name},
        user=person_of(user_id, name),
        limit=limit,
        problems=problems or [],
    )
