"""Deleting tasks, restoring them, and their history."""

from __future__ import annotations

from tests.factories import Person, Team, make_task


def test_a_deleted_task_is_gone_until_it_is_restored(team: Team, ada: Person, max_: Person) -> None:
    path = f"/tasks/{make_task(ada, team)}"
    deleted = max_.api("DELETE", path)
    assert (deleted.status_code, deleted.data) == (204, b"")
    unknown = ada.api("GET", "/tasks/01890000-0000-7000-8000-000000000000")
    for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
        answer = ada.api(method, path, body)
        assert (answer.status_code, answer.data) == (404, unknown.data)
    assert ada.api("GET", "/tasks").json["items"] == []
    restored = ada.api("POST", f"{path}/restore")
    assert restored.status_code == 200
    assert (restored.json["deletedAt"], restored.json["version"]) == (None, 3)
    assert ada.api("GET", path).json == restored.json
    assert ada.api("POST", f"{path}/restore").status_code == 404


def test_a_guest_restores_nothing(team: Team, ada: Person, gus: Person) -> None:
    path = f"/tasks/{make_task(ada, team)}"
    ada.api("DELETE", path)
    assert gus.api("POST", f"{path}/restore").status_code == 403


def test_an_action_without_words_refuses_some(team: Team, ada: Person) -> None:
    path = f"/tasks/{make_task(ada, team)}"
    ada.api("DELETE", path)
    refused = ada.api("POST", f"{path}/restore", {"title": "and renamed"})
    assert refused.status_code == 422
    assert list(refused.json["error"]["fields"]) == ["title"]
    assert ada.api("POST", f"{path}/restore", {}).status_code == 200


def test_the_history_tells_who_changed_what_in_the_words_of_the_api(
    team: Team, ada: Person, max_: Person, gus: Person
) -> None:
    path = f"/tasks/{make_task(ada, team, 'Draft')}"
    changes = {"title": "Report", "dueDate": "2026-12-24", "customFields": {"a": 1}}
    max_.api("PATCH", path, changes)
    max_.api("POST", f"{path}/comments", {"content": "Done?"})
    ada.api("DELETE", path)
    answer = gus.api("GET", f"{path}/history")
    assert answer.status_code == 200
    assert [entry["event"] for entry in answer.json["items"]] == [
        "task.deleted",
        "comment.created",
        "task.edited",
        "task.created",
    ]
    edit = answer.json["items"][2]
    assert edit["actorId"] == max_.user_id
    assert edit["action"] == "update"
    assert edit["previousState"] == {"title": "Draft", "dueDate": None, "customFields": {}}
    assert edit["newState"] == {
        "title": "Report",
        "dueDate": "2026-12-24",
        "customFields": {"a": 1},
    }
    assert "127.0.0.1" not in answer.text
