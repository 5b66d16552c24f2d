"""Effective memberships that are not what they follow from are found, and derived again (I16)."""

from __future__ import annotations

import pytest

from taskforge.admin import doctor_probes
from taskforge.stores import doctor, invariants
from taskforge.teams import service
from taskforge.teams.queries import get_team
from tests.factories import Person, Team, make_team
from tests.stores.scene import write


@pytest.fixture
def tree(ada: Person, bob: Person, gus: Person) -> tuple[Team, Team]:
    """A team of Ada's with Bob and Gus, and one below it that takes over its members."""
    parent, child = make_team(ada, "Parent", member=bob, guest=gus), make_team(ada, "Child")
    with ada.app.app_context():
        version = get_team(ada.actor, child.team_id)["version"]
        changes = {"parent_team_id": parent.team_id, "inherits_members": True}
        service.edit_team(ada.actor, child.team_id, version=version, changes=changes)
    return parent, child


def found() -> list[str]:
    return [one.entity for one in invariants.check("I16", doctor_probes.probes())]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM effective_memberships WHERE team_id = :child AND user_id = :bob",
        "UPDATE effective_memberships SET role = 'admin' WHERE team_id = :child AND user_id = :bob",
        "UPDATE effective_memberships SET via_team_id = :child WHERE team_id = :child AND user_id = :bob",
        "UPDATE effective_memberships SET is_limited = true, role = 'guest' WHERE team_id = :child AND user_id = :bob",
    ],
)
def test_a_derived_row_that_was_changed_is_found_and_derived_again(
    ada: Person, bob: Person, tree: tuple[Team, Team], statement: str
) -> None:
    child = tree[1].team_id
    with ada.app.app_context():
        assert found() == []
        write(statement, child=child, bob=bob.user_id)
        assert found() == [f"team {child}"]
        doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
        assert found() == []
