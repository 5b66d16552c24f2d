"""What the API answers when it can't do what was asked: always one form."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Person, Team, make_task

UNKNOWN = "01890000-0000-7000-8000-000000000000"
ODD_IDS = ["odd", "0", "-1", UNKNOWN.upper(), f"{{{UNKNOWN}}}", UNKNOWN.replace("-", ""), "a" * 24]


def send(person: Person, path: str, data: bytes, content_type: str | None) -> tuple[int, str]:
    client = person.app.test_client(use_cookies=False)
    answer = client.post(
        f"/api{path}", data=data, headers=person.headers, content_type=content_type
    )
    return answer.status_code, answer.json["error"]["code"]


@pytest.mark.parametrize(
    "path",
    [
        "/tasks/{}",
        "/tasks/{}/comments",
        "/tasks/{}/history",
        "/teams/{}",
        "/teams/{}/members",
        "/teams/{}/boards",
        "/boards/{}",
    ],
)
def test_odd_unknown_and_foreign_ids_get_the_same_bytes(
    team: Team, ada: Person, olga: Person, path: str
) -> None:
    kind = path.split("/")[1]
    mine = {"tasks": make_task(ada, team), "teams": team.team_id, "boards": team.board_id}[kind]
    assert ada.api("GET", path.format(mine)).status_code == 200
    unknown = olga.api("GET", path.format(UNKNOWN))
    assert unknown.status_code == 404
    assert unknown.json == {
        "error": {
            "code": "not_found",
            "message": "There is nothing here, or you do not have access to it.",
        }
    }
    for object_id in (mine, *ODD_IDS):
        answer = olga.api("GET", path.format(object_id))
        assert (answer.status_code, answer.data) == (404, unknown.data), object_id


def test_what_cannot_be_seen_cannot_be_changed_either(
    team: Team, ada: Person, olga: Person
) -> None:
    task_id = make_task(ada, team)
    comment_id = ada.api("POST", f"/tasks/{task_id}/comments", {"content": "x"}).json["commentId"]
    column = f"columns/{team.columns['todo']}"
    for method, path, body in (
        ("PUT", f"/tasks/{task_id}", {"title": "x"}),
        ("PATCH", f"/tasks/{task_id}", {"title": "x", "version": 9}),
        ("DELETE", f"/tasks/{task_id}", None),
        ("POST", f"/tasks/{task_id}/move", {"columnId": team.columns["todo"]}),
        ("POST", f"/tasks/{task_id}/restore", None),
        ("POST", f"/tasks/{task_id}/comments", {"content": "x"}),
        ("PATCH", f"/comments/{comment_id}", {"content": "x"}),
        ("DELETE", f"/comments/{comment_id}", None),
        ("PATCH", f"/teams/{team.team_id}", {"name": "x"}),
        ("POST", f"/teams/{team.team_id}/members", {"userId": olga.user_id, "role": "admin"}),
        ("PATCH", f"/teams/{team.team_id}/members/{ada.user_id}", {"role": "guest"}),
        ("DELETE", f"/teams/{team.team_id}/members/{ada.user_id}", None),
        ("POST", f"/teams/{team.team_id}/boards", {"name": "x"}),
        ("PATCH", f"/boards/{team.board_id}", {"name": "x"}),
        ("DELETE", f"/boards/{team.board_id}", None),
        ("POST", f"/boards/{team.board_id}/columns", {"name": "x", "status": "todo"}),
        ("PATCH", f"/boards/{team.board_id}/{column}", {"name": "x"}),
        ("POST", f"/boards/{team.board_id}/{column}/move", {}),
        ("DELETE", f"/boards/{team.board_id}/{column}", None),
    ):
        for own, other in ((task_id, UNKNOWN), (team.team_id, UNKNOWN), (team.board_id, UNKNOWN)):
            foreign = olga.api(method, path, body)
            unknown = olga.api(method, path.replace(own, other), body)
            assert foreign.status_code == unknown.status_code == 404, (method, path)
            assert foreign.data == unknown.data, (method, path)


def test_a_body_that_is_no_json_object_is_refused(ada: Person) -> None:
    for data in (b"{", b"", b"[]", b'"x"', b"null", b'{"a":NaN}', b'{"name":1,"name":2}', b"\xff"):
        status, code = send(ada, "/teams", data, "application/json")
        assert (status, code) == (400, "malformed"), data


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", None])
def test_another_content_type_is_refused(ada: Person, content_type: str | None) -> None:
    assert send(ada, "/teams", b'{"name":"x"}', content_type) == (415, "unsupported_type")


def test_a_body_too_large_is_refused(ada: Person) -> None:
    body = b'{"name":"' + b"x" * 300_000 + b'"}'
    assert send(ada, "/teams", body, "application/json") == (413, "too_large")


def test_half_a_character_pair_is_refused(ada: Person) -> None:
    status, code = send(ada, "/teams", b'{"name":"\\ud800"}', "application/json")
    assert (status, code) == (422, "invalid")


def test_unknown_parameters_are_named(ada: Person) -> None:
    answer = ada.api("GET", "/tasks?teamid=x&sort=title")
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {"teamid", "sort"}


def test_thousands_of_unknown_fields_are_answered_briefly(ada: Person) -> None:
    answer = ada.api("POST", "/teams", {f"{number}" * 100: 1 for number in range(500)})
    assert answer.status_code == 422
    assert len(answer.data) < 20_000


def test_a_wrong_method_and_a_wrong_address_are_answered_in_json(client: FlaskClient) -> None:
    wrong_method = client.get("/api/auth/login")
    assert (wrong_method.status_code, wrong_method.json["error"]["code"]) == (
        405,
        "method_not_allowed",
    )
    assert "POST" in wrong_method.headers["Allow"]
    wrong_address = client.get("/api/nothing")
    assert (wrong_address.status_code, wrong_address.json["error"]["code"]) == (404, "not_found")


def test_an_error_of_ours_tells_nothing_about_itself(
    app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(app.view_functions, "api_teams.list_teams", fail)
    answer = ada.api("GET", "/teams")
    assert answer.status_code == 500
    assert answer.json["error"]["code"] == "internal"
    assert "secret" not in answer.text
