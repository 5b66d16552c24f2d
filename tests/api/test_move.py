"""Moving tasks inside and between columns."""

from __future__ import annotations

from tests.factories import Person, Team, make_task


def order(person: Person, team: Team, status: str) -> list[str]:
    tasks = person.api("GET", f"/tasks?boardId={team.board_id}&status={status}").json["items"]
    return [task["title"] for task in sorted(tasks, key=lambda task: task["rank"])]


def test_a_task_moves_to_the_end_of_a_column(team: Team, ada: Person, max_: Person) -> None:
    task_id = make_task(ada, team)
    answer = max_.api("POST", f"/tasks/{task_id}/move", {"columnId": team.columns["done"]})
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["version"]) == ("done", 2)
    assert answer.headers["ETag"] == '"2"'


def test_a_task_moves_above_or_below_a_neighbour(team: Team, ada: Person) -> None:
    one, two, three = (make_task(ada, team, title) for title in ("one", "two", "three"))
    backlog = team.columns["backlog"]
    ada.api("POST", f"/tasks/{three}/move", {"columnId": backlog, "beforeId": one})
    assert order(ada, team, "backlog") == ["three", "one", "two"]
    ada.api("POST", f"/tasks/{three}/move", {"columnId": backlog, "afterId": one})
    assert order(ada, team, "backlog") == ["one", "three", "two"]
    nulls = {"columnId": backlog, "beforeId": None, "afterId": None}
    ada.api("POST", f"/tasks/{one}/move", nulls)
    assert order(ada, team, "backlog") == ["three", "two", "one"]
    assert two


def test_a_column_with_a_hard_limit_takes_no_more(team: Team, ada: Person, max_: Person) -> None:
    column = team.columns["in_progress"]
    path = f"/boards/{team.board_id}/columns/{column}"
    assert ada.api("PATCH", path, {"wipLimit": 1}).status_code == 200
    hard = ada.api("PATCH", f"/boards/{team.board_id}", {"hardLimits": True})
    assert hard.json["hardLimits"] is True
    first, second = make_task(ada, team, "first"), make_task(ada, team, "second")
    assert ada.api("POST", f"/tasks/{first}/move", {"columnId": column}).status_code == 200
    answer = ada.api("POST", f"/tasks/{second}/move", {"columnId": column})
    assert answer.status_code == 409
    assert answer.json["error"]["code"] == "wip_limit"
    assert answer.json["error"]["overridable"] is True
    status = ada.api("PATCH", f"/tasks/{second}", {"status": "in_progress"})
    assert status.status_code == 409
    body = {"columnId": column, "anyway": True}
    refused = max_.api("POST", f"/tasks/{second}/move", body)
    assert refused.json["error"]["overridable"] is False
    assert ada.api("POST", f"/tasks/{second}/move", body).status_code == 200


def test_a_soft_limit_takes_more_and_the_history_says_so(team: Team, ada: Person) -> None:
    column = team.columns["in_progress"]
    ada.api("PATCH", f"/boards/{team.board_id}/columns/{column}", {"wipLimit": 1})
    for number in range(2):
        task_id = make_task(ada, team, f"Task {number}")
        answer = ada.api("POST", f"/tasks/{task_id}/move", {"columnId": column})
        assert answer.status_code == 200
    newest = ada.api("GET", f"/tasks/{task_id}/history").json["items"][0]
    assert newest["newState"]["overLimit"] == {"limit": 1, "count": 2}
    board = ada.api("GET", f"/boards/{team.board_id}").json
    assert board["hardLimits"] is False
    odd = ada.api("POST", f"/tasks/{task_id}/move", {"columnId": column, "anyway": "yes"})
    assert odd.status_code == 422


def test_a_column_or_neighbour_of_another_board_is_refused(
    team: Team, ada: Person, olga: Person
) -> None:
    task_id = make_task(ada, team)
    other = ada.api("POST", f"/teams/{team.team_id}/boards", {"name": "Other"}).json
    foreign = other["columns"][0]["columnId"]
    for column in (foreign, "odd", "01890000-0000-7000-8000-000000000000"):
        answer = ada.api("POST", f"/tasks/{task_id}/move", {"columnId": column})
        assert answer.status_code == 422
        assert list(answer.json["error"]["fields"]) == ["columnId"]
    body = {"columnId": team.columns["todo"], "beforeId": "odd"}
    answer = ada.api("POST", f"/tasks/{task_id}/move", body)
    assert answer.status_code == 422
    assert "beforeId" in answer.json["error"]["fields"]
    missing = ada.api("POST", f"/tasks/{task_id}/move", {})
    assert list(missing.json["error"]["fields"]) == ["columnId"]
