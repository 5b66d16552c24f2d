"""A forgotten password: the link works once, for ten minutes, for its account; nobody learns who has an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import password_change, password_reset, passwords
from taskforge.errors import NotFound
from taskforge.extensions import config_of
from taskforge.mail import queries
from taskforge.mail.messages import render
from taskforge.stores import sql
from tests.factories import PASSWORD, Person
from tests.pages import Page, Visitor
from tests.stores.scene import read
from tests.together import at_once_inside
from tests.trips import counting_statements

NEW = "Another long sentence, 43"
FORGOT = "/password-reset"


@pytest.fixture
def stranger(client: FlaskClient) -> Visitor:
    """Somebody at a browser who is not logged in."""
    return Visitor(client)


@pytest.fixture
def without_mail(app: Flask) -> Iterator[Flask]:
    """A production without a mail server."""
    config = app.config["TASKFORGE"]
    app.config["TASKFORGE"] = config.replaced(taskforge_env="production")
    yield app
    app.config["TASKFORGE"] = config


def ask(stranger: Visitor, email: str, **headers: str) -> Page:
    """Ask for a link, by the page."""
    form = stranger.open(FORGOT).form(FORGOT)
    return stranger.send(form, email=email, headers=headers or None)


def latest_mail(app: Flask) -> tuple[str, str, str]:
    """Address, subject and link of the latest mail."""
    with app.app_context():
        row = sql.row(queries.LATEST, {"limit": 1})
        assert row is not None
        rendered = render(config_of(), row)
    return row["to_address"], rendered.subject, rendered.link


def path_for(app: Flask, stranger: Visitor, person: Person) -> str:
    """The path of a new link for somebody."""
    assert ask(stranger, person.email).status == 303
    address, _, link = latest_mail(app)
    assert address == person.email
    return re.sub(r"^https?://[^/]+", "", link)


def log_in(app: Flask, person: Person, password: str) -> int:
    visitor = Visitor(app.test_client())
    return visitor.fill("/login", "/login", email=person.email, password=password).status


def test_the_log_in_leads_to_it(stranger: Visitor) -> None:
    assert f'href="{FORGOT}"' in stranger.open("/login").html


def test_a_link_sets_a_new_password_and_ends_all_sessions(
    app: Flask, ada: Person, stranger: Visitor
) -> None:
    browser = ada.browser()
    path = path_for(app, stranger, ada)
    assert stranger.fill(path, path, password=NEW).location == "/login"
    assert "Log in with it" in stranger.open("/login").text
    assert stranger.open("/boards").status == 303  # the link logs nobody in
    assert browser.get("/boards").status_code == 303
    assert ada.api("GET", "/users/me").status_code == 401
    assert log_in(app, ada, PASSWORD) == 422
    assert log_in(app, ada, NEW) == 303


def test_the_owner_is_told_and_the_log_has_it(app: Flask, ada: Person, stranger: Visitor) -> None:
    path = path_for(app, stranger, ada)
    stranger.fill(path, path, password=NEW)
    assert latest_mail(app)[:2] == (ada.email, "Your TaskForge password was changed")
    with app.app_context():
        events = sql.rows(
            text("SELECT event FROM audit_logs WHERE entity_id = :id ORDER BY log_id"),
            {"id": ada.user_id},
        )
    named = [row["event"] for row in events]
    assert named[-2:] == ["user.password_reset_requested", "user.password_reset"]


def test_every_address_has_the_same_answer_and_the_mail_tells_the_rest(
    app: Flask, ada: Person, stranger: Visitor
) -> None:
    known, unknown = ask(stranger, ada.email), ask(stranger, "nobody@example.test")
    assert (known.status, known.location) == (unknown.status, unknown.location)
    assert latest_mail(app)[:2] == (
        "nobody@example.test",
        "You have no TaskForge account with this address",
    )
    for address in (ada.email, "nobody@example.test"):
        answer = app.test_client().post("/api/auth/password-reset", json={"email": address})
        assert (answer.status_code, answer.data) == (202, b"")


def test_every_address_costs_the_same(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "hash_password", hashed.append)
    monkeypatch.setattr(passwords, "verify_password", lambda *_: hashed.append("verified"))
    asked = []
    for address in (ada.email, "nobody@example.test"):
        with counting_statements(app) as statements:
            app.test_client().post("/api/auth/password-reset", json={"email": address})
        asked.append(list(statements))
    assert asked[0] == asked[1]
    assert hashed == []


def test_a_suspended_account_is_like_none(app: Flask, ada: Person, stranger: Visitor) -> None:
    with app.app_context():
        sql.execute_now(text("UPDATE users SET suspended_at = now()"))
    ask(stranger, ada.email)
    assert latest_mail(app)[1] == "You have no TaskForge account with this address"


def test_a_link_works_once(app: Flask, ada: Person, stranger: Visitor) -> None:
    path = path_for(app, stranger, ada)
    form = stranger.open(path).form(path)
    assert stranger.send(form, password=NEW).status == 303
    again = stranger.send(form, password=NEW + "!")
    assert again.status == 404
    assert "This link is used up" in again.text
    assert log_in(app, ada, NEW) == 303


def test_of_two_uses_at_once_one_wins(app: Flask, ada: Person, stranger: Visitor) -> None:
    token = path_for(app, stranger, ada).rpartition("/")[2]
    uses = [
        partial(password_reset.reset_password, token, f"{NEW} {n}", ip=None, user_agent=None)
        for n in range(2)
    ]
    answers = at_once_inside(app, uses)
    assert sorted(type(answer) for answer in answers if answer is not None) == [NotFound]
    won = answers.index(None)
    assert log_in(app, ada, f"{NEW} {won}") == 303
    assert log_in(app, ada, f"{NEW} {1 - won}") == 422


def test_a_link_works_for_ten_minutes(app: Flask, ada: Person, stranger: Visitor) -> None:
    path = path_for(app, stranger, ada)
    with clock.frozen(clock.now() + timedelta(minutes=9)):
        assert stranger.open(path).status == 200
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert stranger.open(path).status == 404


def test_a_link_dies_with_a_change_of_the_password(
    app: Flask, ada: Person, stranger: Visitor
) -> None:
    path = path_for(app, stranger, ada)
    with app.app_context():
        password_change.change_password(ada.actor, current=PASSWORD, new=NEW)
    assert stranger.open(path).status == 404
    token = path.rpartition("/")[2]
    answer = app.test_client().post(
        "/api/auth/password-reset/confirm", json={"token": token, "password": NEW + "!"}
    )
    assert answer.status_code == 404
    assert "used already, or its time is over" in answer.get_json()["error"]["message"]


def test_a_link_dies_with_a_change_of_the_address(
    app: Flask, ada: Person, stranger: Visitor
) -> None:
    path = path_for(app, stranger, ada)
    with app.app_context():
        sql.execute_now(text("UPDATE users SET email = 'other@example.test'"))
    assert stranger.open(path).status == 404


def test_a_weak_password_is_refused_and_leaves_the_link_open(
    app: Flask, ada: Person, stranger: Visitor
) -> None:
    path = path_for(app, stranger, ada)
    refused = stranger.fill(path, path, password="123456789012")
    assert refused.status == 422
    assert stranger.send(refused.form(path), password=NEW).status == 303


@pytest.mark.parametrize("token", ["x", "x" * 43, "%7B%7D", "0" * 100, "é"])
def test_a_guessed_link_is_refused(app: Flask, stranger: Visitor, token: str) -> None:
    assert stranger.open(f"{FORGOT}/to/{token}").status == 404
    answer = app.test_client().post(
        "/api/auth/password-reset/confirm", json={"token": token, "password": NEW}
    )
    assert answer.status_code == 404


def test_the_api_sets_a_password(app: Flask, ada: Person, stranger: Visitor) -> None:
    token = path_for(app, stranger, ada).rpartition("/")[2]
    answer = app.test_client().post(
        "/api/auth/password-reset/confirm", json={"token": token, "password": NEW}
    )
    assert answer.status_code == 204
    assert log_in(app, ada, NEW) == 303


def test_the_token_is_in_no_store_and_in_no_log(
    app: Flask, ada: Person, stranger: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    path = path_for(app, stranger, ada)
    token = path.rpartition("/")[2]
    shown = stranger.open(path)
    stranger.fill(path, path, password=NEW)
    assert shown.answer.headers["Referrer-Policy"] == "strict-origin"
    with app.app_context():
        for table in ("mail_intents", "account_links", "audit_logs", "outbox", "operations"):
            rows = read(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            assert token not in rows
            assert token.encode().hex() not in rows
    output = capfd.readouterr()
    assert token not in output.out + output.err


def test_the_link_is_of_public_url_whatever_host_was_asked(
    app: Flask, ada: Person, stranger: Visitor
) -> None:
    app.test_client().post(
        "/api/auth/password-reset",
        json={"email": ada.email},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    link = latest_mail(app)[2]
    assert link.startswith(app.config["TASKFORGE"].public_url + "/password-reset/to/")


def test_asking_is_limited_for_an_address_with_or_without_an_account(
    app: Flask, ada: Person
) -> None:
    def ask_by_api(address: str) -> int:
        client = app.test_client()
        return client.post("/api/auth/password-reset", json={"email": address}).status_code

    for address in (ada.email, "nobody@example.test"):
        assert [ask_by_api(address) for _ in range(6)] == [202] * 5 + [429]


def test_without_mail_nothing_is_queued_and_the_page_names_the_other_way(
    without_mail: Flask, ada: Person
) -> None:
    client = without_mail.test_client()
    answer = client.post("/api/auth/password-reset", json={"email": ada.email})
    assert answer.status_code == 202
    with without_mail.app_context():
        assert read("SELECT count(*) FROM mail_intents") == 0
        assert read("SELECT count(*) FROM account_links") == 0
    page = Visitor(client).open(FORGOT)
    assert "Ask one of its administrators" in page.text
    assert not page.has_form(FORGOT)
