"""Invitations and join links on a team's page, for those who manage its members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from taskforge.http.forms import Form
from taskforge.http.htmx import go_to
from taskforge.identity import invited
from taskforge.identity.current import current_actor
from taskforge.stores.actor import Actor
from taskforge.teams.invitations import service, team_links
from taskforge.web.invitations.presenters import url_of_sent, way_of
from taskforge.web.teams.routes import after_member_change, blueprint

JOIN_LINK = "/teams/<id:team_id>/join-links/<any(member, guest):role>"


@blueprint.post("/teams/<id:team_id>/invitations/<id:invitation_id>/resend")
def resend_invitation(team_id: str, invitation_id: str) -> ResponseReturnValue:
    """Send an invitation again; the page that follows shows its new link."""
    actor = current_actor()
    form = Form()
    sent = form.attempt(lambda: invited.resend(actor, team_id, invitation_id))
    if sent is None:
        return after_member_change(actor, team_id, form, done=False)
    flash(f"The link of before does not work any more. {way_of(sent)}", "ok")
    return go_to(url_of_sent(team_id, sent))


@blueprint.post("/teams/<id:team_id>/invitations/<id:invitation_id>/revoke")
def revoke_invitation(team_id: str, invitation_id: str) -> ResponseReturnValue:
    """Take an invitation back."""
    return _change(
        team_id,
        lambda actor: service.revoke_invitation(actor, team_id, invitation_id),
        done="The invitation is taken back. Its link does not work any more.",
        anchor="invitations",
    )


@blueprint.post(f"{JOIN_LINK}/renew")
def renew_join_link(team_id: str, role: str) -> ResponseReturnValue:
    """Switch the link for a role on, or replace it by a new one."""
    return _change(
        team_id,
        lambda actor: invited.make_join_link(actor, team_id, role=role),
        done="Whoever has the new link can join.",
        anchor="join-links",
    )


@blueprint.post(f"{JOIN_LINK}/remove")
def remove_join_link(team_id: str, role: str) -> ResponseReturnValue:
    """Switch the link for a role off."""
    return _change(
        team_id,
        lambda actor: team_links.remove_join_link(actor, team_id, role=role),
        done="The link is off.",
        anchor="join-links",
    )


def _change(
    team_id: str, use_case: Callable[[Actor], Any], *, done: str, anchor: str
) -> ResponseReturnValue:
    actor = current_actor()
    form = Form()
    if form.attempt(lambda: use_case(actor)) is None:
        return after_member_change(actor, team_id, form, done=False)
    flash(done, "ok")
    return go_to(url_for("teams.show", team_id=team_id, _anchor=anchor))
