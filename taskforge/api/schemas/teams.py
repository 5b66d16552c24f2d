"""Teams and their members."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.schemas.base import (
    Deletion,
    Input,
    Instant,
    Output,
    Versioned,
    id_answer,
    text_answer,
)
from taskforge.teams.models import DESCRIPTION_LENGTH, NAME_LENGTH
from taskforge.teams.permissions import ROLES
from taskforge.teams.two_factor import MAX_GRACE_DAYS


class NewTeam(Input):
    """A new team; it begins with a board of five columns."""

    name = fields.line(NAME_LENGTH)
    description = fields.long_text(DESCRIPTION_LENGTH)
    parent_team_id = fields.identifier(nullable=True)


class TeamChanges(Versioned):
    """Changes of a team; fields that are left out stay."""

    name = fields.line(NAME_LENGTH, optional=True)
    description = fields.long_text(DESCRIPTION_LENGTH)
    parent_team_id = fields.identifier(nullable=True)
    inherits_members = fields.yes_or_no()


class Role(Input):
    """A role in a team."""

    role = fields.choice(ROLES, required=True)


_IN_LISTS = "In lists only; 0 where the team requires two-factor log-in that the person lacks"


class Team(Output):
    """A team, with the role of the person who makes the request."""

    team_id = id_answer(required=True)
    name = text_answer(required=True)
    description = text_answer()
    parent_team_id = id_answer(allow_none=True)
    inherits_members = ma.fields.Boolean(
        metadata={"description": "Whether the members of the parent are members here"}
    )
    role = text_answer(metadata={"enum": list(ROLES)})
    member_count = ma.fields.Integer(metadata={"description": _IN_LISTS})
    board_count = ma.fields.Integer(metadata={"description": _IN_LISTS})
    two_factor_from = Instant(allow_none=True)
    created_by = id_answer()  # of one team, not in lists
    version = ma.fields.Integer(required=True)
    created_at = Instant()
    updated_at = Instant()
    archived_at = Instant(allow_none=True)


class DeletedTeam(Deletion):
    """A deleted team that can still be restored."""

    team_id = id_answer(required=True)


class DeletedTeamList(Output):
    """The deleted teams of which the person was an admin, latest deletion first."""

    items: Any = ma.fields.List(ma.fields.Nested(DeletedTeam), required=True)


class TwoFactorRequirement(Input):
    """After how many days a team requires two-factor log-in of everybody in it."""

    body_optional = True

    grace_days = fields.whole_number(0, MAX_GRACE_DAYS)


class MemberWithout(Output):
    """A member who has no two-factor log-in."""

    user_id = id_answer(required=True)
    display_name = text_answer(required=True)


class TeamTwoFactor(Output):
    """From when on a team requires two-factor log-in (null: not), and who has none."""

    starts_at = Instant(required=True, allow_none=True, data_key="from")
    without: Any = ma.fields.List(ma.fields.Nested(MemberWithout), required=True)


class TeamList(Output):
    """The teams of a person, by name."""

    items: Any = ma.fields.List(ma.fields.Nested(Team), required=True)


class Member(Output):
    """Somebody in a team."""

    user_id = id_answer(required=True)
    display_name = text_answer()
    email = text_answer(allow_none=True, metadata={"description": "null for guests, but their own"})
    role = text_answer(metadata={"enum": list(ROLES)})
    is_limited = ma.fields.Boolean(
        metadata={"description": "Whether a guest sees only the boards that name them"}
    )
    is_inherited = ma.fields.Boolean(metadata={"description": "Whether through a parent team"})
    joined_at = Instant()


class HandOver(Input):
    """Who gets the open tasks of somebody who goes from the team; without it they keep their assignee."""

    hand_over_to = fields.person_or_nobody()


class Transfer(Input):
    """Who becomes an admin of the team, and what the person who makes the request is then."""

    user_id = fields.identifier(required=True)
    role = fields.choice(("member", "guest"))


class RestoredMember(Member):
    """Somebody who is in the team again, and the tasks that were handed over when they were removed."""

    cards = ma.fields.Integer(
        data_key="taskCount", metadata={"description": "How many are theirs again"}
    )
    refused_count = ma.fields.Integer(metadata={"description": "How many stay as they are"})
    refused: Any = ma.fields.List(
        ma.fields.String(), metadata={"description": "Why, for at most 20 of them"}
    )


class Child(Output):
    """A team right below another one."""

    team_id = id_answer(required=True)
    name = text_answer(required=True)
    inherits_members = ma.fields.Boolean(required=True)
    is_member = ma.fields.Boolean(
        metadata={"description": "Whether the person who makes the request is in it"}
    )


class ChildList(Output):
    """The teams right below one, by name."""

    items: Any = ma.fields.List(ma.fields.Nested(Child), required=True)


class Grants(Versioned):
    """What each role may do: the names of its permissions. A permission that is left out is taken from the role."""

    admin = fields.permission_names()
    member = fields.permission_names()
    guest = fields.permission_names()


class DescribedPermission(Output):
    """A permission: its name, what it allows, and which roles of a new team hold it."""

    name = text_answer(required=True)
    description = text_answer(required=True)
    default_roles: Any = ma.fields.List(ma.fields.String(), required=True)


class Permissions(Output):
    """The permission matrix of a team: the names of the permissions of each role, and what all of them are."""

    admin: Any = ma.fields.List(ma.fields.String(), required=True)
    member: Any = ma.fields.List(ma.fields.String(), required=True)
    guest: Any = ma.fields.List(ma.fields.String(), required=True)
    permissions: Any = ma.fields.List(ma.fields.Nested(DescribedPermission), required=True)
    version = ma.fields.Integer(required=True)


class MemberList(Output):
    """The members of a team, admins first."""

    items: Any = ma.fields.List(ma.fields.Nested(Member), required=True)


class AccessAt(Input):
    """The instant of which access is explained; now, where there is none."""

    at = fields.instant()


class ExplainedRight(Output):
    """Whether somebody holds a permission, and because of what."""

    permission = text_answer(required=True)
    is_held = ma.fields.Boolean(required=True)
    reason = text_answer(required=True)


class ExplainedBoard(Output):
    """Whether somebody sees a board, and because of what."""

    board_id = id_answer(required=True)
    name = text_answer(required=True)
    is_seen = ma.fields.Boolean(required=True)
    reason = text_answer(required=True)


class ExplainedAccess(Output):
    """What somebody may do in a team, and why. The role is null for who was not in it."""

    at = Instant(required=True)
    role = text_answer(allow_none=True, metadata={"enum": [*ROLES, None]})
    is_limited = ma.fields.Boolean(required=True)
    is_kept_out = ma.fields.Boolean(
        required=True,
        metadata={
            "description": "Whether for want of the two-factor log-in that the team requires"
        },
    )
    reason = text_answer(required=True)
    rights: Any = ma.fields.List(ma.fields.Nested(ExplainedRight), required=True)
    boards: Any = ma.fields.List(ma.fields.Nested(ExplainedBoard), required=True)
