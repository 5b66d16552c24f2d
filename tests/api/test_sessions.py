"""Logging in and out, tokens, and the list of sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from taskforge.accounts import passwords
from taskforge.extensions import config_of, db
from tests.factories import PASSWORD, Person


def log_in(app: Flask, email: str, password: str = PASSWORD) -> dict[str, str]:
    client = app.test_client(use_cookies=False)
    answer = client.post("/api/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def me(app: Flask, **headers: str) -> int:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    client = app.test_client(use_cookies=False)
    return client.get("/api/users/me", headers=given).status_code


def test_a_login_answers_a_secret_a_token_and_the_user(app: Flask, ada: Person) -> None:
    answer = log_in(app, ada.email)
    assert set(answer) == {"token", "sessionId", "user"}
    assert answer["user"]["userId"] == ada.user_id
    assert answer["user"]["firstName"] == "Ada"
    assert me(app, X_Session_Id=answer["sessionId"]) == 200
    assert me(app, Authorization=f"Bearer {answer['token']}") == 200


def test_a_token_lasts_an_hour(app: Flask, ada: Person) -> None:
    claims = jwt.decode(log_in(app, ada.email)["token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3600


def test_a_token_of_an_earlier_key_is_taken_while_that_key_is_a_fallback(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer = f"Bearer {log_in(app, ada.email)['token']}"
    monkeypatch.setitem(app.config, "SECRET_KEY", "another" * 8)
    assert me(app, Authorization=bearer) == 401
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [config_of(app).secret_key])
    assert me(app, Authorization=bearer) == 200


def test_a_token_dies_with_its_session(app: Flask, ada: Person) -> None:
    answer = log_in(app, ada.email)
    bearer = f"Bearer {answer['token']}"
    logged_out = app.test_client().post("/api/auth/logout", headers={"Authorization": bearer})
    assert (logged_out.status_code, logged_out.data) == (204, b"")
    assert me(app, Authorization=bearer) == 401
    assert me(app, X_Session_Id=answer["sessionId"]) == 401


@pytest.mark.parametrize(
    "credentials",
    [
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": f"Bearer {jwt.encode({'sub': 'x'}, 'k' * 32)}"},
        {"X_Session_Id": "x" * 43},
        {"X_Session_Id": ""},
        {"X_Session_Id": "x" * 4000},
    ],
)
def test_odd_credentials_are_nobody(app: Flask, credentials: dict[str, str]) -> None:
    assert me(app, **credentials) == 401


def test_a_token_signed_with_no_algorithm_is_nobody(app: Flask, ada: Person) -> None:
    claims = {
        "sub": ada.user_id,
        "sid": ada.session_id,
        "exp": datetime.now(UTC) + timedelta(hours=1),
    }
    assert me(app, Authorization=f"Bearer {jwt.encode(claims, None, algorithm='none')}") == 401


def test_a_bad_header_is_not_saved_by_a_good_cookie(ada: Person) -> None:
    browser = ada.browser()
    assert browser.get("/api/users/me").status_code == 200
    assert browser.get("/api/users/me", headers={"X-Session-Id": "x" * 43}).status_code == 401


def test_an_api_answer_sets_no_cookie(app: Flask, client: FlaskClient, ada: Person) -> None:
    body = {"email": ada.email, "password": PASSWORD}
    for answer in (
        client.post("/api/auth/login", json=body),
        client.get("/api/users/me"),
        app.test_client().get("/api/users/me", headers=ada.headers),
    ):
        assert "Set-Cookie" not in answer.headers
    assert client.get("/api/users/me").headers["WWW-Authenticate"] == "Bearer"


def test_unknown_people_and_wrong_passwords_get_the_same_answer(
    app: Flask, client: FlaskClient, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []
    verify = passwords.verify_password

    def counting(password_hash: str | None, password: str) -> bool:
        checked.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(passwords, "verify_password", counting)
    wrong = client.post("/api/auth/login", json={"email": ada.email, "password": "not it at all"})
    unknown = client.post(
        "/api/auth/login", json={"email": "nobody@example.test", "password": "not it at all"}
    )
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE users SET suspended_at = now() WHERE user_id = :id"), {"id": ada.user_id}
        )
    suspended = client.post(
        "/api/auth/login", json={"email": ada.email, "password": "not it at all"}
    )
    assert wrong.status_code == unknown.status_code == suspended.status_code == 401
    assert wrong.data == unknown.data == suspended.data
    assert len(checked) == 3
    assert checked[1] is None


def test_too_many_wrong_passwords_are_refused_for_known_and_unknown_alike(
    app: Flask, client: FlaskClient, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(app).replaced(login_attempts_per_15_minutes=2)
    monkeypatch.setitem(app.config, "TASKFORGE", config)
    for email in (ada.email, "nobody@example.test"):
        statuses = [
            client.post("/api/auth/login", json={"email": email, "password": "wrong"}).status_code
            for _ in range(3)
        ]
        assert statuses == [401, 401, 429]
    answer = client.post("/api/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_my_sessions_are_listed_without_their_secrets(app: Flask, ada: Person) -> None:
    other = log_in(app, ada.email)
    answer = ada.api("GET", "/auth/sessions")
    sessions = answer.json["items"]
    assert len(sessions) == 2
    assert [one["id"] for one in sessions if one["current"]] == [ada.session_id]
    assert ada.secret not in answer.text
    assert other["sessionId"] not in answer.text


@pytest.mark.parametrize("by_secret", [False, True])
def test_a_session_ends_by_its_id_or_its_secret(app: Flask, ada: Person, by_secret: bool) -> None:
    other = log_in(app, ada.email)
    listed = ada.api("GET", "/auth/sessions").json
    public = next(one["id"] for one in listed["items"] if not one["current"])
    path = f"/auth/sessions/{other['sessionId'] if by_secret else public}"
    assert ada.api("DELETE", path).status_code == 204
    assert me(app, X_Session_Id=other["sessionId"]) == 401
    assert me(app, Authorization=f"Bearer {other['token']}") == 401
    assert me(app, X_Session_Id=ada.secret) == 200
    assert ada.api("DELETE", path).status_code == 404


def test_nobody_ends_the_session_of_somebody_else(ada: Person, olga: Person) -> None:
    unknown = olga.api("DELETE", "/auth/sessions/01890000-0000-7000-8000-000000000000")
    for name in (ada.session_id, ada.secret, "odd", ada.session_id.upper()):
        answer = olga.api("DELETE", f"/auth/sessions/{name}")
        assert (answer.status_code, answer.data) == (404, unknown.data)
    assert ada.api("GET", "/users/me").status_code == 200


def test_logging_out_with_a_key_ends_each_session(app: Flask, ada: Person) -> None:
    key = {"Idempotency_Key": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    other = log_in(app, ada.email)
    assert ada.api("POST", "/auth/logout", **key).status_code == 204
    headers = {"X-Session-Id": other["sessionId"], "Idempotency-Key": key["Idempotency_Key"]}
    assert app.test_client().post("/api/auth/logout", headers=headers).status_code == 204
