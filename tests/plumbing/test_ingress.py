"""The door: what the corpus cannot say in one line about bodies, fields, headers and views."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from flask.views import MethodView
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforge import ingress
from taskforge.errors import TaskForgeError
from taskforge.ingress import MAX_BODY_BYTES, accept_body, accept_lists

JSON = {"content_type": "application/json"}
FORM = {"content_type": "application/x-www-form-urlencoded"}
MULTIPART = {"content_type": "multipart/form-data; boundary=B"}


class Things(MethodView):
    @accept_lists("label")
    def get(self) -> Any:
        return jsonify(request.args.to_dict(flat=False))

    def post(self) -> Any:
        return jsonify(request.get_json())


def build_app() -> Flask:
    app = Flask("door")
    ingress.init_app(app)

    @app.errorhandler(TaskForgeError)
    def refused(error: TaskForgeError) -> tuple[Any, int]:
        return jsonify(error=error.as_dict()), error.status

    @app.route("/echo", methods=["GET", "POST", "PUT", "DELETE"])
    def echo() -> Any:
        files = {name: file.read().decode() for name, file in request.files.items()}
        return jsonify(form=request.form.to_dict(flat=False), files=files, path=request.full_path)

    @app.post("/upload")
    @accept_body("multipart/form-data", max_bytes=1_000_000, files=True)
    def upload() -> Any:
        return jsonify({name: len(file.read()) for name, file in request.files.items()})

    @app.post("/reports")
    @accept_body("application/csp-report", max_bytes=1_000)
    def reports() -> Any:
        return jsonify(bytes=len(request.get_data()))

    @app.post("/api/silent")
    def silent() -> Any:
        return jsonify(value=request.get_json(silent=True, force=True))

    app.add_url_rule("/api/things", view_func=Things.as_view("things"))
    return app


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return build_app().test_client(use_cookies=False)


def part(name: str, value: str, extra: str = "") -> str:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n'


def test_good_requests_pass_unchanged(client: FlaskClient) -> None:
    assert client.get("/echo").status_code == 200
    assert client.post("/api/things", json={"title": "é😀"}).get_json() == {"title": "é😀"}
    form = client.post("/echo", data={"title": "é 😀\r\nx", "empty": ""}).get_json()["form"]
    assert form == {"title": ["é 😀\r\nx"], "empty": [""]}
    body = (part("title", "é\r\nx") + part("b", "2") + "--B--\r\n").encode()
    assert client.post("/echo", data=body, **MULTIPART).get_json()["form"] == {
        "title": ["é\r\nx"],
        "b": ["2"],
    }


def test_a_request_without_a_body_needs_no_type(client: FlaskClient) -> None:
    assert client.post("/echo").status_code == 200
    assert client.delete("/echo", content_type="text/plain").status_code == 200


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Co", "Cn", "Cf"]),
            max_size=10,
        ),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        max_size=5,
    )
)
def test_every_printable_form_arrives_as_it_was_sent(fields: dict[str, str]) -> None:
    client = build_app().test_client()
    expected = {name: [value] for name, value in fields.items()}
    assert client.post("/echo", data=fields).get_json()["form"] == expected
    answer = client.get("/api/things", query_string=fields)
    assert answer.get_json() == expected


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=120),
    st.sampled_from(["application/json", FORM["content_type"], "multipart/form-data; boundary=B"]),
)
def test_any_bytes_as_a_body_get_an_answer(raw: bytes, content_type: str) -> None:
    client = build_app().test_client()
    for path in ("/echo", "/api/things"):
        answer = client.post(path, data=raw, content_type=content_type)
        assert answer.status_code in {200, 400, 413, 415, 422}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--B",
                b"--B--",
                b"\r\n",
                b"\n",
                b'Content-Disposition: form-data; name="a"',
                b"x",
                b"\xff",
                b"Content-Type: text/plain",
                b":",
                b" ",
            ]
        ),
        max_size=14,
    ).map(b"".join)
)
def test_multipart_shaped_noise_gets_an_answer(raw: bytes) -> None:
    answer = build_app().test_client().post("/echo", data=raw, **MULTIPART)
    assert answer.status_code in {200, 400, 413}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_as_an_address_get_an_answer(path: bytes, query: bytes) -> None:
    environ = {"PATH_INFO": "/" + path.decode("latin-1"), "QUERY_STRING": query.decode("latin-1")}
    answer = build_app().test_client().get("/", environ_overrides=environ)
    assert answer.status_code in {200, 308, 400, 404}


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


def test_files_are_taken_only_where_they_are_expected(client: FlaskClient) -> None:
    body = part("file", "data" * 100_000, '; filename="a.txt"') + "--B--\r\n"
    assert client.post("/upload", data=body, **MULTIPART).get_json() == {"file": 400_000}
    assert client.post("/upload", data=body * 3, **MULTIPART).status_code == 413
    small = part("file", "x", '; filename="a.txt"') + "--B--\r\n"
    refused = client.post("/echo", data=small, **MULTIPART)
    assert refused.status_code == 400
    assert "does not take files" in refused.get_json()["error"]["message"]


def test_a_file_name_with_control_characters_is_refused(client: FlaskClient) -> None:
    body = part("file", "x", '; filename="a\x01.txt"') + "--B--\r\n"
    assert client.post("/upload", data=body, **MULTIPART).status_code == 400


def test_a_route_may_declare_another_type_and_limit(client: FlaskClient) -> None:
    kind = {"content_type": "application/csp-report"}
    assert client.post("/reports", data="x" * 1_000, **kind).get_json() == {"bytes": 1_000}
    assert client.post("/reports", data="x" * 1_001, **kind).status_code == 413
    assert client.post("/reports", data="a=1", **FORM).status_code == 415


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
    app = build_app()
    with app.test_request_context("/echo", environ_overrides={"QUERY_STRING": "a=\xff"}):
        assert request.full_path == "/echo?a=\ufffd"


def test_a_normal_request_passes_the_door_quickly() -> None:
    app = build_app()
    headers = {f"X-Header-{n}": "value" * 5 for n in range(20)} | {"Cookie": "sid=" + "a" * 80}
    with app.test_request_context("/echo?status=todo&limit=20", headers=headers):
        started = time.process_time()
        for _ in range(1_000):
            request.__dict__.pop("args", None)
            ingress.check_request()
        assert time.process_time() - started < 0.5  # half a millisecond each, on a busy machine


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Say nothing: hostile requests would fill the report."""


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    server = make_server("127.0.0.1", 0, build_app(), handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield ("127.0.0.1", server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /echo HTTP/1.0\r\n\r\n", 200),
        (b"GET /%ff HTTP/1.0\r\n\r\n", 400),
        (b"GET /%00 HTTP/1.0\r\n\r\n", 400),
        (b"GET /%c0%af HTTP/1.0\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo?a=%ff HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo?a=\xff HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo?a=%ED%A0%80 HTTP/1.0\r\n\r\n", 400),
        (b"GET /echo//x HTTP/1.0\r\n\r\n", 404),
        (b"TRACE /echo HTTP/1.0\r\n\r\n", 405),
        (b"PROPFIND /echo HTTP/1.0\r\n\r\n", 405),
        (b"GET /echo HTTP/1.0\r\nCookie: " + b"a=1; " * 100 + b"\r\n\r\n", 400),
        (b"GET /echo HTTP/1.0\r\nCookie: a=" + b"x" * 9_000 + b"\r\n\r\n", 400),
        (b"GET /echo HTTP/1.0\r\nX-A: a\x01b\r\n\r\n", 400),
        (b"POST /echo HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx", 415),
        (b"POST /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\nx", 415),
    ],
)
def test_raw_requests_over_a_socket(
    address: tuple[str, int], request_bytes: bytes, status: int
) -> None:
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(request_bytes)
        answer = connection.recv(4_096)
    assert int(answer.split(b" ")[1]) == status
