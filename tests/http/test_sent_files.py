"""Files in forms: read in pieces, whatever is in them; refused where they are too long, cut off or not asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from flask import jsonify
from flask.testing import FlaskClient

from taskforge.http.sent_files import find_sent_file, list_sent_files
from taskforge.http.view_declarations import accept_files, accept_lists, body_limit
from tests.held_memory import most_held
from tests.http.echo_app import MULTIPART, build_guarded, part

MB = 1024 * 1024
END = b"\r\n--B--\r\n"


def describe(file: Any) -> dict[str, Any]:
    digest = hashlib.sha256()
    for piece in file.chunks():
        assert len(piece) <= 64 * 1024
        digest.update(piece)
    assert file.head(10) == next(file.chunks(), b"")[:10]
    return {"name": file.name, "type": file.mimetype, "size": file.size, "is": digest.hexdigest()}


@pytest.fixture
def client() -> FlaskClient:
    app = build_guarded()

    @app.post("/one")
    @accept_files(file=lambda: 3 * MB)
    def one() -> Any:
        file = find_sent_file("file")
        return jsonify(file and describe(file))

    @app.post("/several")
    @accept_files(file=MB)
    @accept_lists("file")
    def several() -> Any:
        return jsonify([file.name for file in list_sent_files("file")])

    return app.test_client()


def sent(content: bytes, name: str = "a.bin", extra: str = "") -> bytes:
    head = part("file", "", f'; filename="{name}"').removesuffix("\r\n")
    return head.replace("\r\n\r\n", f"{extra}\r\n\r\n").encode() + content


def post(client: FlaskClient, body: bytes, target: str = "/one") -> Any:
    return client.post(target, data=body, **MULTIPART)


CONTENTS = {
    "nothing": b"",
    "zeros": bytes(2 * MB),
    "line breaks": b"\r\n" * MB,
    "line feeds": b"\n" * MB,
    "half boundaries": b"\r\n--" * (MB // 2),
    "almost boundaries": b"\r\n--Bx" * (MB // 4),
    "boundaries without a line break": b"x--B\r\n" * (MB // 4),
    "every byte": bytes(range(256)) * 4096,
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_a_file_arrives_byte_by_byte_and_is_never_whole_in_memory(
    client: FlaskClient, content: bytes
) -> None:
    body = sent(content, extra="\r\nContent-Type: image/png") + END
    answers = []
    assert most_held(lambda: answers.append(post(client, body))) < 1.2 * MB
    digest = hashlib.sha256(content).hexdigest()
    assert answers[-1].get_json() == {
        "name": "a.bin",
        "type": "image/png",
        "size": len(content),
        "is": digest,
    }


@pytest.mark.parametrize(
    ("sent_name", "name"),
    [
        ("my %22best%22 plan.pdf", 'my "best" plan.pdf'),
        ("../../etc/passwd", "../../etc/passwd"),
        ("é" * 150, "é" * 150),
        ("invoice\u202efdp.exe", "invoice\u202efdp.exe"),
    ],
)
def test_a_name_arrives_as_it_was_given(client: FlaskClient, sent_name: str, name: str) -> None:
    body = sent(b"x", sent_name.encode().decode()) + END
    assert post(client, body).get_json()["name"] == name


def test_a_field_without_a_file_is_none(client: FlaskClient) -> None:
    assert post(client, sent(b"", "") + END).get_json() is None
    assert post(client, part("other", "x").encode() + b"--B--\r\n").get_json() is None
    assert post(client, sent(b"", "empty.txt") + END).get_json()["size"] == 0


def broken() -> Iterator[tuple[str, bytes, int, str]]:
    yield "too long", sent(bytes(3 * MB + 1)) + END, 413, "3 MB is the most"
    yield "far too long", sent(bytes(4 * MB)) + END, 413, "3 MB is the most"
    yield "cut off", sent(bytes(2 * MB)), 400, "cut off"
    yield "cut off in the head", b'--B\r\nContent-Disposition: form-data; name="file"', 400, ""
    yield "endless head", b"--B\r\nX: " + b"x" * (2 * MB), 413, ""
    yield "control characters in the name", sent(b"x", "a\x00b") + END, 400, "control"
    yield "name that is not UTF-8", sent(b"x", "NAME").replace(b"NAME", b"\xff") + END, 400, ""
    yield "another field", part("photo", "x", '; filename="a"').encode() + b"--B--", 400, "files"
    yield "twice", sent(b"x") + b"\r\n" + sent(b"y") + END, 400, "more than once"
    yield "encoded", sent(b"eA==", extra="\r\nContent-Transfer-Encoding: base64") + END, 400, ""


@pytest.mark.parametrize(
    ("body", "status", "words"), [row[1:] for row in broken()], ids=[row[0] for row in broken()]
)
def test_what_is_wrong_with_a_file_is_said(
    client: FlaskClient, body: bytes, status: int, words: str
) -> None:
    answer = post(client, body)
    assert answer.status_code == status
    assert words in answer.get_json()["error"]["message"]


def test_several_files_are_taken_where_they_are_declared(client: FlaskClient) -> None:
    body = sent(b"x", "a") + b"\r\n" + sent(b"y", "b") + b"\r\n" + sent(b"", "") + END
    assert post(client, body, "/several").get_json() == ["a", "b"]


@pytest.mark.parametrize("is_file", [True, False], ids=["files", "fields"])
def test_many_small_parts_are_not_in_memory_together(client: FlaskClient, is_file: bool) -> None:
    more = '; filename="a"' if is_file else ""
    body = part("file", "x" * 100_000, more).encode() * 12 + b"--B--\r\n"
    assert len(body) > MB
    answers = []
    most = most_held(lambda: answers.append(post(client, body, "/several")))
    assert answers[0].status_code == (200 if is_file else 413)
    assert most < 0.8 * MB


def test_the_server_reads_as_much_as_the_view_takes(client: FlaskClient) -> None:
    app = client.application
    assert body_limit(app, "POST", "/one") == 3 * MB + 256 * 1024
    assert body_limit(app, "PUT", "/one") == body_limit(app, "POST", "/none") == 256 * 1024
