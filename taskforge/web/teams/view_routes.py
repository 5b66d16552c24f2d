"""Looking at a team as a role, or one of its people, sees it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.boards import viewing as service
from taskforge.errors import Forbidden
from taskforge.http.forms import Form
from taskforge.http.htmx import go_to
from taskforge.identity.current import current_actor
from taskforge.identity.viewing import present_view
from taskforge.stores.actor import Actor
from taskforge.teams.access import access_team
from taskforge.teams.permissions import Role
from taskforge.teams.queries import list_members
from taskforge.web.teams.routes import blueprint

MAX_CHOICE = 60


@blueprint.get("/teams/<id:team_id>/view-as")
def view_as(team_id: str) -> ResponseReturnValue:
    """The form that asks as whom to look."""
    return _page(
        current_actor(), team_id, request.args.get("as", Role.GUEST.value), Form(formdata=None)
    )


@blueprint.post("/teams/<id:team_id>/view-as")
def start_view(team_id: str) -> ResponseReturnValue:
    """Look at the team as a role or a member sees it."""
    actor, form, chosen = current_actor(), Form(), request.form.get("as", "")
    change = form.attempt(lambda: service.start_view(actor, team_id, as_whom=chosen))
    if change is None:
        return form.refused(_page(actor, team_id, chosen, form))
    return go_to(url_for("teams.show", team_id=team_id))


@blueprint.post("/teams/view-as/end")
def end_view() -> ResponseReturnValue:
    """Look at it as oneself again."""
    actor, view = current_actor(), present_view()
    if view is None:
        flash("The view has ended.", "info")
        return go_to(url_for("teams.index"))
    service.end_view(actor, view)
    return go_to(url_for("teams.show", team_id=view.team_id))


def _page(actor: Actor, team_id: str, chosen: str, form: Form) -> str:
    membership = access_team(actor.user_id, team_id)
    if membership.role != Role.ADMIN:
        raise Forbidden(service.FOR_ADMINS)
    people = [
        (row["user_id"], row["display_name"])
        for row in list_members(actor, team_id)
        if row["user_id"] != actor.user_id
    ]
    return render_template(
        "teams/view_as.html",
        team={"team_id": team_id, "name": membership.team_name},
        choices=[(role.value, f"{role.words[:1].upper()}{role.words[1:]}") for role in Role]
        + people,
        chosen=chosen[:MAX_CHOICE],
        problems_found=form.sentences,
    )
