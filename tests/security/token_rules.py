"""What API tokens of the team's admin may do on which route: written down here, and not taken from the code."""

from __future__ import annotations

from tests.api_tokens import Program, give_token
from tests.factories import make_team
from tests.security.access_rules import OWN, PUBLIC
from tests.security.expected_access import expected
from tests.security.principals import World

# The last one may do everything, in another team of its person.
TOKENS = ("token_read", "token_write", "token_admin", "token_elsewhere")
_RANKS = {"token_read": 0, "token_write": 1, "token_admin": 2, "token_elsewhere": 2}
# About the account, or after a proof that it is the person: no token does it.
_ACCOUNT = (
    "api_auth.",
    "api_two_factor.",
    "api_tokens.",
    "api_push.",
    "api_leaving.",
    "api_admin.",
)
ACCOUNT = {
    "api_users.edit_profile", "api_users.change_email", "api_users.change_picture", "api_users.remove_picture",
    "api_team_life.delete_team", "api_team_two_factor.require", "api_team_two_factor.release",
}  # fmt: skip
# What needs the scope admin; any other change needs write.
ADMIN = {
    "api_teams.create_team", "api_teams.edit_team", "api_teams.add_member", "api_teams.change_role",
    "api_teams.remove_member", "api_teams.change_permissions", "api_boards.limit_guest",
    "api_team_invitations.invite", "api_team_invitations.resend", "api_team_invitations.revoke",
    "api_team_invitations.list_join_links", "api_team_invitations.make_join_link",
    "api_team_invitations.remove_join_link", "api_views.get_feed", "api_views.make_feed",
    "api_invitations.accept", "api_invitations.decline", "api_invitations.join",
    "api_team_life.archive_team", "api_team_life.unarchive_team", "api_team_life.restore_team",
    "api_departures.remove_member", "api_departures.restore_member", "api_departures.leave", "api_departures.transfer",
}  # fmt: skip
# What belongs to no team, or makes one.
OF_NO_TEAM = {
    "api_reminders.remove_reminder",
    "api_notifications.list_notifications", "api_notifications.mark_read", "api_invitations.list_own",
    "api_notifications.mark_unread", "api_notifications.archive", "api_notifications.unarchive",
    "api_notifications.snooze", "api_notifications.unsnooze",
    "api_invitations.accept", "api_invitations.decline", "api_invitations.join", "api_teams.create_team",
}  # fmt: skip


def make_tokens(world: World) -> dict[str, Program]:
    """One of each kind, of the team's admin."""
    admin = world.people["admin"]
    other = make_team(admin, "Another one")
    return {
        "token_read": give_token(admin, "read"),
        "token_write": give_token(admin, "read", "write"),
        "token_admin": give_token(admin, "admin"),
        "token_elsewhere": give_token(admin, "admin", team_ids=[other.team_id]),
    }


def expected_of_token(endpoint: str, token: str, method: str) -> str:
    """What a token must get, in the words of `expected_access.expected`."""
    if endpoint.startswith(_ACCOUNT) or endpoint in ACCOUNT:
        return "no"
    needed = 2 if endpoint in ADMIN else 0 if method == "GET" else 1
    if _RANKS[token] < needed:
        return "no"
    if token != "token_elsewhere":
        return expected(endpoint, "admin", method)
    if endpoint in OF_NO_TEAM:
        return "no"
    return "in" if endpoint in OWN | PUBLIC else "hidden"
