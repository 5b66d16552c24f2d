"""Signing up where mails are sent: the link makes the account, and nobody learns which addresses have one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge import clock
from taskforge.accounts import registration
from taskforge.admin import doctor_probes
from taskforge.errors import NotFound
from taskforge.stores import doctor
from tests.accounts.test_password_reset import latest_mail
from tests.accounts.test_register import ADA, count_users
from tests.factories import Person
from tests.pages import Page, Visitor
from tests.stores.conftest import catch_up
from tests.stores.scene import read
from tests.together import at_once_inside
from tests.trips import counting_statements


@pytest.fixture(autouse=True)
def mailing(app: Flask) -> Iterator[None]:
    """A mail server is set up; no worker sends to it."""
    config = app.config["TASKFORGE"]
    app.config["TASKFORGE"] = config.replaced(smtp_url="smtp://127.0.0.1:9")
    yield
    app.config["TASKFORGE"] = config


def sign_up(client: FlaskClient, **changes: str) -> Page:
    return Visitor(client).fill("/register", "/register", **{**ADA, **changes})


def path_of(app: Flask) -> str:
    return re.sub(r"^https?://[^/]+", "", latest_mail(app)[2])


def test_the_link_makes_the_account_confirms_its_address_and_logs_in(
    app: Flask, client: FlaskClient
) -> None:
    assert sign_up(client).location == "/register/sent"
    assert "mailbox" in Visitor(client).open("/register/sent").text
    assert count_users(app) == 0
    tried = Visitor(client).fill("/login", "/login", email=ADA["email"], password=ADA["password"])
    assert tried.status == 422  # as for an address with an account and another password
    path = path_of(app)
    other = Visitor(app.test_client())  # the mail may be opened on another device
    shown = other.open(path)
    assert ADA["email"] in shown.text
    assert count_users(app) == 0  # looking makes nothing
    assert other.fill(path, path).location.startswith("/boards/")
    assert other.open("/profile").status == 200
    assert "· confirmed" in other.open("/profile").text
    with app.app_context():
        catch_up()
        assert read("SELECT count(*) FROM pending_registrations") == 0
        assert doctor.examine(doctor_probes.probes()).found == []


def test_every_address_has_the_same_answer_and_the_mail_tells_the_rest(
    app: Flask, client: FlaskClient, ada: Person
) -> None:
    fresh, taken = sign_up(client), sign_up(client, email=ada.email)
    assert (fresh.status, fresh.location) == (taken.status, taken.location)
    assert latest_mail(app)[:2] == (ada.email, "You have a TaskForge account already")
    for email in (ADA["email"], ada.email):
        body = {"firstName": "Ada", "email": email, "password": ADA["password"]}
        answer = app.test_client().post("/api/auth/register", json=body)
        assert (answer.status_code, answer.data) == (202, b"")
    assert count_users(app) == 1


def test_every_address_costs_the_same(app: Flask, ada: Person) -> None:
    asked = []
    for email in (ADA["email"], ada.email):
        body = {"firstName": "Ada", "email": email, "password": ADA["password"]}
        with counting_statements(app) as statements:
            app.test_client().post("/api/auth/register", json=body)
        asked.append(list(statements))
    assert asked[0] == asked[1]


def test_the_link_works_once_and_for_a_day(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    path = path_of(app)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert Visitor(client).open(path).status == 404
    form = Visitor(client).open(path).form(path)
    assert Visitor(client).send(form).status == 303
    stranger = Visitor(app.test_client())
    assert stranger.open(path).status == 404
    assert "log in" in stranger.open(path).text


def test_of_two_uses_at_once_one_makes_the_account(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    token = path_of(app).rpartition("/")[2]
    use = partial(registration.complete_registration, token, ip=None, user_agent=None)
    answers = at_once_inside(app, [use, use])
    assert [type(answer) for answer in answers].count(NotFound) == 1
    assert count_users(app) == 1


def test_of_two_links_for_one_address_the_second_makes_nothing(
    app: Flask, client: FlaskClient
) -> None:
    sign_up(client)
    first = path_of(app)
    sign_up(client, password="Another long sentence, 43")
    second = path_of(app)
    assert Visitor(client).fill(first, first).status == 303
    late = Visitor(app.test_client()).fill(second, second)
    assert late.status == 409
    assert count_users(app) == 1


def test_a_weak_password_is_refused_at_once_for_every_address(
    client: FlaskClient, ada: Person
) -> None:
    for email in (ADA["email"], ada.email):
        assert sign_up(client, email=email, password="123456789012").status == 422


def test_mails_to_an_address_are_limited(client: FlaskClient) -> None:
    assert [sign_up(client).status for _ in range(6)] == [303] * 5 + [429]
