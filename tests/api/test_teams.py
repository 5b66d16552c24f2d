"""Teams and their members."""

from __future__ import annotations

import pytest

from tests.factories import Person, Team, make_person, make_team

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def test_a_new_team_is_led_by_its_founder_and_has_a_board(ada: Person) -> None:
    answer = ada.api("POST", "/teams", {"name": "Web", "description": "The site"})
    assert answer.status_code == 201
    team = answer.json
    assert (team["name"], team["description"], team["role"]) == ("Web", "The site", "admin")
    assert team["createdBy"] == ada.user_id
    assert team["version"] == 1
    boards = ada.api("GET", f"/teams/{team['teamId']}/boards").json["items"]
    assert [column["status"] for column in boards[0]["columns"]] == [
        "backlog",
        "todo",
        "in_progress",
        "in_review",
        "done",
    ]


def test_only_my_teams_are_listed(team: Team, max_: Person, olga: Person) -> None:
    listed = max_.api("GET", "/teams").json["items"]
    assert [(one["teamId"], one["role"]) for one in listed] == [(team.team_id, "member")]
    assert listed[0]["memberCount"] == 3
    assert listed[0]["boardCount"] == 1
    assert [one["name"] for one in olga.api("GET", "/teams").json["items"]] == ["Elsewhere"]


def test_a_team_is_changed_by_its_admin(team: Team, ada: Person, max_: Person) -> None:
    path = f"/teams/{team.team_id}"
    version = ada.api("GET", path).json["version"]
    answer = ada.api("PATCH", path, {"description": "New", "version": version})
    assert answer.status_code == 200
    assert answer.json["description"] == "New"
    assert answer.json["name"] == "Web"
    assert answer.json["version"] == version + 1
    stale = ada.api("PATCH", path, {"description": "Old"}, If_Match=f'"{version}"')
    assert stale.status_code == 409
    assert stale.json["error"]["current"]["description"] == "New"
    assert max_.api("PATCH", path, {"name": "Mine"}).status_code == 403


def test_a_team_stands_below_another_but_never_below_itself(ada: Person, team: Team) -> None:
    child = ada.api("POST", "/teams", {"name": "Child", "parentTeamId": team.team_id})
    assert child.json["parentTeamId"] == team.team_id
    circle = ada.api("PATCH", f"/teams/{team.team_id}", {"parentTeamId": child.json["teamId"]})
    assert circle.status_code == 422
    assert list(circle.json["error"]["fields"]) == ["parentTeamId"]
    for parent in (UNKNOWN, "odd"):
        answer = ada.api("POST", "/teams", {"name": "Lost", "parentTeamId": parent})
        assert answer.status_code == 422


def test_members_are_listed_to_members(team: Team, gus: Person) -> None:
    answer = gus.api("GET", f"/teams/{team.team_id}/members")
    assert [(one["displayName"].split()[0], one["role"]) for one in answer.json["items"]] == [
        ("Ada", "admin"),
        ("Max", "member"),
        ("Gus", "guest"),
    ]


@pytest.mark.parametrize("by", ["userId", "email"])
def test_people_of_the_parent_team_are_added_by_id_or_address(
    team: Team, ada: Person, by: str
) -> None:
    eve = make_person(ada.app, "Eve")
    parent = make_team(ada, "Parents", guest=eve)
    ada.api("PATCH", f"/teams/{team.team_id}", {"parentTeamId": parent.team_id})
    named = {"userId": eve.user_id} if by == "userId" else {"email": eve.email.upper()}
    answer = ada.api("POST", f"/teams/{team.team_id}/members", {**named, "role": "member"})
    assert answer.status_code == 201
    assert answer.json["userId"] == eve.user_id
    assert answer.json["role"] == "member"
    assert eve.api("GET", f"/teams/{team.team_id}").status_code == 200


@pytest.mark.parametrize("by", ["userId", "email"])
def test_other_people_are_invited(team: Team, ada: Person, by: str) -> None:
    eve = make_person(ada.app, "Eve")
    named = {"userId": eve.user_id} if by == "userId" else {"email": eve.email.upper()}
    answer = ada.api("POST", f"/teams/{team.team_id}/members", {**named, "role": "member"})
    assert answer.status_code == 202
    assert set(answer.json) == {"invitationId", "url", "expiresAt"}
    assert eve.api("GET", f"/teams/{team.team_id}").status_code == 404


@pytest.mark.parametrize(
    ("member", "status", "field"),
    [
        ({"role": "member"}, 422, "userId"),
        ({"role": "member", "userId": UNKNOWN, "email": "a@example.test"}, 422, "userId"),
        ({"role": "member", "userId": UNKNOWN}, 422, "userId"),
        ({"role": "member", "userId": "odd"}, 422, "userId"),
        ({"role": "member", "email": "nobody@example"}, 422, "email"),
        ({"role": "owner", "email": "nobody@example.test"}, 422, "role"),
        ({"email": "nobody@example.test"}, 422, "role"),
    ],
)
def test_nobody_is_added_by_a_bad_request(
    team: Team, ada: Person, member: dict[str, str], status: int, field: str
) -> None:
    answer = ada.api("POST", f"/teams/{team.team_id}/members", member)
    assert answer.status_code == status
    assert list(answer.json["error"]["fields"]) == [field]


def test_members_are_managed_by_admins_only(
    team: Team, ada: Person, max_: Person, gus: Person
) -> None:
    path = f"/teams/{team.team_id}/members"
    for person in (max_, gus):
        assert person.api("POST", path, {"email": ada.email, "role": "guest"}).status_code == 403
        role = person.api("PATCH", f"{path}/{gus.user_id}", {"role": "admin"})
        assert role.status_code == 403
    assert max_.api("DELETE", f"{path}/{gus.user_id}").status_code == 403
    assert ada.api("PATCH", f"{path}/{gus.user_id}", {"role": "member"}).json["role"] == "member"
    assert ada.api("DELETE", f"{path}/{gus.user_id}").status_code == 204
    assert gus.api("GET", f"/teams/{team.team_id}").status_code == 404
    assert ada.api("DELETE", f"{path}/{gus.user_id}").status_code == 404


def test_a_member_may_leave_but_the_last_admin_may_not(
    team: Team, ada: Person, max_: Person
) -> None:
    path = f"/teams/{team.team_id}/members"
    assert max_.api("DELETE", f"{path}/{max_.user_id}").status_code == 204
    assert ada.api("DELETE", f"{path}/{ada.user_id}").status_code == 409
    assert ada.api("PATCH", f"{path}/{ada.user_id}", {"role": "guest"}).status_code == 409


def test_adding_somebody_twice_is_a_conflict(team: Team, ada: Person, max_: Person) -> None:
    member = {"userId": max_.user_id, "role": "guest"}
    answer = ada.api("POST", f"/teams/{team.team_id}/members", member)
    assert answer.status_code == 409
    assert answer.json["error"]["code"] == "conflict"
