"""The roles in a team as its admin sees them; its place, and what each role may do."""

from __future__ import annotations

from taskforge.teams import service
from taskforge.teams.matrix import Matrix
from taskforge.teams.matrix_service import change_permissions, get_matrix
from taskforge.teams.queries import get_team, list_members
from tests.factories import Person, Team


def roles(team: Team, seen_by: Person) -> dict[str, str]:
    """The role of every member by id."""
    return {row["user_id"]: row["role"] for row in list_members(seen_by.actor, team.team_id)}


def put_below(person: Person, child: Team, parent: Team | None, *, inherits: bool = True) -> None:
    """Make a team the child of another one, or of none."""
    version = get_team(person.actor, child.team_id)["version"]
    changes = {"parent_team_id": parent.team_id if parent else None, "inherits_members": inherits}
    service.edit_team(person.actor, child.team_id, version=version, changes=changes)


def set_rights(person: Person, team: Team, grants: Matrix) -> str:
    """Set the matrix of a team as it is now; the id of the event."""
    version = get_matrix(person.actor, team.team_id).version
    change = change_permissions(person.actor, team.team_id, version=version, grants=grants)
    return str(change.event_id)
