"""Every API request of a person counts, and the answer says how many are left."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.extensions import config_of
from tests.factories import Person, Team

HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def test_every_answer_says_what_is_left(team: Team, ada: Person) -> None:
    remaining = []
    for method, path, body, status in (
        ("GET", "/users/me", None, 200),
        ("POST", "/teams", {"name": "x"}, 201),
        ("POST", "/teams", {}, 422),
        ("GET", "/teams/odd", None, 404),
        ("GET", "/no/such/place", None, 404),
        ("PUT", "/teams", {}, 405),
        ("DELETE", f"/boards/{team.board_id}", None, 204),
    ):
        answer = ada.api(method, path, body)
        assert answer.status_code == status, path
        assert answer.headers["X-RateLimit-Limit"] == "600"
        assert 0 < int(answer.headers["X-RateLimit-Reset"]) <= 60
        remaining.append(int(answer.headers["X-RateLimit-Remaining"]))
    assert remaining == list(range(599, 592, -1))


def test_people_are_counted_apart(ada: Person, olga: Person) -> None:
    for _ in range(3):
        ada.api("GET", "/users/me")
    assert olga.api("GET", "/users/me").headers["X-RateLimit-Remaining"] == "599"


def test_too_many_requests_are_refused_with_the_seconds_to_wait(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(app).replaced(rate_limit_per_minute=2)
    monkeypatch.setitem(app.config, "TASKFORGE", config)
    assert [ada.api("GET", "/users/me").status_code for _ in range(2)] == [200, 200]
    answer = ada.api("GET", "/users/me")
    assert answer.status_code == 429
    assert answer.json["error"]["code"] == "rate_limited"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert [name in answer.headers for name in HEADERS] == [True, True, True]
    assert answer.headers["X-RateLimit-Remaining"] == "0"


def test_writes_have_a_limit_of_their_own(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(app).replaced(rate_limit_writes_per_minute=1)
    monkeypatch.setitem(app.config, "TASKFORGE", config)
    assert ada.api("POST", "/teams", {"name": "one"}).status_code == 201
    assert ada.api("POST", "/teams", {"name": "two"}).status_code == 429
    assert [team["name"] for team in ada.api("GET", "/teams").json["items"]] == ["one"]
