"""Logging in with a second factor: two steps, codes that are good once, and no way past them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge.accounts import sealed_secrets, second_factor
from taskforge.accounts.password_change import change_password
from taskforge.accounts.two_factor import secret_purpose
from taskforge.identity import two_step
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from tests.accounts.authenticator import Authenticator, set_up
from tests.accounts.test_login import log_in
from tests.audit_trail import events_of
from tests.factories import PASSWORD, Person
from tests.pages import Page, Visitor

STEP = "/login/second-step"


@pytest.fixture
def phone(ada: Person) -> Authenticator:
    """Ada's second factor."""
    return set_up(ada)


def give(client: FlaskClient, code: str, **more: str) -> Page:
    return Visitor(client).fill(STEP, STEP, code=code, **more)


def is_in(client: FlaskClient) -> bool:
    return client.get("/boards").status_code == 200


def test_password_and_code_log_in(client: FlaskClient, phone: Authenticator) -> None:
    answer = log_in(client, phone.person.email, next="/sessions")
    assert (answer.status, answer.location) == (303, f"{STEP}?next=/sessions")
    assert not is_in(client)
    page = Visitor(client).open(answer.location)
    done = Visitor(client).send(page.form(STEP), code=phone.code())
    assert (done.status, done.location) == (303, "/sessions")
    assert is_in(client)


def test_the_password_alone_opens_nothing(client: FlaskClient, phone: Authenticator) -> None:
    log_in(client, phone.person.email)
    assert not is_in(client)
    assert log_in(client, phone.person.email, "not the right password").status == 422
    assert client.get(STEP).status_code == 200


def test_without_the_first_step_there_is_no_second(client: FlaskClient, ada: Person) -> None:
    assert client.get(STEP).location == "/login"
    log_in(client, ada.email)
    assert is_in(client)  # without a second factor one is in at once


def test_a_code_is_good_once(app: Flask, client: FlaskClient, phone: Authenticator) -> None:
    code = phone.code()
    log_in(client, phone.person.email)
    assert give(client, code).status == 303
    other = app.test_client()
    log_in(other, phone.person.email)
    page = give(other, code)
    assert page.status == 422
    assert "used before" in page.text
    assert not is_in(other)


def test_an_earlier_code_is_refused_after_a_later_one(app: Flask, phone: Authenticator) -> None:
    actor = Actor(user_id=phone.person.user_id)
    with app.app_context():
        assert second_factor.use_code(actor, phone.code(1)) == "app"
        assert second_factor.use_code(actor, phone.code(0)) is None


def test_of_two_who_use_one_code_at_once_one_wins(app: Flask, phone: Authenticator) -> None:
    barrier, code = Barrier(2), phone.code()

    def use(_: int) -> str | None:
        with app.app_context():
            barrier.wait()
            return second_factor.use_code(Actor(user_id=phone.person.user_id), code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(use, range(2)))) == ["None", "app"]


def test_of_two_who_use_one_recovery_code_at_once_one_wins(
    app: Flask, phone: Authenticator
) -> None:
    barrier, code = Barrier(2), phone.recovery_codes[0]

    def use(_: int) -> str | None:
        with app.app_context():
            barrier.wait()
            return second_factor.use_code(Actor(user_id=phone.person.user_id), code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(use, range(2)))) == ["None", "recovery_code"]


def test_a_recovery_code_logs_in_once(
    app: Flask, client: FlaskClient, phone: Authenticator
) -> None:
    code = phone.recovery_codes[3]
    log_in(client, phone.person.email)
    assert give(client, code.upper().replace("-", " ")).status == 303
    assert "You have 9 left." in Visitor(client).open("/boards").text
    other = app.test_client()
    log_in(other, phone.person.email)
    assert give(other, code).status == 422
    with app.app_context():
        (used,) = [
            each
            for each in events_of(phone.person.user_id)
            if each.event == "user.recovery_code_used"
        ]
        assert (used.before, used.after) == ({"recovery_codes": 10}, {"recovery_codes": 9})


def test_guesses_are_limited_whatever_browser_they_come_from(
    app: Flask, phone: Authenticator
) -> None:
    statuses = []
    for number in range(11):
        client = app.test_client()
        log_in(client, phone.person.email)
        wrong = f"{(int(phone.code()) + 1000 + number) % 1_000_000:06}"
        statuses.append(give(client, wrong).status)
    assert statuses == [422] * 10 + [429]


