"""How long a session lives, and what is stored of its secret."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import session_records
from taskforge.extensions import db
from taskforge.messaging.redis_client import redis_client
from tests.factories import PASSWORD, Person


@pytest.mark.parametrize(("days", "lives"), [(13, True), (15, False)])
def test_a_session_ends_when_it_is_not_used_for_a_fortnight(
    ada: Person, days: int, lives: bool
) -> None:
    with ada.app.app_context(), clock.frozen(clock.now() + timedelta(days=days)):
        assert (session_records.find_identity(sid=ada.secret) is not None) == lives


@pytest.mark.parametrize(("days", "lives"), [(29, True), (31, False)])
def test_a_session_ends_after_thirty_days_however_often_it_is_used(
    ada: Person, days: int, lives: bool
) -> None:
    began = clock.now()
    with ada.app.app_context():
        for day in range(0, days, 7):
            with clock.frozen(began + timedelta(days=day)):
                assert session_records.find_identity(sid=ada.secret) is not None
        with clock.frozen(began + timedelta(days=days)):
            assert (session_records.find_identity(sid=ada.secret) is not None) == lives


def test_no_store_holds_the_secret_of_a_session_or_a_password(app: Flask, ada: Person) -> None:
    browser = ada.browser()
    browser.get("/boards")
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    with app.app_context():
        rows = [
            row
            for table in db.metadata.sorted_tables
            for row in db.session.execute(text(f'SELECT t::text FROM "{table.name}" t')).scalars()
        ]
        client = redis_client()
        stored = b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())
    everything = "".join(rows).encode() + stored
    assert ada.user_id.encode() in everything
    for secret in (cookie.value, ada.secret, PASSWORD):
        assert secret.encode() not in everything
