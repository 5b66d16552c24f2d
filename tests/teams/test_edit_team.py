"""Editing a team and its place in the hierarchy, by the service."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.boards.queries import list_teams
from taskforge.boards.service import create_board, create_team
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from taskforge.ids import new_id
from taskforge.teams import creation, service
from taskforge.teams.queries import get_team
from tests.audit_trail import events_of, last_event
from tests.factories import Person, Team, make_team
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def test_a_new_team_has_its_creator_as_admin_and_a_board(ada: Person) -> None:
    change = create_team(ada.actor, name="Web", description="We weave.")
    team = get_team(ada.actor, change.entity_id)
    assert (team["name"], team["description"], team["version"]) == ("Web", "We weave.", 1)
    assert (team["role"], team["created_by"], team["parent_name"]) == ("admin", ada.user_id, None)
    listed = list_teams(ada.actor)[0]
    assert (listed["member_count"], listed["board_count"]) == (1, 1)
    entry = events_of(change.entity_id)[0]
    assert (entry.event, entry.version, entry.before) == ("team.created", 1, None)
    assert entry.after == {
        "name": "Web",
        "description": "We weave.",
        "parent_team_id": None,
        "members": {ada.user_id: "admin"},
    }


def test_an_edit_changes_what_it_names_and_is_audited(ada: Person, team: Team) -> None:
    change = service.edit_team(ada.actor, team.team_id, version=1, changes={"name": "Webbers"})
    assert change.version == 2
    row = get_team(ada.actor, team.team_id)
    assert (row["name"], row["description"], row["version"]) == ("Webbers", "", 2)
    entry = last_event(team.team_id)
    assert (entry.event, entry.version, entry.actor_id) == ("team.edited", 2, ada.user_id)
    assert entry.before == {
        "name": "Web",
        "description": "",
        "parent_team_id": None,
        "inherits_members": False,
    }
    assert entry.after == {
        "name": "Webbers",
        "description": "",
        "parent_team_id": None,
        "inherits_members": False,
    }


@pytest.mark.parametrize("version", [2, 99])
def test_an_edit_of_another_version_is_refused(ada: Person, team: Team, version: int) -> None:
    with pytest.raises(StaleVersion):
        service.edit_team(ada.actor, team.team_id, version=version, changes={"name": "Mine"})
    assert get_team(ada.actor, team.team_id)["name"] == "Web"
    assert len(events_of(team.team_id)) == 1


def test_the_answered_version_takes_the_next_edit(ada: Person, team: Team) -> None:
    version = ada.api("GET", f"/teams/{team.team_id}").json["version"]
    for name in ("One", "Two"):
        answer = ada.api("PATCH", f"/teams/{team.team_id}", {"name": name, "version": version})
        assert answer.status_code == 200
        assert answer.json["version"] == version + 1
        version = answer.json["version"]
    assert get_team(ada.actor, team.team_id)["name"] == "Two"


def test_of_two_edits_at_once_one_is_stale(app: Flask, ada: Person, team: Team) -> None:
    def edit(name: str) -> object:
        return service.edit_team(ada.actor, team.team_id, version=1, changes={"name": name})

    answers = at_once_inside(app, [lambda: edit("One"), lambda: edit("Two")])
    assert sorted(isinstance(answer, StaleVersion) for answer in answers) == [False, True]
    row = get_team(ada.actor, team.team_id)
    assert (row["name"] in ("One", "Two"), row["version"]) == (True, 2)
    assert [one.event for one in events_of(team.team_id)] == ["team.created", "team.edited"]


def test_only_who_may_edits_a_team(bob: Person, gus: Person, eve: Person, full_team: Team) -> None:
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            service.edit_team(person.actor, full_team.team_id, version=3, changes={"name": "Mine"})
    assert get_team(bob.actor, full_team.team_id)["name"] == "Web"


def test_a_team_is_put_below_another_and_taken_out(ada: Person, team: Team) -> None:
    parent = make_team(ada, "Parents")
    service.edit_team(
        ada.actor, team.team_id, version=1, changes={"parent_team_id": parent.team_id}
    )
    row = get_team(ada.actor, team.team_id)
    assert (row["parent_team_id"], row["parent_name"]) == (parent.team_id, "Parents")
    assert last_event(team.team_id).after["parent_team_id"] == parent.team_id
    service.edit_team(ada.actor, team.team_id, version=2, changes={"parent_team_id": None})
    assert get_team(ada.actor, team.team_id)["parent_team_id"] is None


def test_the_name_of_a_parent_is_shown_to_its_members_only(
    ada: Person, bob: Person, full_team: Team
) -> None:
    parent = make_team(ada, "Secret parents")
    changes = {"parent_team_id": parent.team_id}
    service.edit_team(ada.actor, full_team.team_id, version=3, changes=changes)
    assert get_team(ada.actor, full_team.team_id)["parent_name"] == "Secret parents"
    assert get_team(bob.actor, full_team.team_id)["parent_name"] is None


def test_a_parent_must_be_a_team_that_one_may_edit(
    ada: Person, bob: Person, eve: Person, full_team: Team
) -> None:
    foreign = make_team(eve, "Foreign").team_id
    own = make_team(bob, "Own").team_id
    for person, team_id, parent in (
        (ada, full_team.team_id, foreign),
        (ada, full_team.team_id, new_id()),
        (bob, own, full_team.team_id),
    ):
        version = get_team(person.actor, team_id)["version"]
        with pytest.raises(InvalidInput) as refused:
            service.edit_team(
                person.actor, team_id, version=version, changes={"parent_team_id": parent}
            )
        assert list(refused.value.fields) == ["parent_team_id"]
    with pytest.raises(InvalidInput):
        create_team(bob.actor, name="Child", parent_team_id=full_team.team_id)


def test_no_team_is_below_itself_at_any_distance(ada: Person) -> None:
    above, middle, below = (make_team(ada, name).team_id for name in ("A", "B", "C"))
    service.edit_team(ada.actor, middle, version=1, changes={"parent_team_id": above})
    service.edit_team(ada.actor, below, version=1, changes={"parent_team_id": middle})
    for team_id, version, parent in ((above, 1, below), (above, 1, above), (middle, 2, below)):
        with pytest.raises(InvalidInput) as refused:
            service.edit_team(
                ada.actor, team_id, version=version, changes={"parent_team_id": parent}
            )
        assert "is below this team already" in str(refused.value.fields["parent_team_id"])
    assert get_team(ada.actor, above)["parent_team_id"] is None


def test_two_teams_that_are_put_below_each_other_at_once_close_no_circle(
    app: Flask, ada: Person
) -> None:
    one, two = (make_team(ada, name).team_id for name in ("One", "Two"))

    def put(team_id: str, parent: str) -> object:
        return service.edit_team(ada.actor, team_id, version=1, changes={"parent_team_id": parent})

    answers = at_once_inside(app, [lambda: put(one, two), lambda: put(two, one)])
    assert sorted(isinstance(answer, InvalidInput) for answer in answers) == [False, True]
    parents = [get_team(ada.actor, team_id)["parent_team_id"] for team_id in (one, two)]
    assert parents.count(None) == 1


def test_a_person_makes_a_limited_number_of_teams(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creation, "TEAMS_PER_USER", 2)
    make_team(ada, "One")
    make_team(ada, "Two")
    with pytest.raises(Conflict, match="You have 2 teams of your own already"):
        create_team(ada.actor, name="Three")
    assert [team["name"] for team in list_teams(ada.actor)] == ["One", "Two"]


def test_the_list_counts_members_and_boards_that_exist(ada: Person, full_team: Team) -> None:
    create_board(ada.actor, full_team.team_id, name="Second")
    team = list_teams(ada.actor)[0]
    assert (team["member_count"], team["board_count"]) == (3, 2)
    assert "team.edit" in team["permissions"]


def test_one_sees_ones_own_teams_only(
    ada: Person, bob: Person, eve: Person, full_team: Team
) -> None:
    make_team(eve, "Foreign")
    assert [team["name"] for team in list_teams(bob.actor)] == ["Web"]
    with pytest.raises(NotFound):
        get_team(eve.actor, full_team.team_id)