def test_the_step_is_over_after_five_minutes_and_when_the_password_changes(
    app: Flask, client: FlaskClient, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(client, phone.person.email)
    with app.app_context():
        change_password(phone.person.actor, current=PASSWORD, new="Another long sentence, 43")
    assert client.get(STEP).location == "/login"
    log_in(client, phone.person.email, "Another long sentence, 43")
    form = Visitor(client).open(STEP).form(STEP)
    monkeypatch.setattr(two_step, "LIFETIME", timedelta(0))
    late = Visitor(client).send(form, code=phone.code())
    assert (late.status, late.location) == (303, "/login")
    assert "That took too long" in Visitor(client).open("/login").text


def test_a_suspended_person_does_not_pass_the_second_step(
    app: Flask, client: FlaskClient, phone: Authenticator
) -> None:
    log_in(client, phone.person.email)
    with app.app_context():
        sql.execute_now(text("UPDATE users SET suspended_at = now()"))
    assert client.get(STEP).location == "/login"


def test_a_program_logs_in_in_two_steps(
    app: Flask, client: FlaskClient, phone: Authenticator
) -> None:
    credentials = {"email": phone.person.email, "password": PASSWORD}
    first = client.post("/api/auth/login", json=credentials)
    assert first.status_code == 202
    needed = first.get_json()
    assert set(needed) == {"stepToken", "expiresAt", "methods"}
    wrong = {"stepToken": needed["stepToken"], "code": "nothing"}
    answer = client.post("/api/auth/login/second-step", json=wrong)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["fields"] == {
        "code": "This code is wrong, or it was used before."
    }
    right = {"stepToken": needed["stepToken"], "code": phone.code()}
    done = client.post("/api/auth/login/second-step", json=right)
    assert done.status_code == 200
    headers = {"X-Session-Id": done.get_json()["sessionId"]}
    assert client.get("/api/users/me", headers=headers).status_code == 200
    odd = {"stepToken": "x" * 40, "code": phone.code()}
    assert client.post("/api/auth/login/second-step", json=odd).status_code == 401


def test_a_sign_up_that_is_sent_again_does_not_pass_by_the_second_factor(
    app: Flask, client: FlaskClient
) -> None:
    visitor = Visitor(client)
    form = visitor.open("/register").form("/register")
    names = {
        "first_name": "Ada",
        "last_name": "L",
        "email": "ada@example.test",
        "password": PASSWORD,
    }
    assert visitor.send(form, **names).status == 303
    with app.app_context():
        user_id = sql.scalar(text("SELECT user_id FROM users"))
    set_up(Person(app, str(user_id), names["email"], "", ""))
    thief = Visitor(app.test_client())
    again = thief.send(
        thief.open("/register").form("/register"), **{**names, "op": form.fields["op"]}
    )
    assert again.status == 409
    assert not is_in(thief.client)


def test_a_secret_that_a_former_key_sealed_still_works_and_is_sealed_anew(
    app: Flask, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = app.config["TASKFORGE"]
    monkeypatch.setitem(
        app.config,
        "TASKFORGE",
        config.replaced(secret_key="f" * 64, secret_key_fallbacks=config.secret_key),
    )
    purpose = secret_purpose(phone.person.user_id)
    stored = text("SELECT sealed_secret FROM totp_secrets")
    with app.app_context():
        assert sealed_secrets.open_sealed(bytes(sql.scalar(stored)), purpose).is_outdated
        assert second_factor.use_code(phone.person.actor, phone.code()) == "app"
        assert not sealed_secrets.open_sealed(bytes(sql.scalar(stored)), purpose).is_outdated
        monkeypatch.setitem(app.config, "TASKFORGE", config.replaced(secret_key="e" * 64))
        phone.forget_use()
        assert second_factor.use_code(phone.person.actor, phone.code()) is None
        assert (
            second_factor.use_code(phone.person.actor, phone.recovery_codes[0]) == "recovery_code"
        )
        with pytest.raises(sealed_secrets.CannotOpen):
            sealed_secrets.open_sealed(b"", purpose)
