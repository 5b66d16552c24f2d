"""Creating, reading, replacing and changing tasks."""

from __future__ import annotations

from typing import Any

import pytest

from taskforge.stores import mongo
from tests.factories import Person, Team, make_task
from tests.stores.scene import relay_everything

WHOLE = {
    "title": "Write the report",
    "description": "With **figures**",
    "status": "todo",
    "priority": "high",
    "dueDate": "2026-12-24",
    "startDate": "2026-12-01T09:30:00+02:00",
    "tags": ["Report", "report", "q4"],
    "customFields": {"budget": 12.5, "approved": True, "note": None, "code": "A-1"},
    "checklist": [{"text": "Collect"}, {"text": "Draw", "done": True}],
}


def create(person: Person, team: Team, **fields: Any) -> Any:
    return person.api("POST", "/tasks", {"teamId": team.team_id, **fields})


def test_a_task_is_answered_as_it_was_given(team: Team, max_: Person, gus: Person) -> None:
    answer = create(max_, team, **WHOLE, assigneeId=gus.user_id)
    assert answer.status_code == 201
    task = answer.json
    assert task["key"] == "WEB-1"
    assert task["description"] == "With **figures**"
    assert (task["status"], task["columnId"]) == ("todo", team.columns["todo"])
    assert (task["teamId"], task["boardId"]) == (team.team_id, team.board_id)
    assert task["priority"] == "high"
    assert task["dueDate"] == "2026-12-24"
    assert task["startDate"] == "2026-12-01T07:30:00.000Z"
    assert task["tags"] == ["Report", "q4"]
    assert task["customFields"] == WHOLE["customFields"]
    assert [(item["text"], item["done"]) for item in task["checklist"]] == [
        ("Collect", False),
        ("Draw", True),
    ]
    assert (task["assigneeId"], task["creatorId"]) == (gus.user_id, max_.user_id)
    assert (task["version"], answer.headers["ETag"]) == (1, '"1"')
    assert task["attachments"] == []
    assert (task["commentCount"], task["deletedAt"]) == (0, None)
    assert (task["syncing"], task["detailsAvailable"]) == (False, True)
    assert gus.api("GET", f"/tasks/{task['taskId']}").json == task


def test_custom_fields_are_stored_as_a_list_of_keys_and_values(team: Team, ada: Person) -> None:
    task_id = create(ada, team, title="x", customFields={"b": 1, "a": "$ne"}).json["taskId"]
    with ada.app.app_context():
        relay_everything()
        stored = mongo.collection("tasks").find_one({"_id": task_id})
    assert stored["custom_fields"] == [{"k": "a", "v": "$ne"}, {"k": "b", "v": 1}]


def test_a_task_with_nothing_but_a_title_gets_the_defaults(team: Team, ada: Person) -> None:
    nulls = dict.fromkeys(("boardId", "columnId", "status", "priority", "assigneeId", "dueDate"))
    for task in (
        create(ada, team, title="x").json,
        create(ada, team, title="x", description=None, tags=None, customFields=None, **nulls).json,
    ):
        assert (task["status"], task["columnId"]) == ("backlog", team.columns["backlog"])
        assert (task["priority"], task["description"], task["tags"]) == ("medium", "", [])
        assert (task["assigneeId"], task["dueDate"], task["customFields"]) == (None, None, {})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": ["x"]}, "title"),
        ({"title": {"$gt": ""}}, "title"),
        ({"description": 7}, "description"),
        ({"description": "x" * 100_001}, "description"),
        ({"status": "doing"}, "status"),
        ({"status": {"$ne": ""}}, "status"),
        ({"priority": "asap"}, "priority"),
        ({"assigneeId": "me"}, "assigneeId"),
        ({"assigneeId": 7}, "assigneeId"),
        ({"columnId": "odd"}, "columnId"),
        ({"dueDate": "2024-02-30"}, "dueDate"),
        ({"dueDate": "2026-12-24T10:00:00"}, "dueDate"),
        ({"dueDate": "0001-01-01T00:00:00+14:00"}, "dueDate"),
        ({"dueDate": 1_700_000_000}, "dueDate"),
        ({"tags": "urgent"}, "tags"),
        ({"tags": [f"t{number}" for number in range(21)]}, "tags"),
        ({"tags": [{"$gt": ""}]}, "tags"),
        ({"customFields": {"$where": "1"}}, "customFields"),
        ({"customFields": {"a.b": 1}}, "customFields"),
        ({"customFields": {"a": [1]}}, "customFields"),
        ({"customFields": [{"k": "a", "v": 1}]}, "customFields"),
        ({"checklist": [{"text": ""}]}, "checklist"),
        ({"checklist": [{"text": "x", "done": "no"}]}, "checklist"),
        ({"checklist": [{"text": "x", "by": "me"}]}, "checklist"),
        ({"checklist": [{"text": "x", "itemId": "odd"}]}, "checklist"),
        ({"checklist": [{"text": "x"}] * 101}, "checklist"),
        # What only TaskForge itself may set.
        ({"version": 7}, "version"),
        ({"rank": "a0"}, "rank"),
        ({"creatorId": "x"}, "creatorId"),
        ({"createdAt": "2026-01-01T00:00:00Z"}, "createdAt"),
        ({"key": "WEB-9"}, "key"),
        ({"team_id": "x"}, "team_id"),
    ],
)
def test_an_odd_field_is_refused_by_name(
    team: Team, ada: Person, fields: dict[str, Any], field: str
) -> None:
    answer = create(ada, team, **{"title": "x", **fields})
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]
    assert ada.api("GET", "/tasks").json["items"] == []


