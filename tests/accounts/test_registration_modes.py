"""Who may make an account: everybody, who was invited, or nobody (`REGISTRATION`)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.config import Config, ConfigError, check_config
from tests.factories import Person, Team
from tests.pages import Visitor

NEO = {"first_name": "Neo", "email": "neo@example.test", "password": "A calm long sentence, 42"}
NEO_JSON = {"firstName": "Neo", "email": NEO["email"], "password": NEO["password"]}


@pytest.fixture
def mode(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set how accounts are made."""

    def set_mode(registration: str) -> None:
        changed = app.config["TASKFORGE"].replaced(registration=registration)
        monkeypatch.setitem(app.config, "TASKFORGE", changed)

    return set_mode


@pytest.fixture
def link(ada: Person, team: Team) -> str:
    """The path of an invitation for Neo."""
    body = {"email": NEO["email"], "role": "member"}
    url: str = ada.api("POST", f"/teams/{team.team_id}/invitations", body).json["url"]
    return url[url.index("/invitations/") :]


@pytest.mark.parametrize(
    ("registration", "sentence"),
    [("invited", "Accounts are made by invitation here."), ("closed", "No new accounts are made")],
)
def test_without_an_invitation_pages_and_api_say_why_not(
    mode: Callable[[str], None],
    client: FlaskClient,
    registration: str,
    sentence: str,
) -> None:
    mode(registration)
    visitor = Visitor(client)
    page = visitor.open("/register")
    assert page.status == 403
    assert sentence in page.text
    assert not page.has_form("/register")
    assert "Create an account" not in visitor.open("/login").text
    assert "Sign up" not in visitor.open("/invitations/unknown").text
    form = visitor.open("/login").form("/login")
    form.action = "/register"
    assert visitor.send(form, **NEO).status == 403
    answer = client.post("/api/auth/register", json=NEO_JSON)
    assert answer.status_code == 403
    assert sentence in answer.json["error"]["message"]
    login = {"email": NEO["email"], "password": NEO["password"]}
    assert client.post("/api/auth/login", json=login).status_code == 401


def test_an_invitation_lets_sign_up_by_the_page(
    mode: Callable[[str], None], client: FlaskClient, link: str
) -> None:
    mode("invited")
    visitor = Visitor(client)
    assert "Create an account" in visitor.open(link).text
    answer = visitor.fill(f"/register?next={link}", "/register", **NEO)
    assert answer.location == link
    assert visitor.send(visitor.open(link).form("/accept")).status == 303


def test_an_invitation_lets_sign_up_by_the_api(
    mode: Callable[[str], None], client: FlaskClient, link: str
) -> None:
    mode("invited")
    token = link.rpartition("/")[2]
    other = {**NEO_JSON, "email": "other@example.test", "invitation": token}
    refused = client.post("/api/auth/register", json=other)
    assert refused.status_code == 422
    assert list(refused.json["error"]["fields"]) == ["email"]
    for bad in ("x", "x" * 43):
        again = client.post("/api/auth/register", json={**NEO_JSON, "invitation": bad})
        assert again.status_code == 403
    made = client.post("/api/auth/register", json={**NEO_JSON, "invitation": token})
    assert made.status_code == 201


@pytest.mark.parametrize("way", ["page", "api"])
def test_where_mails_are_sent_an_invitation_stands_for_the_mail_of_its_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch, client: FlaskClient, link: str, way: str
) -> None:
    changed = app.config["TASKFORGE"].replaced(smtp_url="smtp://127.0.0.1:9")
    monkeypatch.setitem(app.config, "TASKFORGE", changed)
    program = app.test_client()
    login = {"email": NEO["email"], "password": NEO["password"]}
    if way == "page":
        uninvited = Visitor(client).fill("/register", "/register", **NEO)
        assert uninvited.location == "/register/sent"
        assert program.post("/api/auth/login", json=login).status_code == 401
        made = Visitor(client).fill(f"/register?next={link}", "/register", **NEO)
        assert made.location == link
    else:
        assert client.post("/api/auth/register", json=NEO_JSON).status_code == 202
        assert program.post("/api/auth/login", json=login).status_code == 401
        invited = {**NEO_JSON, "invitation": link.rpartition("/")[2]}
        assert client.post("/api/auth/register", json=invited).status_code == 201
    assert program.post("/api/auth/login", json=login).status_code == 200


def test_an_invitation_that_was_taken_back_lets_nobody_sign_up(
    mode: Callable[[str], None], client: FlaskClient, ada: Person, team: Team, link: str
) -> None:
    mode("invited")
    path = f"/teams/{team.team_id}/invitations"
    known = ada.api("GET", path).json["items"][0]["invitationId"]
    ada.api("DELETE", f"{path}/{known}")
    assert Visitor(client).open(f"/register?next={link}").status == 403


def test_not_even_an_invitation_opens_what_is_closed(
    mode: Callable[[str], None], client: FlaskClient, link: str
) -> None:
    mode("closed")
    page = Visitor(client).open(link)
    assert "No new accounts are made here." in page.text
    assert "Create an account" not in page.text
    assert Visitor(client).open(f"/register?next={link}").status == 403


def test_a_join_link_is_no_personal_invitation(
    mode: Callable[[str], None], client: FlaskClient, ada: Person, team: Team
) -> None:
    made = ada.api("POST", f"/teams/{team.team_id}/join-links", {"role": "member"}).json["url"]
    mode("invited")
    page = Visitor(client).open(made[made.index("/join/") :])
    assert "Accounts are made by invitation here." in page.text
    assert "Create an account" not in page.text


def test_another_address_than_the_invited_one_is_refused_beside_the_field(
    client: FlaskClient, link: str
) -> None:
    visitor = Visitor(client)
    other = {**NEO, "email": "trinity@example.test"}
    page = visitor.fill(f"/register?next={link}", "/register", **other)
    assert page.status == 422
    assert "is not the one that was invited" in page.text
    assert page.form("/register").fields["email"] == "trinity@example.test"


def test_an_unknown_mode_is_refused_at_the_start(config: Config) -> None:
    with pytest.raises(ConfigError, match="REGISTRATION must be one of: open, invited, closed"):
        check_config(config.replaced(registration="sometimes"))
