"""Logging in and out in a browser."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge.accounts import passwords
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.stores import sql
from tests.factories import PASSWORD, Person
from tests.pages import Page, Visitor, visit

WRONG = "That address and that password do not belong together."


def log_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> Page:
    return Visitor(client).fill("/login", "/login", email=email, password=password, **more)


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value


def test_the_right_password_logs_in_under_a_new_secret(client: FlaskClient, ada: Person) -> None:
    client.get("/login")
    before = cookie_of(client)
    answer = log_in(client, ada.email.upper())
    assert (answer.status, answer.location) == (303, "/boards")
    assert cookie_of(client) != before
    assert client.get("/boards").status_code == 200
    client.set_cookie(client.application.config["SESSION_COOKIE_NAME"], before)
    assert client.get("/boards").status_code == 303


def test_a_cheap_hash_is_made_anew_at_the_next_login(client: FlaskClient, ada: Person) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    stored = text("SELECT password_hash FROM users WHERE user_id = :id")
    with client.application.app_context():
        sql.execute_now(
            text("UPDATE users SET password_hash = :hash WHERE user_id = :id"),
            {"hash": cheap, "id": ada.user_id},
        )
        assert log_in(client, ada.email).status == 303
        renewed = str(sql.scalar(stored, {"id": ada.user_id}))
    assert renewed != cheap
    assert not passwords.needs_rehash(renewed)
    assert log_in(client.application.test_client(), ada.email).status == 303


@pytest.mark.parametrize("who", ["somebody", "nobody"])
def test_every_failure_looks_the_same_and_costs_one_check(
    client: FlaskClient, ada: Person, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[bool] = []
    real = passwords.verify_password

    def counted(password_hash: str | None, password: str) -> bool:
        checks.append(True)
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "verify_password", counted)
    email = ada.email if who == "somebody" else "nobody@example.test"
    page = log_in(client, email, "not the right password")
    assert page.status == 422
    assert WRONG in page.text
    assert page.form("/login").fields["email"] == email
    assert page.form("/login").fields["password"] == ""
    assert len(checks) == 1


def test_the_eleventh_try_must_wait_but_another_address_need_not(
    app: Flask, client: FlaskClient, ada: Person
) -> None:
    for _ in range(10):
        assert log_in(client, ada.email, "not the right password").status == 422
    page = log_in(client, ada.email)
    assert page.status == 429
    assert int(page.answer.headers["Retry-After"]) > 0
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert log_in(elsewhere, ada.email).status == 303


def test_logging_in_leads_to_where_one_wanted_to_go(client: FlaskClient, ada: Person) -> None:
    asked = client.get("/inbox?show=unread")
    assert asked.location == "/login?next=/inbox?show%3Dunread"
    page = Visitor(client).open(asked.location)
    answer = Visitor(client).send(page.form("/login"), email=ada.email, password=PASSWORD)
    assert answer.location == "/inbox?show=unread"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_no_other_site_is_ever_led_to(client: FlaskClient, ada: Person, target: str) -> None:
    assert log_in(client, ada.email, next=target).location == "/boards"


def test_logging_out_ends_the_session_for_good(client: FlaskClient, ada: Person) -> None:
    log_in(client, ada.email)
    secret = cookie_of(client)
    answer = Visitor(client).fill("/boards", "/logout")
    assert (answer.status, answer.location) == (303, "/login")
    assert "storage" in answer.answer.headers["Clear-Site-Data"]
    client.set_cookie(client.application.config["SESSION_COOKIE_NAME"], secret)
    assert client.get("/boards").status_code == 303


def test_logging_out_twice_is_no_error(client: FlaskClient, ada: Person) -> None:
    log_in(client, ada.email)
    visitor = Visitor(client)
    visitor.fill("/boards", "/logout")
    token = visitor.open("/login").form("/login").fields["csrf_token"]
    assert client.post("/logout", data={"csrf_token": token}).status_code == 303


def test_logging_in_and_failing_to_are_put_on_record(
    app: Flask, client: FlaskClient, ada: Person
) -> None:
    log_in(client, ada.email, "not the right password")
    log_in(client, ada.email)
    with app.app_context():
        waiting = queues.queue(queues.AUDIT, redis_client()).jobs
    events = [job.args[0] for job in waiting if job.func_name == queues.WRITE_SECURITY_EVENT]
    assert [event["event"] for event in events] == ["user.login_failed", "user.logged_in"]
    assert ada.email not in str(events)


def test_the_front_page_leads_to_the_login_or_to_the_boards(
    app: Flask, client: FlaskClient, ada: Person
) -> None:
    assert client.get("/").location == "/login"
    assert visit(ada).open("/").location == "/boards"


def test_without_a_csrf_token_nobody_logs_in_or_out(client: FlaskClient, ada: Person) -> None:
    assert client.post("/login", data={"email": ada.email, "password": PASSWORD}).status_code == 403
    browser = ada.browser()
    assert browser.post("/logout").status_code == 403
    assert browser.get("/boards").status_code == 200
