"""The invitations into a team, and its join links, for those who manage its members."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from taskforge.accounts.token_identity import Scope
from taskforge.api.blueprints import ApiBlueprint, no_content
from taskforge.api.schemas import invitations as schemas
from taskforge.api.schemas.base import Nothing
from taskforge.api.scopes import needs_scope
from taskforge.errors import Conflict
from taskforge.identity import invited
from taskforge.identity.current import current_actor
from taskforge.identity.invited import SentInvitation
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.invitations import queries, service, team_links
from taskforge.teams.members import IS_MEMBER_ALREADY

blueprint = ApiBlueprint("team_invitations", __name__, topic="Invitations", prefix="/teams")


@blueprint.get("/<any_id:team_id>/invitations")
@blueprint.response(200, schemas.TeamInvitationList)
def list_invitations(team_id: str) -> Any:
    """The open invitations into a team."""
    return {"items": queries.list_of_team(current_actor(), team_id)}


@blueprint.post("/<any_id:team_id>/invitations")
@blueprint.arguments(schemas.NewInvitation)
@blueprint.response(201, schemas.SentInvitation)
def invite(data: dict[str, Any], team_id: str) -> Any:
    """Invite somebody, with an account or without; the link is in this answer alone."""
    sent = invited.invite(current_actor(), team_id, **data)
    if not isinstance(sent, SentInvitation):  # the same key has added them from the parent team
        raise Conflict(IS_MEMBER_ALREADY)
    return link_of(sent)


@blueprint.post("/<any_id:team_id>/invitations/<any_id:invitation_id>/resend")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, schemas.SentInvitation)
def resend(_data: dict[str, Any], team_id: str, invitation_id: str) -> Any:
    """Send an invitation again, with a new link and for seven days from now; the link of before is dead."""
    return link_of(invited.resend(current_actor(), team_id, invitation_id))


@blueprint.delete("/<any_id:team_id>/invitations/<any_id:invitation_id>")
@blueprint.response(204)
def revoke(team_id: str, invitation_id: str) -> Response:
    """Take an invitation back."""
    service.revoke_invitation(current_actor(), team_id, invitation_id)
    return no_content()


@blueprint.get("/<any_id:team_id>/join-links")
@needs_scope(Scope.ADMIN)
@blueprint.response(200, schemas.JoinLinkList)
def list_join_links(team_id: str) -> Any:
    """The links by which anybody with an account may join the team; a new team has none."""
    links = team_links.list_join_links(current_actor(), team_id)
    return {"items": [_join_link(link) for link in links]}


@blueprint.post("/<any_id:team_id>/join-links")
@blueprint.arguments(schemas.NewJoinLink)
@blueprint.response(201, schemas.JoinLink)
def make_join_link(data: dict[str, Any], team_id: str) -> Any:
    """Switch the link for a role on, or renew it; the link of before is dead."""
    actor = current_actor()
    invited.make_join_link(actor, team_id, role=data["role"])
    return _join_link_of(actor, team_id, data["role"])


@blueprint.delete("/<any_id:team_id>/join-links/<any(member, guest):role>")
@blueprint.response(204)
def remove_join_link(team_id: str, role: str) -> Response:
    """Switch the link for a role off."""
    team_links.remove_join_link(current_actor(), team_id, role=role)
    return no_content()


def link_of(sent: SentInvitation) -> dict[str, Any]:
    """An invitation with its link, as the answer to who sent it."""
    return {
        "invitation_id": sent.invitation_id,
        "expires_at": sent.expires_at,
        "url": url_for("invitations.show", token=sent.token, _external=True),
    }


def _join_link_of(actor: Actor, team_id: str, role: str) -> dict[str, Any]:
    for link in team_links.list_join_links(actor, team_id):
        if link["role"] == role:
            return _join_link(link)
    raise Conflict(team_links.OFF)  # somebody has just switched it off


def _join_link(link: sql.Row) -> dict[str, Any]:
    token = invited.find_join_token(link)
    url = token and url_for("invitations.join", token=token, _external=True)
    return {**link, "url": url, "is_valid": link["is_held"]}
