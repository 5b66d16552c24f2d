"""Without PostgreSQL nobody is let in and nothing is said to be saved; the answer is a page, not a crash."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from taskforge.messaging import breaker as breakers
from tests.degraded.conftest import MakeApp

COOKIE = {"Cookie": "sid=" + "a" * 43}


@pytest.fixture(params=["refused", "hanging"])
def away(request: pytest.FixtureRequest) -> str:
    return (
        f"postgresql://taskforge@127.0.0.1:{request.getfixturevalue(request.param)}/taskforge_test"
    )


def count_connects(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows with each connection that is asked for."""
    asked: list[int] = []
    connect = Engine.connect
    monkeypatch.setattr(Engine, "connect", lambda engine: (asked.append(1), connect(engine))[1])
    return asked


def test_a_page_says_when_to_come_back(make_app: MakeApp, away: str) -> None:
    client = make_app(database_url=away).test_client(use_cookies=False)
    answer = client.get("/boards", headers=COOKIE)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert "<h1>" in answer.text


def test_the_api_says_so_in_json(make_app: MakeApp, away: str) -> None:
    client = make_app(database_url=away).test_client()
    answer = client.get("/api/tasks", headers={"X-Session-Id": "a" * 43})
    assert answer.status_code == 503
    assert answer.json["error"]["code"] == "unavailable"


def test_after_three_failures_nobody_asks_and_waits(
    make_app: MakeApp, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakers, "OPEN_SECONDS", 60)
    client = make_app(database_url=away).test_client(use_cookies=False)
    for _ in range(3):
        client.get("/boards", headers=COOKIE)
    asked = count_connects(monkeypatch)
    for _ in range(5):
        assert client.get("/boards", headers=COOKIE).status_code == 503
    assert asked == []


def test_readiness_fails_and_liveness_does_not(make_app: MakeApp, away: str) -> None:
    client = make_app(database_url=away).test_client()
    assert client.get("/livez").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json["stores"]["postgresql"] == "unavailable"


def test_a_hanging_server_is_waited_for_once(
    make_app: MakeApp, hanging: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://taskforge@127.0.0.1:{hanging}/taskforge_test"
    client = make_app(database_url=url).test_client(use_cookies=False)
    asked = count_connects(monkeypatch)
    assert client.get("/boards", headers=COOKIE).status_code == 503
    assert len(asked) == 1
