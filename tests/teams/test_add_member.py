"""Adding members, by the service: who may, whom, and what it leaves behind."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound
from taskforge.ids import new_id
from taskforge.teams import members, service
from tests.audit_trail import events_of, intents, last_event
from tests.factories import Person, Team
from tests.teams.roles import roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


@pytest.mark.parametrize("role", ["admin", "member", "guest"])
def test_a_person_is_added_by_id_in_any_role(
    ada: Person, bob: Person, team: Team, role: str
) -> None:
    change = service.add_member(ada.actor, team.team_id, role=role, user_id=bob.user_id)
    assert (change.entity_id, change.version) == (team.team_id, 2)
    assert roles(team, ada) == {ada.user_id: "admin", bob.user_id: role}


def test_a_person_is_added_by_address(ada: Person, bob: Person, team: Team) -> None:
    service.add_member(ada.actor, team.team_id, role="guest", email=bob.email)
    assert roles(team, ada)[bob.user_id] == "guest"


def test_the_addition_is_audited_and_notified(ada: Person, bob: Person, team: Team) -> None:
    service.add_member(ada.actor, team.team_id, role="member", user_id=bob.user_id)
    entry = last_event(team.team_id)
    assert (entry.event, entry.actor_id, entry.version) == ("team.member_added", ada.user_id, 2)
    assert entry.before == {"members": {bob.user_id: None}}
    assert entry.after == {"members": {bob.user_id: "member"}}
    assert intents(bob.user_id) == ["added_to_team"]
    assert intents(ada.user_id) == []


def test_who_is_in_the_team_is_not_added_again(ada: Person, bob: Person, full_team: Team) -> None:
    before = events_of(full_team.team_id)
    with pytest.raises(Conflict, match="a member of this team already"):
        service.add_member(ada.actor, full_team.team_id, role="admin", user_id=bob.user_id)
    assert roles(full_team, ada)[bob.user_id] == "member"
    assert events_of(full_team.team_id) == before
    assert intents(bob.user_id) == ["added_to_team"]


@pytest.mark.parametrize(
    ("whom", "field"),
    [
        ({"user_id": new_id()}, "user_id"),
        ({"email": "nobody@example.test"}, "email"),
        ({}, "email"),
    ],
)
def test_nobody_without_an_account_is_added(
    ada: Person, team: Team, whom: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.add_member(ada.actor, team.team_id, role="member", **whom)
    assert list(refused.value.fields) == [field]
    assert len(events_of(team.team_id)) == 1


@pytest.mark.parametrize("role", ["owner", "", "Admin", "administrator"])
def test_there_are_three_roles_only(ada: Person, bob: Person, team: Team, role: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.add_member(ada.actor, team.team_id, role=role, user_id=bob.user_id)
    assert refused.value.fields == {"role": "Role must be admin, member or guest."} or list(
        refused.value.fields
    ) == ["role"]
    assert roles(team, ada) == {ada.user_id: "admin"}


def test_members_and_guests_add_nobody(
    bob: Person, gus: Person, grace: Person, full_team: Team, ada: Person
) -> None:
    for person in (bob, gus):
        with pytest.raises(Forbidden):
            service.add_member(person.actor, full_team.team_id, role="guest", user_id=grace.user_id)
    assert grace.user_id not in roles(full_team, ada)
    assert intents(grace.user_id) == []


def test_a_stranger_learns_nothing_of_the_team(eve: Person, team: Team) -> None:
    for team_id in (team.team_id, new_id()):
        with pytest.raises(NotFound):
            service.add_member(eve.actor, team_id, role="admin", user_id=eve.user_id)


def test_a_full_team_takes_nobody_more(
    ada: Person, bob: Person, grace: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MEMBERS_PER_TEAM", 2)
    service.add_member(ada.actor, team.team_id, role="member", user_id=bob.user_id)
    with pytest.raises(Conflict, match="at most 2 members"):
        service.add_member(ada.actor, team.team_id, role="member", user_id=grace.user_id)
    assert set(roles(team, ada)) == {ada.user_id, bob.user_id}


def test_two_admins_who_add_the_same_person_at_once_add_them_once(
    app: Flask, ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    service.add_member(ada.actor, team.team_id, role="admin", user_id=grace.user_id)

    def add(admin: Person, role: str) -> object:
        return service.add_member(admin.actor, team.team_id, role=role, user_id=bob.user_id)

    answers = at_once_inside(app, [lambda: add(ada, "member"), lambda: add(grace, "guest")])
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert roles(team, ada)[bob.user_id] in ("member", "guest")
    added = [one for one in events_of(team.team_id) if bob.user_id in str(one.after)]
    assert [one.event for one in added] == ["team.member_added"]
    assert intents(bob.user_id) == ["added_to_team"]


def test_the_last_place_is_given_once(
    app: Flask,
    ada: Person,
    bob: Person,
    grace: Person,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(members, "MEMBERS_PER_TEAM", 2)

    def add(person: Person) -> object:
        return service.add_member(ada.actor, team.team_id, role="guest", user_id=person.user_id)

    answers = at_once_inside(app, [lambda: add(bob), lambda: add(grace)])
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert len(roles(team, ada)) == 2
