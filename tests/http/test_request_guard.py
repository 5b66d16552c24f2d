"""The request guard: what the corpus cannot say in one line about bodies, fields, headers and views."""

from __future__ import annotations

import io

import pytest
from flask import request
from flask.testing import FlaskClient

from taskforge.http import request_guard
from taskforge.http.request_guard import MAX_BODY_BYTES
from tests.http.echo_app import FORM, JSON, MULTIPART, build_echo, part
from tests.processor_time import processor_seconds


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return build_echo().test_client(use_cookies=False)


def test_good_requests_pass_with_line_feeds_as_line_ends(client: FlaskClient) -> None:
    assert client.get("/echo").status_code == 200
    assert client.post("/api/things", json={"title": "é😀"}).get_json() == {"title": "é😀"}
    form = client.post("/echo", data={"title": "é 😀\r\nx", "empty": ""}).get_json()["form"]
    assert form == {"title": ["é 😀\nx"], "empty": [""]}
    body = (part("title", "é\r\nx") + part("b", "2") + "--B--\r\n").encode()
    assert client.post("/echo", data=body, **MULTIPART).get_json()["form"] == {
        "title": ["é\nx"],
        "b": ["2"],
    }


def test_a_request_without_a_body_needs_no_type(client: FlaskClient) -> None:
    assert client.post("/echo").status_code == 200
    assert client.delete("/echo", content_type="text/plain").status_code == 200


def test_lists_are_taken_where_they_are_declared(client: FlaskClient) -> None:
    assert client.get("/api/things?label=a&label=b").get_json() == {"label": ["a", "b"]}
    assert client.get("/api/things?ids[]=a&ids[]=b").status_code == 200
    assert client.post("/echo", data="tags=a&tags=b", **FORM).status_code == 200
    assert client.get("/api/things?status=a&status=b").status_code == 400
    assert client.get("/echo?label=a&label=b").status_code == 400


def test_the_limit_of_the_body_is_exact(client: FlaskClient) -> None:
    fitting = "a=" + "x" * (MAX_BODY_BYTES - 2)
    assert client.post("/echo", data=fitting, **FORM).status_code == 200
    assert client.post("/echo", data=fitting + "x", **FORM).status_code == 413


def test_a_streamed_body_is_limited_too(client: FlaskClient) -> None:
    def send(size: int) -> int:
        environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        stream = io.BytesIO(b"a=" + b"x" * size)
        answer = client.post("/echo", input_stream=stream, environ_overrides=environ, **FORM)
        if answer.status_code == 200:
            assert len(answer.get_json()["form"]["a"][0]) == size
        return answer.status_code

    assert send(MAX_BODY_BYTES - 2) == 200
    assert send(MAX_BODY_BYTES - 1) == 413
    assert send(MAX_BODY_BYTES * 2) == 413


def test_a_streamed_body_that_the_server_cannot_end_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/echo",
        input_stream=io.BytesIO(b"a=1"),
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"CONTENT_LENGTH": ""},
        **FORM,
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("length", ["-1", "1e3", "+5", "abc", "0x10", " 5", "9" * 30])
def test_a_length_that_is_no_number_is_refused(client: FlaskClient, length: str) -> None:
    answer = client.post("/echo", data="a=1", environ_overrides={"CONTENT_LENGTH": length}, **FORM)
    assert answer.status_code == 400


def test_a_body_shorter_than_announced_is_refused(client: FlaskClient) -> None:
    for path, kind in (("/echo", FORM), ("/api/things", JSON)):
        answer = client.post(path, data="{}", environ_overrides={"CONTENT_LENGTH": "10"}, **kind)
        assert answer.status_code == 400


def test_two_hundred_fields_are_the_limit(client: FlaskClient) -> None:
    body = "&".join(f"f{n}=1" for n in range(200))
    assert client.post("/echo", data=body, **FORM).status_code == 200
    assert client.post("/echo", data=body + "&x=1", **FORM).status_code == 413
    parts = "".join(part(f"f{n}", "1") for n in range(201)) + "--B--\r\n"
    assert client.post("/echo", data=parts, **MULTIPART).status_code == 413


def test_files_are_refused(client: FlaskClient) -> None:
    small = part("file", "x", '; filename="a.txt"') + "--B--\r\n"
    refused = client.post("/echo", data=small, **MULTIPART)
    assert refused.status_code == 400
    assert "does not take files" in refused.get_json()["error"]["message"]


def test_a_type_that_no_route_takes_is_refused(client: FlaskClient) -> None:
    for path in ("/echo", "/api/things"):
        answer = client.post(path, data="x", content_type="application/csp-report")
        assert answer.status_code == 415
    assert client.post("/api/things", data="a=1", **FORM).status_code == 415
    assert client.post("/echo", data="{}", **JSON).status_code == 415


def test_a_silent_reader_gets_nothing_instead_of_another_reading(client: FlaskClient) -> None:
    answer = client.post("/api/silent", data='{"a": 1}', **JSON)
    assert answer.get_json() == {"value": {"a": 1}}
    assert client.post("/api/silent", data='{"a": 1, "a": 2}', **JSON).status_code == 400
    assert client.post("/api/silent").get_json() == {"value": None}


def test_json_without_its_type_is_refused_where_json_is_asked_for(client: FlaskClient) -> None:
    assert client.post("/api/things").status_code == 415
    assert client.post("/api/things", content_type="application/json").status_code == 400


def test_unknown_addresses_and_methods_answer_without_reading_the_body(client: FlaskClient) -> None:
    assert client.post("/api/unknown", data=b"\xff", content_type="text/plain").status_code == 404
    assert client.put("/api/things", data=b"\xff", content_type="text/plain").status_code == 405
    assert client.open("/echo", method="TRACE").status_code == 405
    assert client.open("/unknown", method="BREW").status_code == 405


def test_the_address_can_be_logged_even_when_it_is_not_text() -> None:
    app = build_echo()
    with app.test_request_context("/echo", environ_overrides={"QUERY_STRING": "a=\xff"}):
        assert request.full_path == "/echo?a=\ufffd"


def test_a_normal_request_passes_the_guard_quickly() -> None:
    app = build_echo()
    headers = {f"X-Header-{n}": "value" * 5 for n in range(20)} | {"Cookie": "sid=" + "a" * 80}
    with app.test_request_context("/echo?status=todo&limit=20", headers=headers):

        def check_often() -> None:
            for _ in range(1_000):
                request.__dict__.pop("args", None)
                request_guard.check_request()

        assert processor_seconds(check_often) < 0.5
