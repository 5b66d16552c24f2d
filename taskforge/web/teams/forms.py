"""Forms of teams: create, edit, add a member, change a role."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import StringField, TextAreaField

from taskforge.http.forms import (
    Form,
    OpenSelectField,
    VersionForm,
    cleaned,
    is_yes,
    one_of,
    optional_id,
)
from taskforge.stores import sql
from taskforge.teams.models import DESCRIPTION_LENGTH, NAME_LENGTH
from taskforge.teams.permissions import ROLES, Permission, Role, exceeds
from taskforge.teams.two_factor import DEFAULT_GRACE_DAYS, MAX_GRACE_DAYS
from taskforge.text.validation import clean_email, clean_line, clean_text
from taskforge.text.values import parse_int

GRACE_CHOICES = [
    ("0", "now"), ("1", "tomorrow"), ("7", "in 7 days"), ("14", "in 14 days"), ("30", "in 30 days"),
]  # fmt: skip
ROLE_CHOICES = [(role, role.title()) for role in ROLES]


class CreateTeamForm(Form):
    """A new team."""

    name = StringField("Name", [cleaned(clean_line, max_length=NAME_LENGTH)])
    description = TextAreaField(
        "Description", [cleaned(clean_text, max_length=DESCRIPTION_LENGTH, required=False)]
    )
    parent_team_id = OpenSelectField("Part of", [cleaned(optional_id)])

    def offer_parents(self, teams: Iterable[sql.Row], *, ignored_id: str | None = None) -> None:
        """Offer the teams that the person may edit as parents, without `ignored_id`."""
        offered = [
            (team["team_id"], team["name"])
            for team in teams
            if Permission.TEAM_EDIT in team["permissions"] and team["team_id"] != ignored_id
        ]
        self.parent_team_id.offer([("", "No other team"), *offered])


class EditTeamForm(CreateTeamForm, VersionForm):
    """Name, description and parent of a team, and whether the parent's members are members here."""

    inherits_members = OpenSelectField("Members of that team", [cleaned(is_yes, if_sent=True)])


class AddMemberForm(Form):
    """The address of somebody who is to come into the team, and their role in it."""

    email = StringField("E-mail address", [cleaned(clean_email)])
    role = OpenSelectField(
        "Role", [cleaned(one_of, options=ROLES)], offered=ROLE_CHOICES, default=Role.MEMBER.value
    )

    def offer_roles(self, own: str) -> None:
        """Offer the roles that are not above one's own."""
        self.role.offer((role, words) for role, words in ROLE_CHOICES if not exceeds(role, own))


class RequireTwoFactorForm(Form):
    """After how many days a team requires two-factor log-in."""

    grace_days = OpenSelectField(
        "From",
        [cleaned(parse_int, minimum=0, maximum=MAX_GRACE_DAYS)],
        offered=GRACE_CHOICES,
        default=str(DEFAULT_GRACE_DAYS),
    )


class ChangeRoleForm(Form):
    """The new role of a member."""

    role = OpenSelectField("Role", [cleaned(one_of, options=ROLES)], offered=ROLE_CHOICES)


class BoardLimitForm(Form):
    """Whether a guest sees only the boards that are ticked."""

    is_limited = OpenSelectField("They see", [cleaned(is_yes)])
