"""Comments, columns with their tasks, and boards are deleted and restored by the API."""

from __future__ import annotations

from tests.factories import Person, Team, make_task


def column_ids(person: Person, team: Team) -> list[str]:
    board = person.api("GET", f"/boards/{team.board_id}").json
    return [column["columnId"] for column in board["columns"]]


def test_a_comment_is_restored_with_its_words(team: Team, ada: Person, gus: Person) -> None:
    task = make_task(ada, team)
    made = gus.api("POST", f"/tasks/{task}/comments", {"content": "Well said"}).json
    path = f"/comments/{made['commentId']}"
    assert gus.api("DELETE", path).status_code == 204
    restored = gus.api("POST", f"{path}/restore")
    assert restored.status_code == 200
    assert restored.json["content"] == "Well said"
    assert (restored.json["deletedAt"], restored.json["version"]) == (None, 3)
    assert restored.headers["ETag"] == '"3"'
    assert gus.api("POST", f"{path}/restore").status_code == 404
    history = ada.api("GET", f"/tasks/{task}/history").json["items"]
    assert [entry["event"] for entry in history[:2]] == ["comment.restored", "comment.deleted"]


def test_a_board_is_restored(team: Team, ada: Person, max_: Person) -> None:
    task = make_task(ada, team)
    path = f"/boards/{team.board_id}"
    assert ada.api("DELETE", path).status_code == 204
    assert ada.api("GET", f"/tasks/{task}").status_code == 404
    listed = ada.api("GET", f"/teams/{team.team_id}/boards/deleted").json["items"]
    assert [(board["boardId"], board["deleterId"]) for board in listed] == [
        (team.board_id, ada.user_id)
    ]
    assert max_.api("GET", f"/teams/{team.team_id}/boards/deleted").status_code == 403
    assert max_.api("POST", f"{path}/restore").status_code == 403
    restored = ada.api("POST", f"{path}/restore")
    assert (restored.status_code, restored.json["taskCount"]) == (200, 1)
    assert ada.api("GET", f"/tasks/{task}").status_code == 200
    assert ada.api("POST", f"{path}/restore").status_code == 404


def test_a_column_is_deleted_and_restored_with_its_tasks(team: Team, ada: Person) -> None:
    task = make_task(ada, team, status="todo")
    before = column_ids(ada, team)
    todo, done = team.columns["todo"], team.columns["done"]
    path = f"/boards/{team.board_id}/columns/{todo}"
    refused = ada.api("DELETE", path)
    assert refused.status_code == 409
    assert "Choose a column to move them to" in refused.json["error"]["message"]
    for query, status in ((f"moveTasksTo={done}", "done"), ("deleteTasks=true", None)):
        assert ada.api("DELETE", f"{path}?{query}").status_code == 204
        assert column_ids(ada, team) == [column for column in before if column != todo]
        found = ada.api("GET", f"/tasks/{task}")
        assert found.json.get("status") == status
        [listed] = ada.api("GET", f"/boards/{team.board_id}/columns/deleted").json["items"]
        assert (listed["columnId"], listed["taskCount"]) == (todo, 1)
        restored = ada.api("POST", f"{path}/restore")
        assert (restored.status_code, restored.json["taskCount"]) == (200, 1)
        assert column_ids(ada, team) == before
        assert ada.api("GET", f"/tasks/{task}").json["status"] == "todo"


def test_odd_wishes_for_the_tasks_of_a_column_are_refused(team: Team, ada: Person) -> None:
    make_task(ada, team, status="todo")
    path = f"/boards/{team.board_id}/columns/{team.columns['todo']}"
    done = team.columns["done"]
    for query in (
        f"moveTasksTo={done}&deleteTasks=true",
        "moveTasksTo=nowhere",
        "deleteTasks=perhaps",
        f"moveTasksTo={team.board_id}",
        f"moveTasksTo={team.columns['todo']}",
        "other=1",
    ):
        assert ada.api("DELETE", f"{path}?{query}").status_code == 422, query
    assert ada.api("DELETE", f"{path}?deleteTasks=false").status_code == 409


def test_a_repeated_restoration_with_a_key_answers_the_same(team: Team, ada: Person) -> None:
    path = f"/boards/{team.board_id}"
    ada.api("DELETE", path)
    key = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
    answers = [ada.api("POST", f"{path}/restore", Idempotency_Key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
