"""What an open session, or a recorded request, does not give: the password, or a new session after its change."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.accounts.password_change import change_password
from taskforge.identity import limited
from taskforge.stores.actor import Actor
from tests.accounts.test_register import ADA, count_users
from tests.factories import PASSWORD, Person
from tests.pages import Visitor, visit

NEW = "Another long sentence, 43"


def change(visitor: Visitor, current: str, new: str = NEW) -> int:
    page = visitor.fill(
        "/profile/password", "/profile/password", current_password=current, new_password=new
    )
    return page.status


def test_the_present_password_can_be_guessed_ten_times(ada: Person) -> None:
    visitor = visit(ada)
    statuses = [change(visitor, f"a wrong guess {number}") for number in range(11)]
    assert statuses == [422] * 10 + [429]
    assert change(visitor, PASSWORD) == 429


def test_another_session_of_the_same_account_does_not_guess_on(ada: Person, bob: Person) -> None:
    for number in range(10):
        change(visit(ada), f"a wrong guess {number}")
    assert change(visit(ada), PASSWORD) == 429
    assert change(visit(bob), PASSWORD) == 303


def test_the_right_password_begins_the_count_anew(ada: Person) -> None:
    visitor = visit(ada)
    for number in range(9):
        change(visitor, f"a wrong guess {number}")
    assert change(visitor, PASSWORD) == 303
    assert [change(visitor, f"another guess {number}") for number in range(10)] == [422] * 10


def sent_again(app: Flask, op: str) -> tuple[int, FlaskClient]:
    """The sign-up of `ADA` with this operation, from another browser."""
    client = app.test_client()
    form = Visitor(client).open("/register").form("/register")
    return Visitor(client).send(form, **ADA, op=op).status, client


def test_a_recorded_sign_up_logs_nobody_in_after_the_password_changed(
    app: Flask, client: FlaskClient
) -> None:
    visitor = Visitor(client)
    form = visitor.open("/register").form("/register")
    assert visitor.send(form, **ADA).status == 303
    assert sent_again(app, form.fields["op"])[0] == 303
    assert change(visitor, ADA["password"]) == 303
    status, thief = sent_again(app, form.fields["op"])
    assert status == 409
    assert thief.get("/boards").status_code == 303
    assert count_users(app) == 1


def test_a_recorded_sign_up_over_the_api_is_refused_after_the_password_changed(
    app: Flask, client: FlaskClient
) -> None:
    body = {"firstName": "Ada", "lastName": "L", "email": ADA["email"], "password": ADA["password"]}
    key = {"Idempotency-Key": "0b51d2a0-51c0-4b0f-8f0c-0c4a3e3d9a01"}
    first = client.post("/api/auth/register", json=body, headers=key)
    assert first.status_code == 201
    assert client.post("/api/auth/register", json=body, headers=key).status_code == 201
    with app.app_context():
        change_password(Actor(user_id=first.get_json()["userId"]), current=ADA["password"], new=NEW)
    assert client.post("/api/auth/register", json=body, headers=key).status_code == 409


def test_taken_addresses_can_be_tried_a_few_times_only(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "TAKEN_ADDRESSES_PER_HOUR", 3)
    statuses = []
    for _ in range(4):
        page = Visitor(app.test_client()).fill(
            "/register", "/register", **ADA | {"email": ada.email}
        )
        statuses.append(page.status)
    assert statuses == [409, 409, 409, 429]
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    page = Visitor(elsewhere).fill("/register", "/register", **ADA | {"email": ada.email})
    assert page.status == 409