def test_a_task_needs_a_team_that_is_mine(team: Team, ada: Person, olga: Person) -> None:
    missing = ada.api("POST", "/tasks", {"title": "x"})
    assert list(missing.json["error"]["fields"]) == ["teamId"]
    unknown = create(olga, Team("01890000-0000-7000-8000-000000000000", "", {}), title="x")
    assert unknown.status_code == 404
    for team_id in (team.team_id, "odd", "", team.team_id.upper()):
        answer = create(olga, Team(team_id, "", {}), title="x")
        assert (answer.status_code, answer.data) == (404, unknown.data)


def test_a_board_of_another_team_is_refused(team: Team, ada: Person) -> None:
    other = ada.api("POST", "/teams", {"name": "Other"}).json["teamId"]
    answer = create(ada, Team(other, "", {}), title="x", boardId=team.board_id)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["boardId"]


def test_patch_changes_what_it_names_and_nothing_else(
    team: Team, ada: Person, max_: Person
) -> None:
    before = create(ada, team, **WHOLE).json
    path = f"/tasks/{before['taskId']}"
    answer = max_.api("PATCH", path, {"title": "New", "dueDate": None, "version": 1})
    assert answer.status_code == 200
    changed = {
        "title": "New",
        "dueDate": None,
        "version": 2,
        "updatedAt": answer.json["updatedAt"],
    }
    assert answer.json == before | changed
    status = max_.api("PATCH", path, {"status": "done"}).json
    assert (status["status"], status["columnId"]) == ("done", team.columns["done"])


def test_put_empties_what_it_does_not_name_but_leaves_the_task_in_its_column(
    team: Team, ada: Person
) -> None:
    path = f"/tasks/{create(ada, team, **WHOLE, assigneeId=ada.user_id).json['taskId']}"
    task = ada.api("PUT", path, {"title": "Only this", "version": 1}).json
    assert task["title"] == "Only this"
    assert (task["description"], task["tags"], task["customFields"]) == ("", [], {})
    assert (task["checklist"], task["assigneeId"], task["priority"]) == ([], None, "medium")
    assert (task["dueDate"], task["startDate"]) == (None, None)
    assert task["status"] == "todo"
    missing = ada.api("PUT", path, {"description": "no title"})
    assert list(missing.json["error"]["fields"]) == ["title"]
    again = ada.api("PUT", path, {**WHOLE, "status": "done"})
    assert (again.json["status"], again.json["priority"]) == ("done", "high")


def test_checklist_items_keep_their_ids(team: Team, ada: Person) -> None:
    task = create(ada, team, **WHOLE).json
    item = task["checklist"][0] | {"done": True}
    changed = ada.api("PATCH", f"/tasks/{task['taskId']}", {"checklist": [item]}).json
    assert changed["checklist"] == [item]
    assert (changed["checklistDone"], changed["checklistTotal"]) == (1, 1)


def test_a_guest_reads_and_a_member_writes(team: Team, gus: Person, ada: Person) -> None:
    task_id = make_task(ada, team)
    path = f"/tasks/{task_id}"
    assert gus.api("GET", path).status_code == 200
    assert create(gus, team, title="x").status_code == 403
    assert gus.api("PUT", path, {"title": "x"}).status_code == 403
    assert gus.api("PATCH", path, {"title": "x"}).status_code == 403
    assert gus.api("DELETE", path).status_code == 403
    move = gus.api("POST", f"{path}/move", {"columnId": team.columns["done"]})
    assert move.status_code == 403
    assert gus.api("GET", path).json["version"] == 1


def test_lists_hold_what_cards_show(team: Team, ada: Person, gus: Person) -> None:
    task = create(ada, team, **WHOLE).json
    listed = gus.api("GET", "/tasks").json["items"]
    left_out = {"description", "customFields", "checklist", "attachments", "syncing"}
    left_out |= {"detailsAvailable"}
    assert listed == [{name: value for name, value in task.items() if name not in left_out}]
