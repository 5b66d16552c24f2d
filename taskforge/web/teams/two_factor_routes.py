"""Whether a team requires two-factor log-in: its page and its change."""

from __future__ import annotations

from functools import partial

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.http.forms import Form
from taskforge.http.htmx import go_to
from taskforge.identity.confirmation import needs_confirmation
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.teams import two_factor as service
from taskforge.teams.access import access_team
from taskforge.text.people import person_of
from taskforge.web.teams.forms import RequireTwoFactorForm
from taskforge.web.teams.routes import blueprint


@blueprint.get("/teams/<id:team_id>/two-factor")
def two_factor(team_id: str) -> ResponseReturnValue:
    """Whether the team requires two-factor log-in, who has none, and the form."""
    return _page(current_actor(), team_id, RequireTwoFactorForm(formdata=None))


@blueprint.post("/teams/<id:team_id>/two-factor")
@needs_confirmation
def require_two_factor(team_id: str) -> ResponseReturnValue:
    """Require it, after some days or at once."""
    actor, form = current_actor(), RequireTwoFactorForm()
    change = form.attempt(partial(service.require_two_factor, actor, team_id))
    if change is None:
        return form.refused(_page(actor, team_id, form))
    flash("Two-factor log-in is a must in this team. Who has none is told.", "ok")
    return go_to(url_for("teams.two_factor", team_id=team_id))


@blueprint.post("/teams/<id:team_id>/two-factor/release")
@needs_confirmation
def release_two_factor(team_id: str) -> ResponseReturnValue:
    """Require it no more."""
    actor, form = current_actor(), Form()
    change = form.attempt(lambda: service.release_two_factor(actor, team_id))
    if change is None:
        return form.refused(_page(actor, team_id, RequireTwoFactorForm(formdata=None), form))
    flash("The team requires two-factor log-in no more.", "ok")
    return go_to(url_for("teams.two_factor", team_id=team_id))


def _page(
    actor: Actor, team_id: str, form: RequireTwoFactorForm, refused: Form | None = None
) -> str:
    requirement = service.get_requirement(actor, team_id)
    membership = access_team(actor.user_id, team_id)
    return render_template(
        "teams/two_factor.html",
        team={"team_id": team_id, "name": membership.team_name},
        requirement=requirement,
        without=[person_of(row["user_id"], row["display_name"]) for row in requirement.without],
        has_own=actor.user_id not in {row["user_id"] for row in requirement.without},
        form=form,
        problems_found=[*form.sentences, *(refused.sentences if refused else ())],
    )
