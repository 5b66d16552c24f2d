"""Passkeys without a browser: how many there are, and what becomes of one whose person is kept out."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.accounts import passkeys, suspension
from taskforge.errors import Conflict, InvalidInput
from taskforge.extensions import config_of
from taskforge.stores import sql
from tests.accounts.passkey_device import Device
from tests.factories import Person, forget_confirmation, make_person
from tests.pages import Visitor, visit
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("at_a_name")


@pytest.fixture
def at_a_name(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passkeys are for hosts with a name."""
    config = config_of(app).replaced(public_url="http://localhost")
    monkeypatch.setitem(app.config, "TASKFORGE", config)


def add(person: Person) -> Device:
    device = Device()
    with person.app.app_context():
        passkeys.register(person.actor, **device.make_passkey(person))
    return device


def sign_in(app: Flask, device: Device, visitor: Visitor) -> str:
    """Where a browser is led by the passkey."""
    challenge = visitor.client.get("/login/passkey").get_json()
    with app.app_context():
        answer = device.sign_in(json.dumps(challenge["options"]))
    form = visitor.open("/login").form("/login/passkey")
    return visitor.send(form, passkey=answer, passkey_token=challenge["token"]).location


def test_it_logs_in(app: Flask, ada: Person) -> None:
    device = add(ada)
    assert sign_in(app, device, Visitor(app.test_client())) == "/boards"


def test_that_of_a_suspended_person_logs_nobody_in_and_says_why(app: Flask, ada: Person) -> None:
    device, root = add(ada), make_person(app, "Root")
    with app.app_context():
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"), {"id": root.user_id}
        )
        suspension.suspend_person(root.actor, ada.user_id, reason="Too many parcels")
    visitor = Visitor(app.test_client())
    assert sign_in(app, device, visitor) == "/login"
    assert "Too many parcels" in visitor.open("/login").text
    assert visitor.open("/boards").status == 303


def test_of_two_that_are_added_at_once_one_is_too_many(app: Flask, ada: Person) -> None:
    for _ in range(passkeys.MAX_PASSKEYS - 1):
        add(ada)
    with app.app_context():
        made = [Device().make_passkey(ada) for _ in range(6)]
    answers = at_once_inside(
        app, [lambda one=one: passkeys.register(ada.actor, **one) for one in made]
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    with app.app_context():
        assert sql.scalar(text("SELECT count(*) FROM passkeys")) == passkeys.MAX_PASSKEYS


def test_a_challenge_is_good_once_also_at_the_same_moment(app: Flask, ada: Person) -> None:
    device = add(ada)
    with app.app_context():
        challenge = passkeys.begin_sign_in()
        answers = [device.sign_in(challenge.options) for _ in range(3)]
    used = at_once_inside(
        app, [lambda one=one: passkeys.sign_in(challenge.token, one) for one in answers]
    )
    assert sum(answer == ada.user_id for answer in used) == 1
    assert sum(isinstance(answer, InvalidInput) for answer in used) == 2


def test_a_passkey_of_somebody_else_proves_nothing(app: Flask, ada: Person, bob: Person) -> None:
    visitor = visit(ada)
    form = visitor.open("/profile/data").form("/profile/data/exports")
    forget_confirmation(ada)
    for device, status in ((add(bob), 422), (add(ada), 303)):
        with app.app_context():
            challenge = passkeys.begin_sign_in()
            answer = device.sign_in(challenge.options)
        proof = {"confirm_passkey": answer, "confirm_passkey_token": challenge.token}
        assert visitor.send(form, **proof).status == status
        with app.app_context():
            assert sql.scalar(text("SELECT count(*) FROM account_exports")) == (status == 303)
