"""The history of one's log-ins, and the notice of a new device."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge.accounts import login_history
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.jobs import deliver_pending
from taskforge.stores import sql
from tests.accounts.authenticator import set_up
from tests.accounts.test_login import log_in
from tests.accounts.test_second_step import give
from tests.audit_trail import intents, mails
from tests.factories import Person
from tests.pages import Visitor, visit

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def write_events(app: Flask) -> None:
    """Let the audit job write the security events that were reported."""
    with app.app_context():
        queue = queues.queue(queues.AUDIT, redis_client())
        for job in queue.jobs:
            job.perform()
        queue.empty()


def test_log_ins_and_refused_ones_are_listed_with_address_and_device(
    app: Flask, client: FlaskClient, ada: Person, eve: Person
) -> None:
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    log_in(client, ada.email, "not the right password")
    log_in(client, ada.email)
    log_in(app.test_client(), eve.email, "not hers")
    write_events(app)
    page = Visitor(client).open("/sessions/history")
    assert page.text.index("Logged in") < page.text.index("Refused: wrong password")
    assert page.text.count("Firefox on Linux · 127.0.0.1") == 2
    assert page.text.count("Refused") == 1
    assert "All log-ins" in Visitor(client).open("/sessions").text


def test_what_was_given_is_said(app: Flask, client: FlaskClient, ada: Person) -> None:
    phone = set_up(ada)
    log_in(client, ada.email)
    give(client, "000000" if phone.code() != "000000" else "000001")
    give(client, phone.code())
    write_events(app)
    page = Visitor(client).open("/sessions/history")
    assert "Logged in with a code" in page.text
    assert "Refused: right password, wrong code" in page.text


def test_the_list_is_bounded_and_goes_back_ninety_days(app: Flask, ada: Person) -> None:
    insert = text("""
        INSERT INTO audit_logs (event_id, event, entity_type, entity_id, action, action_timestamp, new_state)
        SELECT gen_random_uuid(), 'user.logged_in', 'user', :id, 'login', now() - n * interval '1 day', '{}'
        FROM   generate_series(1, :number) n
    """)
    with app.app_context():
        sql.execute_now(insert, {"id": ada.user_id, "number": 100})
        assert len(login_history.list_logins(ada.user_id)) == 89
        for _ in range(2):
            sql.execute_now(insert, {"id": ada.user_id, "number": 60})
        assert len(login_history.list_logins(ada.user_id)) == login_history.MAX_LOGINS


def test_nobody_sees_the_log_ins_of_another(
    app: Flask, client: FlaskClient, ada: Person, eve: Person
) -> None:
    log_in(client, ada.email)
    write_events(app)
    assert "No log-in yet" in visit(eve).open("/sessions/history").text
    assert eve.api("GET", "/auth/logins").get_json() == {"items": []}
    (login,) = ada.api("GET", "/auth/logins").get_json()["items"]
    assert (login["event"], login["kind"], login["secondFactor"]) == (
        "user.logged_in",
        "browser",
        None,
    )


def test_a_log_in_with_a_new_device_is_told_once(
    app: Flask, client: FlaskClient, ada: Person
) -> None:
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    log_in(client, ada.email)
    with app.app_context():
        assert intents(ada.user_id) == ["new_device"]
        assert mails() == [("new_device", ada.email)]
        deliver_pending()
    visitor = Visitor(client)
    page = visitor.open("/inbox")
    assert (
        "Somebody logged in to your account with a new device: Firefox on Linux at 127.0.0.1"
        in page.text
    )
    assert visitor.fill("/inbox", "/open").location == "/sessions/history"
    visitor.fill("/boards", "/logout")
    log_in(client, ada.email)
    with app.app_context():
        assert intents(ada.user_id) == ["new_device"]


def test_signing_up_and_changing_the_password_are_no_new_device(
    app: Flask, client: FlaskClient
) -> None:
    names = {
        "first_name": "Ada",
        "last_name": "L",
        "email": "ada@example.test",
        "password": "Another long sentence, 43",
    }
    Visitor(client).fill("/register", "/register", **names)
    with app.app_context():
        assert (
            sql.scalar(text("SELECT count(*) FROM notification_intents WHERE kind = 'new_device'"))
            == 0
        )


def test_a_log_in_that_a_suspension_refused_says_so(
    app: Flask, client: FlaskClient, ada: Person
) -> None:
    with app.app_context():
        sql.execute_now(text("UPDATE users SET suspended_at = now()"))
    log_in(client, ada.email)
    write_events(app)
    with app.app_context():
        sql.execute_now(text("UPDATE users SET suspended_at = NULL"))
    page = visit(ada).open("/sessions/history")
    assert "Refused: the account was suspended" in page.text
    assert "wrong password" not in page.text
