"""Registering, and one's own profile."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.extensions import config_of
from taskforge.stores import mongo
from tests.factories import PASSWORD, Person
from tests.stores.scene import relay_everything

NEW = {
    "email": "Grace@Example.test",
    "password": PASSWORD,
    "firstName": "Grace",
    "lastName": "Hopper",
}

# Of the choices how one is notified.
DEFAULTS = {
    "email": True, "push": True, "frequency": "immediate", "digestHour": 8, "digestWeekday": 1,
    "quietFrom": None, "quietUntil": None,
}  # fmt: skip


def test_registering_answers_the_new_user(client: FlaskClient) -> None:
    answer = client.post("/api/auth/register", json=NEW)
    assert answer.status_code == 201
    user_id = answer.json["userId"]
    assert answer.json == {
        "userId": user_id,
        "email": "grace@example.test",
        "firstName": "Grace",
        "lastName": "Hopper",
    }
    with client.application.app_context():
        relay_everything()
    assert mongo.collection("profiles").count_documents({"_id": user_id}) == 1


def test_the_same_key_registers_once(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = client.post("/api/auth/register", json=NEW, headers=headers)
    again = client.post("/api/auth/register", json=NEW, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    other = client.post(
        "/api/auth/register", json=NEW | {"email": "other@example.test"}, headers=headers
    )
    assert other.status_code == 422


def test_an_address_registers_once(client: FlaskClient) -> None:
    assert client.post("/api/auth/register", json=NEW).status_code == 201
    answer = client.post("/api/auth/register", json=NEW | {"email": " GRACE@example.TEST "})
    assert answer.status_code == 409


def test_all_wrong_fields_are_named_at_once(client: FlaskClient) -> None:
    answer = client.post("/api/auth/register", json={"email": "no", "firstName": "", "lastName": 7})
    assert answer.status_code == 422
    assert answer.json["error"]["fields"] == {
        "email": "Email must be an address like name@example.com.",
        "firstName": "First name is required.",
        "lastName": "Last name must be text.",
        "password": "Password is required.",
    }


def test_a_weak_password_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/auth/register", json=NEW | {"password": "password1234"})
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {"password"}


def test_registrations_from_one_address_are_limited(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TASKFORGE", config_of(app).replaced(registrations_per_hour=1))
    assert client.post("/api/auth/register", json=NEW).status_code == 201
    refused = client.post("/api/auth/register", json=NEW | {"email": "b@example.test"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_my_profile_is_shown(ada: Person) -> None:
    answer = ada.api("GET", "/users/me")
    assert answer.status_code == 200
    assert answer.json["userId"] == ada.user_id
    assert answer.json["email"] == ada.email
    assert answer.json["firstName"] == "Ada"
    assert answer.json["preferences"]["theme"] == "system"
    notifications = answer.json["preferences"]["notifications"]
    matrix = notifications["matrix"]
    assert notifications == {**DEFAULTS, "matrix": matrix}
    assert matrix["assigned"] == dict.fromkeys(("inbox", "live", "mail", "push"), True)
    assert matrix["status_changed"] == {"inbox": True, "live": True, "mail": False, "push": False}
    assert "mail" not in matrix["new_device"]
    assert answer.json["detailsAvailable"] is True
    assert "passwordHash" not in answer.text


def test_a_profile_changes_in_part(ada: Person) -> None:
    changes = {
        "firstName": "Augusta",
        "preferences": {
            "notifications": {"frequency": "daily", "matrix": {"assigned": {"mail": False}}}
        },
        "version": 1,
    }
    answer = ada.api("PATCH", "/users/me", changes)
    assert answer.status_code == 200
    assert answer.json["firstName"] == "Augusta"
    assert answer.json["lastName"].startswith("Number")
    notifications = answer.json["preferences"]["notifications"]
    assert notifications["matrix"]["assigned"]["mail"] is False
    assert notifications["matrix"]["assigned"]["push"] is True
    assert {name: notifications[name] for name in DEFAULTS} == {**DEFAULTS, "frequency": "daily"}
    assert answer.json["version"] == 2
    assert answer.headers["ETag"] == '"2"'


def test_an_older_profile_is_not_changed(ada: Person) -> None:
    assert ada.api("PATCH", "/users/me", {"bio": "one"}).status_code == 200
    answer = ada.api("PATCH", "/users/me", {"bio": "two", "version": 1})
    assert answer.status_code == 409
    assert answer.json["error"]["current"]["bio"] == "one"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "new@example.test"}, "email"),
        ({"isSiteAdmin": True}, "isSiteAdmin"),
        ({"preferences": {"theme": "pink"}}, "preferences.theme"),
        ({"preferences": {"notifications": {"email": "yes"}}}, "preferences.notifications.email"),
        ({"preferences": "dark"}, "preferences"),
        *(
            ({"preferences": {"notifications": {name: value}}}, f"preferences.notifications.{name}")
            for name, value in (
                ("digestHour", 24),
                ("digestWeekday", 0),
                ("quietFrom", "9:00"),
                ("quietUntil", "23:00"),
                ("matrix", []),
                ("matrix", {"invented": {"mail": True}}),
                ("matrix", {"assigned": {"mail": 1}}),
                ("matrix", {"new_device": {"mail": True}}),
            )
        ),
        ({"bio": "x" * 2_001}, "bio"),
    ],
)
def test_a_profile_refuses_what_is_not_its_own(
    ada: Person, change: dict[str, object], field: str
) -> None:
    answer = ada.api("PATCH", "/users/me", change)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]
