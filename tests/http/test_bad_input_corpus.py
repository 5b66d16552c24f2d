"""Every case of the bad-input corpus against the request guard alone: a tiny application without stores.

``tests/security/test_bad_input.py`` asks the same of every route of the real one.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from taskforge.errors import NotFound
from taskforge.text import validation, values
from tests.corpus import BadInput, load_bad_input, send
from tests.http.echo_app import build_guarded

KNOWN_ID = "01890000-0000-7000-8000-0000000000ff"
FIELD_OF_KIND = {
    "any": "title",
    "title": "title",
    "id": "teamId",
    "integer": "version",
    "date": "dueDate",
    "tags": "tags",
    "customFields": "customFields",
    "email": "email",
}
STORED: list[dict[str, Any]] = []


def build_app() -> Flask:
    app = build_guarded()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[Any, int]:
        return jsonify(error={"code": "http", "message": error.name}), error.code or 500

    @app.get("/api/things/<thing_id>")
    def read(thing_id: str) -> Any:
        if values.parse_uuid(thing_id) != KNOWN_ID:
            raise NotFound
        return jsonify(id=thing_id)

    @app.get("/api/things")
    def index() -> Any:
        limit = request.args.get("limit", "20")
        return jsonify(limit=values.parse_int(limit, field="limit", minimum=1, maximum=100))

    @app.post("/api/things")
    def create() -> tuple[Any, int]:
        return jsonify(_store(request.get_json())), 201

    @app.post("/things/create")
    def create_by_form() -> tuple[Any, int]:
        return jsonify(_store(request.form.to_dict())), 201

    return app


def _store(data: dict[str, Any]) -> dict[str, Any]:
    thing: dict[str, Any] = {
        "title": validation.clean_line(data.get("title"), field="title", max_length=200)
    }
    if "teamId" in data and values.parse_uuid(data["teamId"]) != KNOWN_ID:
        raise NotFound
    if "version" in data:
        thing["version"] = values.parse_int(
            data["version"], field="version", minimum=1, maximum=2**31 - 1
        )
    if "dueDate" in data:
        thing["due"] = values.parse_datetime(
            data["dueDate"], field="dueDate", date_only=True
        ).isoformat()
    if "tags" in data:
        thing["tags"] = validation.clean_tags(data["tags"])
    if "customFields" in data:
        thing["fields"] = validation.clean_custom_fields(data["customFields"])
    if "email" in data:
        thing["email"] = validation.clean_email(data["email"])
    STORED.append(thing)
    return thing


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return build_app().test_client(use_cookies=False)


def destinations(case: BadInput) -> list[tuple[str, str]]:
    """The routes a case is sent to, as method and path."""
    if case.where in {"path"}:
        return [("GET", "/api/things/{bad}")]
    if case.where in {"query", "raw_query", "header", "raw_path", "method"}:
        return [("GET", "/api/things")]
    if case.where in {"json", "api_body"}:
        return [("POST", "/api/things")]
    if case.where in {"form", "raw_form", "page_body"}:
        return [("POST", "/things/create")]
    is_json = (case.content_type or "").startswith("application/json")
    is_form = "form" in (case.content_type or "")
    if case.group in {"type", "compressed"}:
        return [("POST", "/api/things"), ("POST", "/things/create")]
    return [("POST", "/api/things" if is_json and not is_form else "/things/create")]


@pytest.mark.parametrize("case", load_bad_input(), ids=lambda case: case.name)
def test_bad_input_is_answered_as_the_corpus_says(client: FlaskClient, case: BadInput) -> None:
    field = (
        "limit" if case.where == "query" and case.kind == "integer" else FIELD_OF_KIND[case.kind]
    )
    others = {"title": "fine"} if field != "title" else {}
    for method, path in destinations(case):
        before = len(STORED)
        started = time.process_time()
        answer = send(client, case, path, method=method, field=field, others=others)
        seconds = time.process_time() - started

        assert answer.status_code in case.statuses, answer.get_data(as_text=True)[:300]
        assert seconds < 1.0
        if answer.status_code >= 400:
            assert len(STORED) == before
            assert answer.get_json()["error"]["message"]


def test_the_corpus_is_large_and_has_no_duplicates() -> None:
    cases = load_bad_input()
    assert len(cases) >= 600
    assert len({(c.where, c.kind, c.payload, c.content_type, c.headers) for c in cases}) == len(
        cases
    )
