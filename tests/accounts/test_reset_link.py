"""A one-time link to a new password that an administrator makes, and what says whose a session is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge import clock
from taskforge.stores import sql
from tests.accounts.test_password_reset import NEW, log_in
from tests.factories import Person
from tests.pages import Visitor, visit
from tests.stores.scene import read


def test_an_administrator_makes_a_link_that_is_shown_once(
    app: Flask, ada: Person, bob: Person, client: FlaskClient
) -> None:
    with app.app_context():
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"),
            {"id": bob.user_id},
        )
    visitor = visit(bob)
    user = f"/admin/users/{ada.user_id}"
    page = visitor.fill(user, "/reset-link")
    found = re.search(r'value="(http[^"]+/password-reset/to/[^"]+)"', page.html)
    assert found is not None
    assert "/password-reset/to/" not in visitor.open(user).html
    path = re.sub(r"^https?://[^/]+", "", found[1])
    assert Visitor(client).fill(path, path, password=NEW).status == 303
    assert log_in(app, ada, NEW) == 303
    with app.app_context():
        actor = read("SELECT actor_id FROM audit_logs WHERE event = 'user.reset_link_issued'")
    assert actor == bob.user_id


def test_verify_says_whose_the_session_is_and_until_when(app: Flask, ada: Person) -> None:
    answer = ada.api("POST", "/auth/verify")
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["valid"] is True
    assert body["sessionId"] == ada.session_id
    assert body["user"]["email"] == ada.email
    assert (
        timedelta(days=13)
        < datetime.fromisoformat(body["expiresAt"]) - clock.now()
        < timedelta(days=15)
    )
    ada.api("POST", "/auth/logout")
    assert ada.api("POST", "/auth/verify").status_code == 401
    assert app.test_client().post("/api/auth/verify").status_code == 401
