"""A key makes a request happen once, however often it is sent."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.stores import sql
from tests.factories import Person, Team, make_task
from tests.together import at_once


def facts(app: Flask) -> int:
    with app.app_context():
        return int(sql.scalar(text("SELECT count(*) FROM audit_logs")))


def requests(team: Team, task_id: str, trashed_id: str, eve: Person) -> list[tuple[str, Any]]:
    board = f"/boards/{team.board_id}"
    return [
        ("/teams", {"name": "Twice"}),
        (f"/teams/{team.team_id}/members", {"userId": eve.user_id, "role": "guest"}),
        (f"/teams/{team.team_id}/boards", {"name": "Twice"}),
        (f"{board}/columns", {"name": "Twice", "status": "todo"}),
        (f"{board}/columns/{team.columns['done']}/move", {"afterId": None}),
        ("/tasks", {"title": "Twice", "teamId": team.team_id}),
        (f"/tasks/{task_id}/move", {"columnId": team.columns["todo"], "version": 1}),
        (f"/tasks/{task_id}/comments", {"content": "Twice"}),
        (f"/tasks/{trashed_id}/restore", None),
    ]


def test_every_post_is_done_once_and_answered_alike(
    app: Flask, team: Team, ada: Person, eve: Person
) -> None:
    task_id, trashed_id = make_task(ada, team), make_task(ada, team)
    ada.api("DELETE", f"/tasks/{trashed_id}")
    for path, body in requests(team, task_id, trashed_id, eve):
        key = str(uuid4())
        first = ada.api("POST", path, body, Idempotency_Key=key)
        assert first.status_code in (200, 201, 202), path
        before = facts(app)
        again = ada.api("POST", path, body, Idempotency_Key=key)
        assert (again.status_code, again.json) == (first.status_code, first.json), path
        assert facts(app) == before, path
        other = ada.api("POST", path, {**(body or {}), "name": "Other"}, Idempotency_Key=key)
        assert other.status_code == 422, path


def test_a_key_belongs_to_its_person(team: Team, ada: Person, max_: Person) -> None:
    key, body = str(uuid4()), {"title": "x", "teamId": team.team_id}
    first = ada.api("POST", "/tasks", body, Idempotency_Key=key)
    second = max_.api("POST", "/tasks", body, Idempotency_Key=key)
    assert first.json["taskId"] != second.json["taskId"]


def test_a_key_with_another_body_is_refused(team: Team, ada: Person) -> None:
    key = str(uuid4())
    ada.api("POST", "/tasks", {"title": "x", "teamId": team.team_id}, Idempotency_Key=key)
    other = ada.api("POST", "/tasks", {"title": "y", "teamId": team.team_id}, Idempotency_Key=key)
    assert other.status_code == 422
    assert other.json["error"]["code"] == "invalid"
    assert len(ada.api("GET", "/tasks").json["items"]) == 1


def test_a_refused_request_does_not_use_its_key_up(team: Team, ada: Person) -> None:
    key = str(uuid4())
    refused = ada.api("POST", "/tasks", {"teamId": team.team_id}, Idempotency_Key=key)
    assert refused.status_code == 422
    body = {"title": "x", "teamId": team.team_id}
    assert ada.api("POST", "/tasks", body, Idempotency_Key=key).status_code == 201


@pytest.mark.parametrize("key", ["x", "1", "{0f8fad5b-d9cb-469f-a165-70867728950e}", "a" * 4000])
def test_an_odd_key_is_refused(team: Team, ada: Person, key: str) -> None:
    body = {"title": "x", "teamId": team.team_id}
    assert ada.api("POST", "/tasks", body, Idempotency_Key=key).status_code == 422


def test_a_created_task_is_answered_again_from_the_trash(team: Team, ada: Person) -> None:
    key, body = str(uuid4()), {"title": "x", "teamId": team.team_id}
    task = ada.api("POST", "/tasks", body, Idempotency_Key=key).json
    ada.api("DELETE", f"/tasks/{task['taskId']}")
    again = ada.api("POST", "/tasks", body, Idempotency_Key=key)
    assert again.status_code == 201
    assert again.json["deletedAt"] is not None


def test_two_at_once_are_done_once(app: Flask, team: Team, ada: Person) -> None:
    key, body = str(uuid4()), {"title": "x", "teamId": team.team_id}
    answers = at_once([lambda: ada.api("POST", "/tasks", body, Idempotency_Key=key)] * 4)
    done = [answer for answer in answers if answer.status_code == 201]
    assert done
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert len({answer.json["taskId"] for answer in done}) == 1
    assert len(ada.api("GET", "/tasks").json["items"]) == 1
