"""Invitations and join links by the API."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.ids import new_id
from tests.factories import Person, Team, make_person, make_team

UNKNOWN = "01a223dc-1867-7535-ab6d-1ed80d342f28"


def token_of(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def invite(
    ada: Person, team: Team, email: str, role: str = "member", **headers: str
) -> dict[str, str]:
    answer = ada.api(
        "POST", f"/teams/{team.team_id}/invitations", {"email": email, "role": role}, **headers
    )
    assert answer.status_code == 201, answer.json
    found: dict[str, str] = answer.json
    return found


def test_an_invitation_is_listed_by_both_sides_and_accepted(
    ada: Person, bob: Person, team: Team
) -> None:
    sent = invite(ada, team, bob.email, "guest")
    listed = ada.api("GET", f"/teams/{team.team_id}/invitations").json["items"]
    assert [(one["invitationId"], one["email"], one["role"], one["status"]) for one in listed] == [
        (sent["invitationId"], bob.email, "guest", "open")
    ]
    assert "tokenHash" not in listed[0]
    own = bob.api("GET", "/invitations").json["items"]
    assert [(one["invitationId"], one["teamName"], one["role"]) for one in own] == [
        (sent["invitationId"], "Web", "guest")
    ]
    accepted = bob.api("POST", f"/invitations/{sent['invitationId']}/accept")
    assert accepted.json == {"teamId": team.team_id}
    assert bob.api("GET", f"/teams/{team.team_id}").json["role"] == "guest"
    assert bob.api("GET", "/invitations").json["items"] == []


def test_declined_and_revoked_ones_are_gone(ada: Person, bob: Person, team: Team) -> None:
    sent = invite(ada, team, bob.email)
    path = f"/invitations/{sent['invitationId']}"
    assert bob.api("POST", f"{path}/decline").status_code == 204
    assert bob.api("POST", f"{path}/accept").status_code == 409
    sent = invite(ada, team, bob.email)
    path = f"/teams/{team.team_id}/invitations/{sent['invitationId']}"
    assert ada.api("DELETE", path).status_code == 204
    assert ada.api("DELETE", path).status_code == 409
    assert bob.api("POST", f"/invitations/{sent['invitationId']}/accept").status_code == 409


def test_a_retry_gets_the_same_link(ada: Person, team: Team) -> None:
    key = {"Idempotency_Key": new_id()}
    assert invite(ada, team, "new@example.test", **key) == invite(
        ada, team, "new@example.test", **key
    )


def test_sending_again_answers_a_new_link(ada: Person, team: Team) -> None:
    sent = invite(ada, team, "new@example.test")
    path = f"/teams/{team.team_id}/invitations/{sent['invitationId']}/resend"
    again = ada.api("POST", path).json
    assert again["invitationId"] == sent["invitationId"]
    assert again["url"] != sent["url"]
    browser = ada.app.test_client()
    assert browser.get(urlsplit(sent["url"]).path).status_code == 404
    assert browser.get(urlsplit(again["url"]).path).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "member"}, "userId"),
        ({"role": "member", "userId": UNKNOWN}, "userId"),
        ({"role": "member", "userId": UNKNOWN, "email": "a@example.test"}, "userId"),
        ({"role": "owner", "email": "a@example.test"}, "role"),
        ({"email": "a@example.test"}, "role"),
        ({"role": "member", "email": "a@example.test\r\nBcc: b@example.test"}, "email"),
        ({"role": "member", "email": "a@example.test", "teamId": UNKNOWN}, "teamId"),
    ],
)
def test_a_bad_request_invites_nobody(
    ada: Person, team: Team, body: dict[str, str], field: str
) -> None:
    answer = ada.api("POST", f"/teams/{team.team_id}/invitations", body)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]
    assert ada.api("GET", f"/teams/{team.team_id}/invitations").json["items"] == []


def test_an_invitation_of_somebody_else_is_an_unknown_one(
    ada: Person, bob: Person, eve: Person, team: Team
) -> None:
    sent = invite(ada, team, bob.email)
    for known in (sent["invitationId"], UNKNOWN, "odd"):
        for act in ("accept", "decline"):
            assert eve.api("POST", f"/invitations/{known}/{act}").status_code == 404


def test_so_many_are_sent_in_a_day(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = app.config["TASKFORGE"].replaced(invitations_per_day=1)
    monkeypatch.setitem(app.config, "TASKFORGE", few)
    sent = invite(ada, team, "a@example.test")
    answer = ada.api(
        "POST", f"/teams/{team.team_id}/invitations", {"email": "b@example.test", "role": "guest"}
    )
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    path = f"/teams/{team.team_id}/invitations/{sent['invitationId']}/resend"
    assert [ada.api("POST", path).status_code for _ in range(2)] == [200, 429]


def test_a_join_link_is_switched_on_used_and_switched_off(
    ada: Person, bob: Person, team: Team
) -> None:
    path = f"/teams/{team.team_id}/join-links"
    assert ada.api("GET", path).json == {"items": []}
    made = ada.api("POST", path, {"role": "guest"})
    assert made.status_code == 201
    listed = ada.api("GET", path).json["items"]
    assert [(one["role"], one["url"], one["isValid"]) for one in listed] == [
        ("guest", made.json["url"], True)
    ]
    joined = bob.api("POST", "/invitations/join", {"token": token_of(made.json["url"])})
    assert joined.json == {"teamId": team.team_id}
    assert ada.api("DELETE", f"{path}/guest").status_code == 204
    assert ada.api("DELETE", f"{path}/guest").status_code == 409
    assert ada.api("POST", path, {"role": "admin"}).status_code == 422
    gone = bob.api("POST", "/invitations/join", {"token": token_of(made.json["url"])})
    assert gone.status_code == 404


def test_a_role_above_ones_own_is_refused(app: Flask, ada: Person, bob: Person) -> None:
    from sqlalchemy import text

    from taskforge.stores import sql

    team = make_team(ada, member=bob)
    with app.app_context():
        sql.execute_now(
            text("INSERT INTO role_permissions VALUES (:team, 'member', 2)"), {"team": team.team_id}
        )
    body = {"email": make_person(app, "Cyd").email, "role": "admin"}
    for place in ("invitations", "members"):
        answer = bob.api("POST", f"/teams/{team.team_id}/{place}", body)
        assert answer.status_code == 403
        assert "above your own" in answer.json["error"]["message"]


def test_the_link_leads_to_a_page(client: FlaskClient, ada: Person, team: Team) -> None:
    sent = invite(ada, team, "new@example.test")
    assert client.get(urlsplit(sent["url"]).path).status_code == 200
