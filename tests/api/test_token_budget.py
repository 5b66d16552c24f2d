"""A token costs the stores no more than a session does, and its use is not written down with every request."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.stores import sql
from tests.api_tokens import Program, give_token
from tests.factories import Person, Team, make_task
from tests.trips import count_round_trips, counting_statements

TURNS = 3  # the first ones prepare statements; and a change wakes the workers only now and then


def cost(caller: Person | Program, method: str, path: str, body: object = None) -> dict[str, int]:
    """The least that a request asks of each store."""
    found = []
    for _ in range(TURNS):
        answer = caller.api(method, path, body)
        assert answer.status_code == 200, answer.text
        found.append(count_round_trips(answer))
    return {store: min(trips.get(store, 0) for trips in found) for store in found[0]}


@pytest.mark.parametrize("is_limited", [False, True])
def test_a_token_asks_the_stores_as_a_session_does(
    ada: Person, team: Team, is_limited: bool
) -> None:
    task_id = make_task(ada, team)
    program = give_token(ada, "write", team_ids=[team.team_id] if is_limited else None)
    place = {"columnId": team.columns["done"]}
    for method, path, body in (
        ("GET", f"/tasks/{task_id}", None),
        ("GET", f"/tasks?boardId={team.board_id}", None),
        ("GET", "/tasks?status=todo", None),
        ("GET", f"/boards/{team.board_id}", None),
        ("POST", f"/tasks/{task_id}/move", place),
    ):
        by_session = cost(ada, method, path, body)
        assert cost(program, method, path, body) == by_session, path
        assert by_session["postgresql"] >= 1


def writes_of_use(statements: list[str]) -> int:
    return sum("last_used_at" in one and "UPDATE" in one for one in statements)


def test_its_use_is_noted_once_a_minute_with_the_address(app: Flask, ada: Person) -> None:
    program = give_token(ada)
    with counting_statements(app) as statements:
        for _ in range(10):
            assert program.api("GET", "/teams").status_code == 200
    assert writes_of_use(statements) == 1
    shown = ada.api("GET", "/users/me/tokens").json["items"][0]
    assert shown["lastUsedIp"] == "127.0.0.1"
    assert shown["lastUsedAt"] is not None
    with app.app_context():
        sql.execute_now(text("UPDATE api_tokens SET last_used_at = now() - interval '61 seconds'"))
    with counting_statements(app) as statements:
        for _ in range(5):
            assert program.api("GET", "/teams").status_code == 200
    assert writes_of_use(statements) == 1


def test_a_refused_token_is_not_noted_as_used(app: Flask, ada: Person) -> None:
    program = give_token(ada)
    with app.app_context():
        sql.execute_now(text("UPDATE api_tokens SET expires_at = now()"))
    assert program.api("GET", "/teams").status_code == 401
    assert ada.api("GET", "/users/me/tokens").json["items"][0]["lastUsedAt"] is None
