"""Forms of teams: create, edit, add a member, change a role."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import StringField, TextAreaField

from taskforge.http.forms import (
    Form,
    OpenSelectField,
    VersionForm,
    an_id,
    cleaned,
    is_yes,
    one_of,
    optional_id,
)
from taskforge.stores import sql
from taskforge.tasks.bulk.hand_over import NOBODY
from taskforge.teams.models import DESCRIPTION_LENGTH, NAME_LENGTH
from taskforge.teams.permissions import ROLES, Permission, Role, exceeds
from taskforge.teams.two_factor import DEFAULT_GRACE_DAYS, MAX_GRACE_DAYS
from taskforge.text.validation import clean_email, clean_line, clean_text
from taskforge.text.values import parse_int

GRACE_CHOICES = [
    ("0", "now"), ("1", "tomorrow"), ("7", "in 7 days"), ("14", "in 14 days"), ("30", "in 30 days"),
]  # fmt: skip
STEPPED_DOWN = (Role.MEMBER.value, Role.GUEST.value)
ROLE_CHOICES = [(role, role.title()) for role in ROLES]


def person_or_nobody(value: object, *, field: str) -> str | None:
    """The id of a person, `NOBODY`, or None for the empty option. Raises like `an_id`."""
    return NOBODY if value == NOBODY else optional_id(value, field=field)


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


class HandOverForm(Form):
    """What becomes of the open cards of who goes from a team."""

    hand_over_to = OpenSelectField("Their open cards", [cleaned(person_or_nobody)])

    def offer_people(self, others: Iterable[sql.Row], *, is_self: bool) -> None:
        """Offer that the cards stay, belong to nobody, or go to one of the `others` in the team."""
        people = ((row["user_id"], f"go to {row['display_name']}") for row in others)
        stay = "stay assigned to you" if is_self else "stay assigned to them"
        self.hand_over_to.offer([("", stay), (NOBODY, "are assigned to nobody"), *people])


class TransferForm(Form):
    """Who is to be an admin, and what one is then oneself."""

    user_id = OpenSelectField("New admin", [cleaned(an_id)])
    role = OpenSelectField(
        "You are then",
        [cleaned(one_of, options=STEPPED_DOWN)],
        offered=[(role, Role(role).words) for role in STEPPED_DOWN],
    )

    def offer_people(self, others: Iterable[sql.Row]) -> None:
        """Offer the people who were added to the team."""
        self.user_id.offer(
            (row["user_id"], f"{row['display_name']} ({row['role']})")
            for row in others
            if not row["is_inherited"]
        )


class BoardLimitForm(Form):
    """Whether a guest sees only the boards that are ticked."""

    is_limited = OpenSelectField("They see", [cleaned(is_yes)])
