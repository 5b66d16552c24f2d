"""Invitations into teams, and the links by which people join one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import Input, Instant, Output, id_answer, text_answer
from taskforge.teams.invitations.team_links import LINK_ROLES
from taskforge.teams.permissions import ROLES


class NewInvitation(Input):
    """Somebody who is invited: named by e-mail address, or by the id of their account."""

    user_id = fields.identifier(nullable=True)
    email = fields.email(required=False)
    role = fields.choice(ROLES, required=True)

    @ma.validates_schema
    def _names_one_person(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data.get("user_id") is None) == (data.get("email") is None):
            raise ma.ValidationError("Name the person by either userId or email.", "userId")


class SentInvitation(Output):
    """An invitation that was sent, with its link, which no other answer shows."""

    invitation_id = id_answer(required=True)
    url = text_answer(required=True)
    expires_at = Instant(required=True)


class _Invitation(Output):
    invitation_id = id_answer(required=True)
    team_id = id_answer(required=True)
    role = text_answer(metadata={"enum": list(ROLES)})
    inviter_name = text_answer()
    sent_at = Instant()
    expires_at = Instant()


class TeamInvitation(_Invitation):
    """An open invitation into a team, for those who manage its members."""

    email = text_answer(allow_none=True, metadata={"description": "null if invited by userId"})
    user_id = id_answer(allow_none=True)
    invited_by = id_answer()
    status = text_answer(
        metadata={
            "enum": ["open", "expired", "void"],
            "description": "void: its sender may not invite for this role any more",
        }
    )


class TeamInvitationList(Output):
    """The open invitations into a team, newest first."""

    items: Any = ma.fields.List(ma.fields.Nested(TeamInvitation), required=True)


class OwnInvitation(_Invitation):
    """An invitation that its reader can accept or decline."""

    team_name = text_answer(required=True)


class OwnInvitationList(Output):
    """The invitations of whoever is asking, newest first."""

    items: Any = ma.fields.List(ma.fields.Nested(OwnInvitation), required=True)


class Joined(Output):
    """The team that somebody has joined."""

    team_id = id_answer(required=True)


class NewJoinLink(Input):
    """The role of those who join by the link."""

    role = fields.choice(LINK_ROLES, required=True)


class JoinLink(Output):
    """A link by which anybody with an account may join a team."""

    role = text_answer(required=True, metadata={"enum": list(LINK_ROLES)})
    url = text_answer(
        required=True,
        allow_none=True,
        metadata={"description": "null if it must be renewed: the server's key has changed"},
    )
    creator_name = text_answer()
    created_at = Instant()
    is_valid = ma.fields.Boolean(
        metadata={"description": "false: who made it may not invite any more"}
    )


class JoinLinkList(Output):
    """The links of a team that are on."""

    items: Any = ma.fields.List(ma.fields.Nested(JoinLink), required=True)


class JoinToken(Input):
    """The last part of a join link."""

    token = fields.line(100)
