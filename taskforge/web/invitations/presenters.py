"""Invitations and join links for templates."""

from __future__ import annotations

import re
from typing import Any

from flask import url_for

from taskforge.identity import invited
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.invitations import queries, team_links
from taskforge.teams.permissions import Role

_PAGE = re.compile(r"/invitations/([A-Za-z0-9_-]{43})")
ROLE_MEANINGS = {
    Role.ADMIN: "Admins change cards and boards, and manage the team.",
    Role.MEMBER: "Members read, comment, and change cards and boards.",
    Role.GUEST: "Guests read and comment.",
}


def token_in(path: str) -> str | None:
    """The token of the invitation whose page is at `path`, if it is one."""
    found = _PAGE.fullmatch(path)
    return found[1] if found else None


def show_invitation(row: sql.Row, token: str) -> dict[str, Any]:
    """What the page of an invitation shows, for who has its link."""
    path = url_for("invitations.show", token=token)
    return {
        **_role(row["role"]),
        "team_name": row["team_name"],
        "inviter_name": row["inviter_name"],
        "expires_at": row["expires_at"],
        "path": path,
        "accept": url_for("invitations.accept", token=token),
        "decline": url_for("invitations.decline", token=token),
    }


def show_join_link(row: sql.Row, token: str) -> dict[str, Any]:
    """What the page of a join link shows."""
    path = url_for("invitations.join", token=token)
    return {
        **_role(row["role"]),
        "team_name": row["team_name"],
        "inviter_name": None,
        "expires_at": None,
        "path": path,
        "accept": url_for("invitations.join_submitted", token=token),
        "decline": None,
    }


def show_own_invitations(actor: Actor) -> list[dict[str, Any]]:
    """The invitations that the actor can answer."""
    return [
        {
            **_role(row["role"]),
            "team_name": row["team_name"],
            "inviter_name": row["inviter_name"],
            "expires_at": row["expires_at"],
            "invitation_id": row["invitation_id"],
        }
        for row in queries.list_own(actor)
    ]


def show_team_invitations(
    actor: Actor, team_id: str, nonce: str | None = None
) -> list[dict[str, Any]]:
    """The open invitations into a team; the one that the actor has just sent, with this nonce, has its ``url``."""
    rows = queries.list_of_team(actor, team_id)
    return [
        {
            "invitation_id": row["invitation_id"],
            "name": row["invited_name"] or row["email"],
            "role": row["role"],
            "inviter_name": row["inviter_name"],
            "sent_at": row["sent_at"],
            "expires_at": row["expires_at"],
            "status": row["status"],
            "url": _own_url(actor, row, nonce),
        }
        for row in rows
    ]


def show_join_links(actor: Actor, team_id: str) -> list[dict[str, Any]]:
    """A team's link for each role that a link can give; ``is_on`` says whether there is one."""
    links = {link["role"]: link for link in team_links.list_join_links(actor, team_id)}
    return [_show_link(role, links.get(role)) for role in team_links.LINK_ROLES]


def url_of_sent(team_id: str, sent: invited.SentInvitation) -> str:
    """The team's page with the link of an invitation that was just sent; its sender alone is shown it there."""
    return url_for(
        "teams.show", team_id=team_id, sent=sent.nonce, _anchor=f"invitation-{sent.invitation_id}"
    )


def way_of(sent: invited.SentInvitation) -> str:
    """How the link of an invitation gets to the person: a sentence for its sender."""
    if sent.mailed:
        return "A mail with the link is on its way; you can also send it to them yourself, below."
    return "Send them the link below."


def _show_link(role: str, link: sql.Row | None) -> dict[str, Any]:
    token = invited.find_join_token(link) if link is not None and link["is_held"] else None
    return {
        "role": role,
        "meaning": ROLE_MEANINGS[Role(role)],
        "is_on": link is not None,
        "creator_name": link and link["creator_name"],
        "created_at": link and link["created_at"],
        "url": token and url_for("invitations.join", token=token, _external=True),
    }


def _own_url(actor: Actor, row: sql.Row, nonce: str | None) -> str | None:
    token = nonce and invited.find_own_token(actor, row, nonce)
    return url_for("invitations.show", token=token, _external=True) if token else None


def _role(role: str) -> dict[str, str]:
    return {
        "role": role,
        "role_words": Role(role).words,
        "role_meaning": ROLE_MEANINGS[Role(role)],
    }
