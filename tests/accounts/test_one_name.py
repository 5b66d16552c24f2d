"""People who have one name need no second one."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from taskforge.accounts import service as accounts
from taskforge.accounts import session_records
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from tests.factories import PASSWORD, Person, new_secret
from tests.pages import Visitor, visit


def test_somebody_signs_up_with_one_name(client: FlaskClient) -> None:
    visitor = Visitor(client)
    page = visitor.fill(
        "/register",
        "/register",
        first_name="Madonna",
        last_name="",
        email="madonna@example.test",
        password=PASSWORD,
    )
    assert page.status == 303
    assert "Madonna" in visitor.open("/profile").text
    assert ">M</span>" in visitor.open("/profile").html


def test_the_api_takes_one_name_and_answers_an_empty_last_name(client: FlaskClient) -> None:
    sent = {"email": "suharto@example.test", "password": PASSWORD, "firstName": "Suharto"}
    answer = client.post("/api/auth/register", json=sent)
    assert answer.status_code == 201
    assert answer.get_json()["lastName"] == ""


def test_a_last_name_can_be_taken_away(ada: Person) -> None:
    visitor = visit(ada)
    assert visitor.fill("/profile", "/profile/edit", last_name="").status == 303
    profile = ada.api("GET", "/users/me").get_json()
    assert (profile["firstName"], profile["lastName"]) == ("Ada", "")
    assert "Ada" in visitor.open("/profile").text
    assert (
        ada.api(
            "PATCH", "/users/me", {"lastName": "Byron", "version": profile["version"]}
        ).status_code
        == 200
    )
    version = ada.api("GET", "/users/me").get_json()["version"]
    assert ada.api("PATCH", "/users/me", {"lastName": "", "version": version}).status_code == 200


def test_a_display_name_has_no_space_at_its_end(app: Flask) -> None:
    user_id = new_id()
    with app.app_context():
        accounts.register_user(
            Actor(user_id=user_id), email="pele@example.test", password=PASSWORD, first_name="Pelé"
        )
        secret = new_secret()
        session_id = session_records.open_session(user_id, secret, kind="api")
    person = Person(app, user_id, "pele@example.test", secret, session_id)
    assert "<bdi>Pelé</bdi>" in visit(person).open("/profile").html
