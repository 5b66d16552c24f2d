"""Comments on tasks."""

from __future__ import annotations

import pytest

from tests.factories import Person, Team, make_task


@pytest.fixture
def path(team: Team, ada: Person) -> str:
    return f"/tasks/{make_task(ada, team)}"


def test_a_guest_comments_and_changes_their_own_words(path: str, gus: Person, ada: Person) -> None:
    created = gus.api("POST", f"{path}/comments", {"content": f"Look, @{ada.email}"})
    assert created.status_code == 201
    comment = created.json
    assert (comment["authorId"], comment["version"]) == (gus.user_id, 1)
    assert comment["mentionedUsers"] == [ada.user_id]
    address = f"/comments/{comment['commentId']}"
    edited = gus.api("PATCH", address, {"content": "Look", "version": 1})
    assert (edited.status_code, edited.json["content"]) == (200, "Look")
    assert (edited.json["version"], edited.headers["ETag"]) == (2, '"2"')
    assert edited.json["editedAt"] is not None
    assert ada.api("GET", f"{path}/comments").json["items"] == [edited.json]
    assert ada.api("GET", path).json["commentCount"] == 1


def test_an_older_comment_is_not_changed(path: str, ada: Person) -> None:
    comment_id = ada.api("POST", f"{path}/comments", {"content": "one"}).json["commentId"]
    ada.api("PATCH", f"/comments/{comment_id}", {"content": "two"})
    stale = ada.api("PATCH", f"/comments/{comment_id}", {"content": "three"}, If_Match="1")
    assert stale.status_code == 409
    assert stale.json["error"]["current"]["content"] == "two"


def test_only_its_author_edits_a_comment_and_an_admin_may_delete_it(
    path: str, ada: Person, max_: Person, gus: Person
) -> None:
    comment_id = max_.api("POST", f"{path}/comments", {"content": "mine"}).json["commentId"]
    address = f"/comments/{comment_id}"
    for person in (ada, gus):
        assert person.api("PATCH", address, {"content": "ours"}).status_code == 403
    assert gus.api("DELETE", address).status_code == 403
    assert ada.api("DELETE", address).status_code == 204
    listed = max_.api("GET", f"{path}/comments").json["items"]
    assert [(one["content"], one["deletedAt"] is None) for one in listed] == [("", False)]
    assert max_.api("PATCH", address, {"content": "again"}).status_code == 404
    assert max_.api("DELETE", address).status_code == 404


@pytest.mark.parametrize(
    ("comment", "field"),
    [
        ({}, "content"),
        ({"content": ""}, "content"),
        ({"content": " \n "}, "content"),
        ({"content": ["x"]}, "content"),
        ({"content": "x" * 20_001}, "content"),
        ({"content": "x", "authorId": "me"}, "authorId"),
    ],
)
def test_an_odd_comment_is_refused(
    path: str, ada: Person, comment: dict[str, object], field: str
) -> None:
    answer = ada.api("POST", f"{path}/comments", comment)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]
    assert ada.api("GET", f"{path}/comments").json["items"] == []
