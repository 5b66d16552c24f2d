"""Whoever adds somebody to teams neither hides that person's own teams nor keeps them from making some."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from taskforge.boards.queries import list_teams
from taskforge.boards.service import create_team
from taskforge.errors import Conflict
from taskforge.identity import invited
from taskforge.teams import members, queries, service
from taskforge.web.boards import index_routes
from tests.factories import Person, make_team
from tests.pages import Visitor, visit
from tests.together import at_once_inside


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three teams are as many as somebody may make, or be added to."""
    monkeypatch.setattr(members, "TEAMS_PER_USER", 3)
    monkeypatch.setattr(queries, "TEAMS_PER_USER", 3)


def add_to_teams(stranger: Person, person: Person, names: list[str]) -> None:
    for name in names:
        make_team(stranger, name, member=person)


@pytest.mark.usefixtures("inside")
def test_ones_own_teams_are_listed_first(ada: Person, eve: Person) -> None:
    add_to_teams(eve, ada, ["AAA", "000", "Aaa aaa"])
    make_team(ada, "Zebra")
    assert [team["name"] for team in list_teams(ada.actor)] == ["Zebra", "000", "AAA", "Aaa aaa"]


@pytest.mark.usefixtures("inside", "few")
def test_nobody_is_added_to_more_teams_than_their_list_shows(ada: Person, eve: Person) -> None:
    add_to_teams(eve, ada, ["One", "Two", "Three"])
    team = make_team(eve, "Four")
    with pytest.raises(Conflict, match="They are in 3 teams of others already"):
        service.add_member(eve.actor, team.team_id, role="member", user_id=ada.user_id)
    assert len(list_teams(ada.actor)) == 3


@pytest.mark.usefixtures("inside", "few")
def test_teams_of_strangers_do_not_keep_one_from_making_own_ones(ada: Person, eve: Person) -> None:
    add_to_teams(eve, ada, ["One", "Two", "Three"])
    create_team(ada.actor, name="Mine")
    assert list_teams(ada.actor)[0]["name"] == "Mine"


@pytest.mark.usefixtures("few")
def test_two_at_once_do_not_pass_the_limit_together(app: Flask, ada: Person, eve: Person) -> None:
    with app.app_context():
        add_to_teams(eve, ada, ["One", "Two"])
        team_ids = [make_team(eve, f"More {number}").team_id for number in range(4)]

    def adding(team_id: str) -> Callable[[], object]:
        return lambda: (
            service.add_member(eve.actor, team_id, role="member", user_id=ada.user_id).version
        )

    results = at_once_inside(app, [adding(team_id) for team_id in team_ids])
    assert sum(isinstance(result, Conflict) for result in results) == 3


def test_all_boards_are_found_page_by_page(
    ada: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_routes, "TEAMS_PER_PAGE", 2)
    make_team(ada, "Zebra")
    add_to_teams(eve, ada, ["A", "B", "C", "D"])
    visitor, path, seen = visit(ada), "/boards", []
    while path:
        page = visitor.open(path)
        seen.append([name for name in ("Zebra", "A", "B", "C", "D") if f">{name}</a>" in page.html])
        link = page.html.partition('href="/boards?after=')[2].partition('"')[0]
        path = link and f"/boards?after={link}"
    assert seen == [["Zebra", "A"], ["B", "C"], ["D"]]
    assert visitor.open("/boards?after=nothing").status == 200


def test_adding_people_is_limited_for_each_person(
    ada: Person, bob: Person, grace: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invited, "ADDED_PER_HOUR", 3)
    team = make_team(ada)
    path = f"/teams/{team.team_id}/members"
    statuses = [
        ada.api("POST", path, {"email": bob.email, "role": "member"}).status_code for _ in range(4)
    ]
    assert statuses == [202, 409, 409, 429]
    refused = visit(ada).fill(
        f"/teams/{team.team_id}", "/members/add", email=grace.email, role="member"
    )
    assert refused.status == 429
    assert "added many people lately" in refused.text


def test_an_invitation_does_not_say_whether_an_address_has_an_account(
    ada: Person, bob: Person
) -> None:
    team = make_team(ada)
    path = f"/teams/{team.team_id}/invitations"
    answers = [
        ada.api("POST", path, {"email": email, "role": "guest"}).get_json()
        for email in (bob.email, "nobody@example.test")
    ]
    assert {tuple(answer) for answer in answers} == {("invitationId", "url", "expiresAt")}
    listed = ada.api("GET", path).get_json()["items"]
    assert len({tuple(sorted(item)) for item in listed}) == 1
    assert {item["userId"] for item in listed} == {None}


def test_a_guest_sees_no_address_but_their_own(ada: Person, bob: Person, gus: Person) -> None:
    team = make_team(ada, member=bob, guest=gus)
    page = visit(gus).open(f"/teams/{team.team_id}")
    assert gus.email in page.text
    assert ada.email not in page.html
    assert bob.email not in page.html
    answer = gus.api("GET", f"/teams/{team.team_id}/members").get_json()
    assert [item["email"] for item in answer["items"]] == [None, None, gus.email]
    assert ada.email in Visitor(bob.browser()).open(f"/teams/{team.team_id}").text
