"""API tokens: made, listed, used, revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.accounts import api_tokens
from taskforge.accounts.api_tokens import NewToken, create_token
from taskforge.ids import new_id
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from tests.api_tokens import Program, give_token, let_expire, suspend
from tests.audit_trail import events_of, mails
from tests.factories import PASSWORD, Person, Team, forget_confirmation, make_team
from tests.together import at_once_inside

PATH = "/users/me/tokens"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")


def make(person: Person, **fields: object) -> Program:
    """A token, as a program asks for it."""
    answer = person.api("POST", PATH, {"name": "CI", "scopes": ["read"], **fields})
    assert answer.status_code == 201, answer.text
    return Program(person.app, answer.json["tokenId"], answer.json["token"])


def test_a_token_is_answered_once_and_stored_as_a_hash(app: Flask, ada: Person) -> None:
    answer = ada.api(
        "POST", PATH, {"name": " CI ", "scopes": ["write", "read"], "expiresAt": TOMORROW}
    )
    assert answer.status_code == 201
    token = answer.json["token"]
    assert token.startswith("tf_")
    assert len(token) == len("tf_") + 43  # 256 bit in base64
    assert answer.json["name"] == "CI"
    assert answer.json["scopes"] == ["read", "write"]
    assert (answer.json["teamIds"], answer.json["lastUsedAt"]) == (None, None)
    listed = ada.api("GET", PATH)
    assert [one["tokenId"] for one in listed.json["items"]] == [answer.json["tokenId"]]
    assert token not in listed.text
    with app.app_context():
        dump = "".join(
            str(sql.rows(text(f"SELECT to_jsonb(x) FROM {table} x")))
            for table in ("api_tokens", "audit_logs", "operations", "mail_intents", "outbox")
        )
    assert token.removeprefix("tf_") not in dump


def test_it_reads_what_its_person_sees(ada: Person, team: Team) -> None:
    program = make(ada)
    assert program.api("GET", "/users/me").json["userId"] == ada.user_id
    assert [one["teamId"] for one in program.api("GET", "/teams").json["items"]] == [team.team_id]
    assert program.api("GET", f"/boards/{team.board_id}").status_code == 200


def test_it_is_put_on_record_and_its_person_is_told(app: Flask, ada: Person, team: Team) -> None:
    program = make(ada, teamIds=[team.team_id], scopes=["read", "write"])
    assert ada.api("DELETE", f"{PATH}/{program.token_id}").status_code == 204
    with app.app_context():
        made, revoked = events_of(ada.user_id)[-2:]
        assert mails() == [("token_created", ada.email)]
    state = {
        "token_id": program.token_id,
        "name": "CI",
        "scopes": ["read", "write"],
        "team_ids": [team.team_id],
        "expires_at": None,
    }
    assert (made.event, made.before, made.after) == ("user.token_created", None, state)
    assert (revoked.event, revoked.before, revoked.after) == ("user.token_revoked", state, None)


def test_making_one_asks_who_it_is(ada: Person) -> None:
    forget_confirmation(ada)
    refused = ada.api("POST", PATH, {"name": "CI", "scopes": ["read"]})
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "confirmation_required")
    assert ada.api("GET", PATH).json["items"] == []
    assert ada.api("POST", "/auth/confirm", {"password": PASSWORD}).status_code == 200
    make(ada)


@pytest.mark.parametrize("is_limited", [True, False])
def test_a_revoked_token_is_refused_from_the_next_request_on(
    ada: Person, team: Team, is_limited: bool
) -> None:
    program = make(ada, teamIds=[team.team_id] if is_limited else None)
    assert program.api("GET", "/teams").status_code == 200
    assert ada.api("DELETE", f"{PATH}/{program.token_id}").status_code == 204
    answer = program.api("GET", "/teams")
    assert answer.status_code == 401
    assert "revoked" in answer.json["error"]["message"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ada.api("DELETE", f"{PATH}/{program.token_id}").status_code == 404


def test_an_expired_token_is_refused_with_a_sentence(ada: Person) -> None:
    program = make(ada, expiresAt=TOMORROW)
    assert program.api("GET", "/teams").status_code == 200
    let_expire(program)
    answer = program.api("GET", "/teams")
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "unauthenticated")
    assert "has expired" in answer.json["error"]["message"]


def test_a_token_of_a_suspended_person_is_refused_with_a_sentence(ada: Person) -> None:
    program = make(ada)
    suspend(ada)
    answer = program.api("GET", "/teams")
    assert answer.status_code == 401
    assert "suspended" in answer.json["error"]["message"]


def test_what_is_no_token_is_nobody(app: Flask, ada: Person) -> None:
    program = give_token(ada)
    for odd in ("tf_", "tf_x", f"tf_{'x' * 43}", f"{program.secret}x", program.secret[3:],
                program.secret.upper(), "tf_" + "é" * 43, f"tf_tf_{program.secret[3:]}"):  # fmt: skip
        client = app.test_client(use_cookies=False)
        headers = {"Authorization": f"Bearer {odd}".encode().decode("latin-1")}
        assert client.get("/api/users/me", headers=headers).status_code == 401, odd


def test_it_works_by_its_header_alone(app: Flask, ada: Person) -> None:
    program = give_token(ada)
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], program.secret)
    assert client.get("/api/users/me").status_code == 401
    stranger = app.test_client(use_cookies=False)
    for name in ("token", "access_token", "authorization"):
        answer = stranger.get(f"/api/users/me?{name}={program.secret}")
        assert answer.status_code == 401
    assert (
        stranger.get("/api/users/me", headers={"X-Session-Id": program.secret}).status_code == 401
    )


def test_it_opens_no_page_and_makes_no_session(app: Flask, ada: Person, team: Team) -> None:
    program = give_token(ada, "admin")
    client = app.test_client()
    page = client.get(f"/boards/{team.board_id}", headers=program.headers)
    assert (page.status_code, page.location.split("?")[0]) == (303, "/login")
    answer = client.get("/api/users/me", headers=program.headers)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    with app.app_context():
        sessions = "SELECT count(*) FROM user_sessions WHERE user_id = :user_id"
        assert sql.scalar(text(sessions), {"user_id": ada.user_id}) == 1  # Ada's own


def test_it_needs_no_csrf_token_beside_a_cookie(ada: Person, team: Team) -> None:
    program = give_token(ada, "write")
    browser = ada.browser()
    body = {"title": "By a program", "teamId": team.team_id, "boardId": team.board_id}
    answer = browser.post("/api/tasks", json=body, headers=program.headers)
    assert answer.status_code == 201


def test_a_bad_token_is_not_saved_by_a_good_cookie(ada: Person) -> None:
    browser = ada.browser()
    bad = {"Authorization": f"Bearer tf_{'x' * 43}"}
    assert browser.get("/api/users/me", headers=bad).status_code == 401


def test_a_request_that_is_sent_again_gets_the_same_token(app: Flask, ada: Person) -> None:
    key = new_id()
    body = {"name": "CI", "scopes": ["read"]}
    first = ada.api("POST", PATH, body, Idempotency_Key=key)
    again = ada.api("POST", PATH, body, Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(ada.api("GET", PATH).json["items"]) == 1
    assert Program(app, "", first.json["token"]).api("GET", "/users/me").status_code == 200
    ada.api("DELETE", f"{PATH}/{first.json['tokenId']}")
    late = ada.api("POST", PATH, body, Idempotency_Key=key)
    assert late.status_code == 409
    assert "make another one" in late.json["error"]["message"]


def test_nobody_sees_or_revokes_the_tokens_of_somebody_else(ada: Person, eve: Person) -> None:
    program = make(ada)
    assert eve.api("GET", PATH).json["items"] == []
    unknown = eve.api("DELETE", f"{PATH}/{new_id()}")
    answer = eve.api("DELETE", f"{PATH}/{program.token_id}")
    assert (answer.status_code, answer.data) == (404, unknown.data)
    assert program.api("GET", "/users/me").status_code == 200


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "\u200b\u3164"}, "name"),
        ({"name": 7}, "name"),
        ({"name": None}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["owner"]}, "scopes"),
        ({"scopes": "read"}, "scopes"),
        ({"scopes": ["read", "read"]}, "scopes"),
        ({"scopes": [["read"]]}, "scopes"),
        ({"scopes": None}, "scopes"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"expiresAt": "tomorrow"}, "expiresAt"),
        ({"expiresAt": 99}, "expiresAt"),
        ({"teamIds": []}, "teamIds"),
        ({"teamIds": ["odd"]}, "teamIds"),
        ({"teamIds": [new_id()]}, "teamIds"),
        ({"teamIds": [new_id()] * 51}, "teamIds"),
        ({"userId": new_id()}, "userId"),
    ],
)
def test_odd_wishes_get_a_sentence_and_make_nothing(
    app: Flask, ada: Person, fields: dict[str, object], about: str
) -> None:
    answer = ada.api("POST", PATH, {"name": "CI", "scopes": ["read"], **fields})
    assert answer.status_code == 422, answer.text
    assert list(answer.json["error"]["fields"]) == [about]
    assert ada.api("GET", PATH).json["items"] == []
    with app.app_context():
        assert mails() == []


@pytest.mark.parametrize(
    "name", ["Отчёт", "夜の報告", "تقرير", "🤖", "<b>&amp;'\"", "=1+1", "a" * 80]
)
def test_names_of_every_script_are_kept(ada: Person, name: str) -> None:
    make(ada, name=name)
    assert ada.api("GET", PATH).json["items"][0]["name"] == name


def test_a_team_of_others_can_not_be_named(ada: Person, eve: Person) -> None:
    foreign = make_team(eve, "Elsewhere")
    answer = ada.api("POST", PATH, {"name": "CI", "scopes": ["read"], "teamIds": [foreign.team_id]})
    assert answer.status_code == 422
    assert "teams that you are in" in answer.json["error"]["message"]


def test_so_many_are_made_in_a_day_and_kept_at_once(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskforge.identity.own_tokens.MADE_PER_DAY", 3)
    monkeypatch.setattr(api_tokens, "MAX_TOKENS", 2)
    make(ada)
    kept = make(ada)
    full = ada.api("POST", PATH, {"name": "CI", "scopes": ["read"]})
    assert full.status_code == 409
    ada.api("DELETE", f"{PATH}/{kept.token_id}")
    late = ada.api("POST", PATH, {"name": "CI", "scopes": ["read"]})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 60


def test_of_two_that_are_made_at_once_one_is_too_many(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_tokens, "MAX_TOKENS", 1)
    new = NewToken(name="CI", scopes=["read"])
    with app.app_context():
        hashes = [make_token().hash for _ in range(4)]
    at_once_inside(
        app, [lambda one=one: create_token(ada.actor, new, token_hash=one) for one in hashes]
    )
    assert len(ada.api("GET", PATH).json["items"]) == 1
