"""The roles in a team as its admin sees them."""

from __future__ import annotations

from taskforge.teams.queries import list_members
from tests.factories import Person, Team


def roles(team: Team, seen_by: Person) -> dict[str, str]:
    """The role of every member by id."""
    return {row["user_id"]: row["role"] for row in list_members(seen_by.actor, team.team_id)}
