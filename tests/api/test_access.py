"""Every route, by nobody: what is not meant for everybody answers 401 before it does anything."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge.extensions import db
from tests.factories import Person

OPEN = {
    "/api/auth/register",
    "/api/auth/login",
    "/api/auth/login/second-step",
    "/api/auth/password-reset",
    "/api/auth/password-reset/confirm",
    "/api/openapi.json",
}
KNOWN_FORM = "01890000-0000-7000-8000-000000000000"


def test_nobody_gets_anywhere(app: Flask, client: FlaskClient) -> None:
    checked = 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or rule.rule in OPEN:
            continue
        path = rule.rule.replace("<any(member, guest):role>", "member")
        path = re.sub(r"<int:[^>]+>", "1", path)
        path = re.sub(r"<[^>]+>", KNOWN_FORM, path)
        for method in sorted(rule.methods or ()):
            answer = client.open(path, method=method, json={} if method != "GET" else None)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            checked += 1
    assert checked > 60


def test_everybody_may_register_log_in_and_read_the_document(client: FlaskClient) -> None:
    assert client.post("/api/auth/register", json={}).status_code == 422
    assert client.post("/api/auth/login", json={}).status_code == 422
    assert client.get("/api/openapi.json").status_code == 200


def test_a_suspended_person_is_nobody(app: Flask, ada: Person) -> None:
    assert ada.api("GET", "/users/me").status_code == 200
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE users SET suspended_at = now() WHERE user_id = :id"), {"id": ada.user_id}
        )
    assert ada.api("GET", "/users/me").status_code == 401


def test_answers_are_not_kept_by_caches(client: FlaskClient, ada: Person) -> None:
    for answer in (ada.api("GET", "/users/me"), client.get("/api/users/me")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in answer.headers
