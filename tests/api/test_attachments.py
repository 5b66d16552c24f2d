"""Files by the API: attach, list, download in parts, delete, restore; what is odd is refused and stores nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from taskforge.attachments.thumbnails import make_due
from taskforge.config import Config
from taskforge.ids import new_id
from tests.api_tokens import give_token
from tests.attachments.files import HELLO, digest, rows, stored_keys
from tests.factories import Person, Team, make_task
from tests.pictures import opened, picture_file
from tests.trips import count_round_trips


def upload(
    person: Person,
    path: str,
    content: bytes = HELLO,
    name: str = "notes.txt",
    **headers: str,
) -> TestResponse:
    """Send a file as a form."""
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    client = person.app.test_client(use_cookies=False)
    return client.post(
        f"/api{path}",
        data={"file": (BytesIO(content), name)},
        headers={**person.headers, **given},
    )


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team)


def files_of(person: Person, task_id: str) -> list[str]:
    task = person.api("GET", f"/tasks/{task_id}").json
    return [file["name"] for file in task["attachments"]]


def test_a_file_is_attached_and_comes_back_byte_for_byte(ada: Person, task_id: str) -> None:
    made = upload(ada, f"/tasks/{task_id}/attachments")
    assert made.status_code == 201
    file = made.json
    assert {name: file[name] for name in ("name", "size", "mimetype", "uploadedBy", "taskId")} == {
        "name": "notes.txt",
        "size": len(HELLO),
        "mimetype": "text/plain",
        "uploadedBy": ada.user_id,
        "taskId": task_id,
    }
    assert (file["url"], file["thumbnailUrl"]) == (f"/api/attachments/{file['attachmentId']}", None)
    found = ada.api("GET", file["url"].removeprefix("/api"))
    assert found.data == HELLO
    assert found.headers["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert found.headers["ETag"] == f'"{digest(HELLO).hex()}"'
    assert "sandbox" in found.headers["Content-Security-Policy"]
    [listed] = ada.api("GET", f"/tasks/{task_id}").json["attachments"]
    assert listed.items() <= file.items()


def test_a_part_of_a_file_is_answered_and_an_unchanged_one_is_not(
    ada: Person, task_id: str
) -> None:
    url = upload(ada, f"/tasks/{task_id}/attachments").json["url"].removeprefix("/api")
    part = ada.api("GET", url, Range="bytes=7-11")
    assert (part.status_code, part.data) == (206, b"world")
    assert part.headers["Content-Range"] == f"bytes 7-11/{len(HELLO)}"
    assert ada.api("GET", url, Range="bytes=99-").status_code == 416
    assert ada.api("GET", url, If_None_Match=part.headers["ETag"]).status_code == 304


def test_only_what_is_harmless_is_shown_in_a_browser(ada: Person, task_id: str) -> None:
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    for content, name, shown in ((HELLO, "a.txt", True), (page, "a.html", False)):
        url = upload(ada, f"/tasks/{task_id}/attachments", content, name).json["url"]
        found = ada.api("GET", f"{url.removeprefix('/api')}?inline=true")
        assert found.headers["Content-Disposition"].startswith("inline") is shown
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert ("html" in found.headers["Content-Type"]) is False


def test_an_image_has_a_thumbnail_a_moment_later(app: Flask, ada: Person, task_id: str) -> None:
    file = picture_file(size=(1300, 650))
    made = upload(ada, f"/tasks/{task_id}/attachments", file, "photo.png").json
    url = made["thumbnailUrl"].removeprefix("/api")
    assert ada.api("GET", url).status_code == 404
    with app.app_context():
        make_due()
    found = ada.api("GET", url)
    assert (found.status_code, found.headers["Content-Type"]) == (200, "image/webp")
    assert opened(found.data).size == (640, 320)
    assert ada.api("GET", url, If_None_Match=found.headers["ETag"]).status_code == 304


def test_a_file_is_deleted_and_restored(ada: Person, task_id: str) -> None:
    file = upload(ada, f"/tasks/{task_id}/attachments").json
    path = f"/attachments/{file['attachmentId']}"
    assert ada.api("DELETE", path).status_code == 204
    assert ada.api("DELETE", path).status_code == 404
    assert ada.api("GET", path).status_code == 404
    assert files_of(ada, task_id) == []
    [gone] = ada.api("GET", f"/tasks/{task_id}/attachments/deleted").json["items"]
    assert gone["attachmentId"] == file["attachmentId"]
    restored = ada.api("POST", f"{path}/restore")
    assert (restored.status_code, restored.json["deletedAt"]) == (200, None)
    assert ada.api("POST", f"{path}/restore").status_code == 404
    assert files_of(ada, task_id) == ["notes.txt"]
    history = ada.api("GET", f"/tasks/{task_id}/history").json["items"]
    assert [entry["event"] for entry in history[:3]] == [
        "attachment.restored",
        "attachment.deleted",
        "attachment.added",
    ]


def test_a_comment_has_files_of_its_own(ada: Person, gus: Person, task_id: str) -> None:
    made = gus.api("POST", f"/tasks/{task_id}/comments", {"content": "See"}).json
    path = f"/comments/{made['commentId']}"
    assert made["attachments"] == []
    file = upload(gus, f"{path}/attachments", name="plan.txt").json
    assert (file["taskId"], file["commentId"]) == (task_id, made["commentId"])
    [comment] = ada.api("GET", f"/tasks/{task_id}/comments").json["items"]
    assert [one["name"] for one in comment["attachments"]] == ["plan.txt"]
    assert files_of(ada, task_id) == []
    [listed] = ada.api("GET", f"/tasks/{task_id}/attachments").json["items"]
    assert listed["commentId"] == made["commentId"]
    assert upload(ada, f"{path}/attachments").status_code == 403
    ada.api("DELETE", path)
    assert ada.api("GET", file["url"].removeprefix("/api")).status_code == 404


def test_a_cover_is_chosen_and_taken_away(app: Flask, ada: Person, task_id: str) -> None:
    image = upload(ada, f"/tasks/{task_id}/attachments", picture_file(), "a.png").json
    wanted = {"attachmentId": image["attachmentId"]}
    early = ada.api("PUT", f"/tasks/{task_id}/cover", wanted)
    assert early.status_code == 409
    with app.app_context():
        make_due()
    task = ada.api("PUT", f"/tasks/{task_id}/cover", wanted)
    assert (task.json["coverId"], task.json["version"]) == (image["attachmentId"], 2)
    assert ada.api("DELETE", f"/tasks/{task_id}/cover").json["coverId"] is None
    odd = ada.api("PUT", f"/tasks/{task_id}/cover", {"attachmentId": new_id()})
    assert "attachmentId" in odd.json["error"]["fields"]


def test_an_upload_that_is_sent_again_is_attached_once(ada: Person, task_id: str) -> None:
    path, key = f"/tasks/{task_id}/attachments", new_id()
    first = upload(ada, path, Idempotency_Key=key)
    again = upload(ada, path, Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    other = upload(ada, path, b"Something else\n", Idempotency_Key=key)
    assert other.status_code == 422
    assert len(stored_keys_of(ada)) == 1


def stored_keys_of(person: Person) -> list[str]:
    with person.app.app_context():
        return stored_keys()


def test_what_is_no_file_is_refused_with_a_sentence(ada: Person, task_id: str) -> None:
    path = f"/tasks/{task_id}/attachments"
    client = ada.app.test_client(use_cookies=False)
    without = {"data": {"other": "x"}, "content_type": "multipart/form-data"}
    none = client.post(f"/api{path}", headers=ada.headers, **without)
    assert none.json["error"]["fields"] == {"file": "File is missing: choose a file."}
    empty = upload(ada, path, b"", "empty.txt")
    assert "nothing in it" in empty.json["error"]["message"]
    false = upload(ada, path, HELLO, "photo.png")
    assert (false.status_code, "no PNG" in false.json["error"]["message"]) == (422, True)
    form = {"file": [(BytesIO(HELLO), "a.txt"), (BytesIO(HELLO), "b.txt")]}
    twice = client.post(f"/api{path}", data=form, headers=ada.headers)
    assert twice.status_code == 400
    assert stored_keys_of(ada) == []
    with ada.app.app_context():
        assert rows("SELECT * FROM attachments") == []


def test_many_files_are_too_many(
    app: Flask, ada: Person, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config: Config = app.config["TASKFORGE"]
    monkeypatch.setitem(app.config, "TASKFORGE", config.replaced(attachments_per_hour=2))
    path = f"/tasks/{task_id}/attachments"
    assert [upload(ada, path).status_code for _ in range(2)] == [201, 201]
    refused = upload(ada, path)
    assert (refused.status_code, "many files" in refused.json["error"]["message"]) == (429, True)


def test_a_token_attaches_by_its_scope_and_its_teams(ada: Person, team: Team, task_id: str) -> None:
    path = f"/tasks/{task_id}/attachments"
    url = upload(ada, path).json["url"]
    client = ada.app.test_client(use_cookies=False)
    reader, writer = give_token(ada, "read"), give_token(ada, "write")
    form = {"file": (BytesIO(HELLO), "a.txt")}
    assert client.post(f"/api{path}", data=form, headers=reader.headers).status_code == 403
    form = {"file": (BytesIO(HELLO), "a.txt")}
    assert client.post(f"/api{path}", data=form, headers=writer.headers).status_code == 201
    assert client.get(url, headers=reader.headers).data == HELLO


def test_a_task_with_files_costs_no_more_trips(ada: Person, task_id: str) -> None:
    ada.api("GET", f"/tasks/{task_id}")
    few = count_round_trips(ada.api("GET", f"/tasks/{task_id}"))
    for number in range(5):
        upload(ada, f"/tasks/{task_id}/attachments", name=f"{number}.txt")
    ada.api("GET", f"/tasks/{task_id}")
    many = count_round_trips(ada.api("GET", f"/tasks/{task_id}"))
    assert many == few
