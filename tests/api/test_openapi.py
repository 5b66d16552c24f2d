"""The OpenAPI document tells of every route, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Person, Team, make_task

METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    return dict(answer.json)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


def resolved(document: dict[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_it_tells_of_every_route_and_no_other(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods or ()
        if method.lower() in METHODS
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes
    assert len(routes) >= 35


def test_it_is_openapi_3_1_and_consistent_in_itself(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for reference in references(document):
        assert resolved(document, {"$ref": reference})
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        declared = [
            *document["paths"][path].get("parameters", []),
            *operation.get("parameters", []),
        ]
        in_path = {one["name"] for one in declared if one["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path)), path
        assert operation["summary"], path
        assert any(status.startswith("2") for status in operation["responses"]), path
        assert ("requestBody" in operation) <= (method != "get"), path


def test_every_body_is_closed_to_unknown_fields(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]
            is_form = path == "/api/users/me/picture" or path.endswith("}/attachments")
            schema = content["multipart/form-data" if is_form else "application/json"]["schema"]
            assert resolved(document, schema)["additionalProperties"] is False, path


def test_only_entries_and_the_document_are_open_to_everybody(document: dict[str, Any]) -> None:
    assert document["security"] == [{"token": []}, {"session": []}]
    open_ones = {path for path, _, one in operations(document) if one.get("security") == []}
    assert open_ones == {
        "/api/auth/login",
        "/api/auth/login/second-step",
        "/api/auth/password-reset",
        "/api/auth/password-reset/confirm",
        "/api/auth/register",
        "/api/openapi.json",
    }


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "/api/tasks", "read"),
        ("get", "/api/users/me", "read"),
        ("post", "/api/tasks", "write"),
        ("post", "/api/teams/{team_id}/boards", "write"),
        ("patch", "/api/teams/{team_id}", "admin"),
        ("get", "/api/teams/{team_id}/join-links", "admin"),
        ("post", "/api/users/me/tokens", None),
        ("get", "/api/auth/sessions", None),
    ],
)
def test_each_operation_names_the_scope_that_a_token_needs(
    document: dict[str, Any], method: str, path: str, scope: str | None
) -> None:
    ways = document["paths"][path][method].get("security", document["security"])
    named = [way["apiToken"] for way in ways if "apiToken" in way]
    assert named == ([] if scope is None else [[scope]])
    assert {"token": []} in ways


def test_failures_are_described_by_the_error_schema(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                content = resolved(document, response)["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Error"}, path


def test_answers_hold_what_their_schemas_say(
    document: dict[str, Any], team: Team, ada: Person
) -> None:
    task_id = make_task(ada, team)
    comment_id = ada.api("POST", f"/tasks/{task_id}/comments", {"content": "x"}).json["commentId"]
    for path, answer in (
        ("/api/users/me", ada.api("GET", "/users/me")),
        ("/api/teams", ada.api("GET", "/teams")),
        ("/api/teams/{team_id}", ada.api("GET", f"/teams/{team.team_id}")),
        ("/api/teams/{team_id}/members", ada.api("GET", f"/teams/{team.team_id}/members")),
        ("/api/teams/{team_id}/boards", ada.api("GET", f"/teams/{team.team_id}/boards")),
        ("/api/boards/{board_id}", ada.api("GET", f"/boards/{team.board_id}")),
        ("/api/tasks", ada.api("GET", "/tasks")),
        ("/api/tasks/{task_id}", ada.api("GET", f"/tasks/{task_id}")),
        ("/api/tasks/{task_id}/history", ada.api("GET", f"/tasks/{task_id}/history")),
        ("/api/tasks/{task_id}/comments", ada.api("GET", f"/tasks/{task_id}/comments")),
        ("/api/notifications", ada.api("GET", "/notifications")),
        ("/api/auth/sessions", ada.api("GET", "/auth/sessions")),
    ):
        response = document["paths"][path]["get"]["responses"]["200"]
        check(document, response["content"]["application/json"]["schema"], answer.json, path)
    assert comment_id


def check(document: dict[str, Any], schema: Any, value: Any, where: str) -> None:
    """Compare names, required members and null with a schema; the kinds of JSON follow from them."""
    schema = resolved(document, schema)
    if "anyOf" in schema:
        schema = {"type": "null"} if value is None else resolved(document, schema["anyOf"][0])
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if value is None:
        assert "null" in kinds, where
    elif isinstance(value, dict) and "properties" in schema:
        assert set(schema.get("required", ())) <= value.keys(), where
        assert value.keys() <= schema["properties"].keys(), where
        for name, inner in value.items():
            check(document, schema["properties"][name], inner, f"{where}.{name}")
    elif isinstance(value, list):
        assert "array" in kinds, where
        for inner in value:
            check(document, schema["items"], inner, f"{where}[]")
    else:
        assert {"str": "string", "bool": "boolean", "int": "integer", "dict": "object"}[
            type(value).__name__
        ] in kinds, where
