"""A person's picture: uploaded, shown in place of the initials to who may see it, replaced and removed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from taskforge import clock
from taskforge.accounts import picture_store
from taskforge.admin.maintenance import purge_pictures
from taskforge.comments.service import create_comment
from taskforge.stores import mongo, sql
from tests.factories import Person, make_task, make_team
from tests.pages import Page, Visitor, visit
from tests.pictures import BLUE, colour_at, opened, picture_file

UPLOAD, REMOVE = "/profile/picture", "/profile/picture/remove"


def upload(visitor: Visitor, file: bytes, **changes: Any) -> Page:
    fields = visitor.open("/profile").form(UPLOAD).fields
    data = {**fields, "picture": (BytesIO(file), "../../me.php"), **changes}
    return Page(visitor.client.post(UPLOAD, data=data, content_type="multipart/form-data"))


def address_of(person: Person) -> str | None:
    address: str | None = person.api("GET", "/users/me").json["picture"]
    return address


def send(person: Person, file: bytes, **headers: str) -> TestResponse:
    client = person.app.test_client(use_cookies=False)
    given = {"X-Session-Id": person.secret, **headers}
    data = {"picture": (BytesIO(file), "me.png")}
    return client.post("/api/users/me/picture", data=data, headers=given)


def stored(app: Flask) -> int:
    with app.app_context():
        return mongo.collection(picture_store.COLLECTION).count_documents({})


def events(app: Flask, person: Person) -> list[dict[str, Any]]:
    with app.app_context():
        found = sql.rows(
            text(
                "SELECT previous_state, new_state FROM audit_logs WHERE entity_id = :id"
                " AND event = 'user.profile_edited' ORDER BY log_id"
            ),
            {"id": person.user_id},
        )
    return [dict(row) for row in found]


def test_a_picture_is_uploaded_and_replaces_the_initials(
    app: Flask, ada: Person, visitor: Visitor
) -> None:
    answer = upload(visitor, picture_file())
    assert (answer.status, answer.location) == (303, "/profile")
    address = address_of(ada)
    assert address
    assert f'<img src="{address}" alt="" loading="lazy"' in visitor.open("/boards").html
    small, large = visitor.client.get(address), visitor.client.get(f"{address}/large")
    assert (opened(small.data).size, opened(large.data).size) == ((64, 64), (256, 256))
    name = address.rpartition("/")[2]
    change = {"previous_state": {"picture": None}, "new_state": {"picture": name}}
    assert events(app, ada) == [change]


def test_a_picture_is_served_so_that_only_a_browser_keeps_it(ada: Person, visitor: Visitor) -> None:
    upload(visitor, picture_file())
    answer = visitor.client.get(str(address_of(ada)))
    assert answer.mimetype == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    again = visitor.client.get(
        str(address_of(ada)), headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_a_picture_is_on_the_task_the_team_and_the_history(
    app: Flask, ada: Person, bob: Person, visitor: Visitor
) -> None:
    team = make_team(ada, member=bob)
    task_id = make_task(ada, team, assignee_id=ada.user_id)
    with app.app_context():
        create_comment(ada.actor, task_id, content="Hello")
    at = visit(bob)
    paths = (
        f"/tasks/{task_id}", f"/teams/{team.team_id}", f"/tasks/{task_id}/history",
        f"/boards/{team.board_id}/activity", "/boards",
    )  # fmt: skip
    for path in paths:  # kept by whoever keeps it
        at.open(path)
    upload(visitor, picture_file())
    address = str(address_of(ada))
    for path in paths:
        assert f'src="{address}"' in at.open(path).html, path
    people = at.client.get(f"/boards/{team.board_id}/people").json
    assert people[ada.user_id]["picture"] == address
    assert "picture" not in people[bob.user_id]
    visitor.fill("/profile", REMOVE)
    for path in paths:
        assert address not in at.open(path).html, path


def test_only_who_shares_a_team_sees_a_picture(
    ada: Person, bob: Person, eve: Person, visitor: Visitor, client: FlaskClient
) -> None:
    make_team(ada, member=bob)
    make_team(eve)
    upload(visitor, picture_file())
    address = str(address_of(ada))
    assert visit(bob).client.get(address).status_code == 200
    for path in (address, f"{address}/large"):
        assert visit(eve).open(path).status == 404
    assert client.get(address).location == f"/login?next={address}"
    other = address.replace(ada.user_id, bob.user_id)
    assert visit(bob).open(other).status == 404


def test_a_picture_that_was_replaced_is_gone_at_once_and_purged_later(
    app: Flask, ada: Person, visitor: Visitor
) -> None:
    upload(visitor, picture_file())
    old = str(address_of(ada))
    upload(visitor, picture_file(colour=BLUE))
    new = str(address_of(ada))
    assert visitor.open(old).status == 404
    assert colour_at(opened(visitor.client.get(new).data), 0.5, 0.5) == "blue"
    assert stored(app) == 2
    with app.app_context():
        assert purge_pictures() == 0  # a change that stored it may still be under way
        assert picture_store.purge_unnamed(clock.now() + timedelta(hours=2)) == 1
    assert visitor.client.get(new).status_code == 200
    visitor.fill("/profile", REMOVE)
    assert address_of(ada) is None
    assert visitor.open(new).status == 404
    with app.app_context():
        picture_store.purge_unnamed(clock.now() + timedelta(hours=2))
    assert stored(app) == 0


def test_a_picture_that_comes_again_is_not_purged(
    app: Flask, ada: Person, visitor: Visitor
) -> None:
    upload(visitor, picture_file())
    visitor.fill("/profile", REMOVE)
    later = clock.now() + timedelta(hours=2)
    with app.app_context(), clock.frozen(later):
        upload(visitor, picture_file())
        assert picture_store.purge_unnamed(later) == 0
    assert visitor.client.get(str(address_of(ada))).status_code == 200


@pytest.mark.parametrize(
    ("file", "status", "sentence"),
    [
        (b"", 422, "Picture is missing: choose a file."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "Picture must be a PNG, JPEG, WebP or GIF."),
        (picture_file()[:60], 422, "Picture can&#39;t be read: the file is damaged or cut off."),
        (b"x" * 6_000_000, 413, "The file is too large."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_a_sentence_and_nothing_is_stored(
    app: Flask, ada: Person, visitor: Visitor, file: bytes, status: int, sentence: str
) -> None:
    page = upload(visitor, file)
    assert page.status == status
    assert sentence in page.html
    assert stored(app) == 0
    assert events(app, ada) == []
    assert address_of(ada) is None


def test_a_form_without_a_file_is_refused(visitor: Visitor) -> None:
    page = visitor.fill("/profile", UPLOAD)
    assert page.status == 422
    assert "Picture is missing: choose a file." in page.html


def test_only_the_form_of_the_picture_takes_files(ada: Person, visitor: Visitor) -> None:
    fields = visitor.open("/profile").form("/profile/edit").fields
    for name in ("bio", "picture", "first_name"):
        data = {**fields, name: (BytesIO(b"x"), "x.png")}
        answer = visitor.client.post("/profile/edit", data=data, content_type="multipart/form-data")
        assert answer.status_code == 400


def test_two_files_at_once_are_refused(visitor: Visitor) -> None:
    files = [(BytesIO(picture_file()), "a.png"), (BytesIO(picture_file()), "b.png")]
    assert upload(visitor, b"", picture=files).status == 400


def test_a_picture_that_was_changed_in_another_window_is_a_conflict(
    ada: Person, visitor: Visitor
) -> None:
    old = visitor.open("/profile").form(UPLOAD).fields["version"]
    upload(visitor, picture_file())
    first = address_of(ada)
    page = upload(visitor, picture_file(colour=BLUE), version=old)
    assert page.status == 409
    assert "You changed the picture in another window" in page.text
    assert address_of(ada) == first


def test_a_form_that_is_sent_twice_has_one_effect(
    app: Flask, ada: Person, visitor: Visitor
) -> None:
    op = "0197f0c4-0000-7000-8000-000000000001"
    for _ in range(2):
        assert upload(visitor, picture_file(), op=op, version="1").status == 303
    assert len(events(app, ada)) == 1
    page = upload(visitor, picture_file(colour=BLUE), op=op, version="1")
    assert page.status == 422  # the same operation with another file


def test_the_api_takes_and_removes_a_picture(app: Flask, ada: Person) -> None:
    answer = send(ada, picture_file(), **{"If-Match": '"1"'})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["picture"].startswith(f"/people/{ada.user_id}/picture/")
    assert send(ada, picture_file(colour=BLUE), **{"If-Match": '"1"'}).status_code == 409
    refused = send(ada, b"no picture")
    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["error"]["fields"] == {
        "picture": "Picture must be a PNG, JPEG, WebP or GIF."
    }
    assert ada.api("DELETE", "/users/me/picture").json["picture"] is None
    assert ada.api("POST", "/users/me/picture", {}).status_code == 422


def test_many_pictures_are_too_many(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskforge.identity.limited.PICTURES_PER_HOUR", 1)
    assert send(ada, picture_file()).status_code == 200
    refused = send(ada, picture_file(colour=BLUE))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_no_chance_makes_a_form_unreadable(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("werkzeug.test.random", lambda: 0.00012345678901234567)
    monkeypatch.setattr("werkzeug.test.time", lambda: 1764398111.1234567)
    assert send(ada, picture_file()).status_code == 200
