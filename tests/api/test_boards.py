"""Boards and their columns."""

from __future__ import annotations

import pytest

from tests.factories import Person, Team, make_task


def names(person: Person, team: Team) -> list[str]:
    board = person.api("GET", f"/boards/{team.board_id}").json
    return [column["name"] for column in board["columns"]]


def test_a_member_creates_renames_and_deletes_nothing_more_than_the_role_allows(
    team: Team, ada: Person, max_: Person
) -> None:
    created = max_.api("POST", f"/teams/{team.team_id}/boards", {"name": "Second Board"})
    assert created.status_code == 201
    assert created.json["keyPrefix"] == "SB"
    assert len(created.json["columns"]) == 5
    path = f"/boards/{created.json['boardId']}"
    renamed = max_.api("PATCH", path, {"name": "Other", "version": 1})
    assert (renamed.status_code, renamed.json["name"], renamed.json["version"]) == (200, "Other", 2)
    stale = max_.api("PATCH", path, {"name": "Late", "version": 1})
    assert stale.status_code == 409
    assert stale.json["error"]["current"]["name"] == "Other"
    assert max_.api("DELETE", path).status_code == 403
    assert ada.api("DELETE", path).status_code == 204
    assert ada.api("GET", path).status_code == 404


def test_boards_are_listed_with_their_columns_and_counts(
    team: Team, gus: Person, ada: Person
) -> None:
    make_task(ada, team)
    boards = gus.api("GET", f"/teams/{team.team_id}/boards").json["items"]
    assert [board["boardId"] for board in boards] == [team.board_id]
    assert boards[0]["taskCount"] == 1
    assert [column["taskCount"] for column in boards[0]["columns"]] == [1, 0, 0, 0, 0]


def test_a_column_is_added_changed_moved_and_deleted(team: Team, ada: Person) -> None:
    path = f"/boards/{team.board_id}/columns"
    created = ada.api("POST", path, {"name": "Testing", "status": "in_review", "wipLimit": 3})
    assert created.status_code == 201
    column = created.json
    assert (column["hue"], column["wipLimit"], column["taskCount"]) == (1, 3, 0)
    path += f"/{column['columnId']}"
    changed = ada.api("PATCH", path, {"name": "QA", "wipLimit": None})
    assert (changed.json["name"], changed.json["wipLimit"]) == ("QA", None)
    moved = ada.api("POST", f"{path}/move", {"afterId": None})
    assert moved.status_code == 200
    assert names(ada, team)[0] == "QA"
    ada.api("POST", f"{path}/move", {"afterId": team.columns["todo"]})
    assert names(ada, team)[:3] == ["Backlog", "To do", "QA"]
    assert ada.api("DELETE", path).status_code == 204
    assert "QA" not in names(ada, team)
    assert ada.api("DELETE", path).status_code == 404


def test_a_column_with_tasks_is_kept(team: Team, ada: Person) -> None:
    make_task(ada, team)
    path = f"/boards/{team.board_id}/columns/{team.columns['backlog']}"
    assert ada.api("DELETE", path).status_code == 409
    assert ada.api("PATCH", path, {"status": "done"}).status_code == 409


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ({"status": "todo"}, "name"),
        ({"name": "x", "status": "later"}, "status"),
        ({"name": "x", "status": "todo", "wipLimit": 0}, "wipLimit"),
        ({"name": "x", "status": "todo", "wipLimit": 1000}, "wipLimit"),
        ({"name": "x", "status": "todo", "hue": 7}, "hue"),
        ({"name": "x", "status": "todo", "hue": True}, "hue"),
        ({"name": "x" * 41, "status": "todo"}, "name"),
        ({"name": "x\ny", "status": "todo"}, "name"),
        ({"name": "x", "status": "todo", "rank": "a0"}, "rank"),
    ],
)
def test_an_odd_column_is_refused(
    team: Team, ada: Person, column: dict[str, object], field: str
) -> None:
    answer = ada.api("POST", f"/boards/{team.board_id}/columns", column)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]


def test_a_column_is_found_through_its_own_board_only(team: Team, ada: Person) -> None:
    other = ada.api("POST", f"/teams/{team.team_id}/boards", {"name": "Other"}).json["boardId"]
    path = f"/boards/{other}/columns/{team.columns['todo']}"
    assert ada.api("PATCH", path, {"name": "Stolen"}).status_code == 404
    assert ada.api("DELETE", path).status_code == 404


def test_a_guest_changes_no_board(team: Team, gus: Person) -> None:
    board, column = f"/boards/{team.board_id}", team.columns["todo"]
    body = {"name": "x", "status": "todo"}
    assert gus.api("POST", f"/teams/{team.team_id}/boards", {"name": "x"}).status_code == 403
    assert gus.api("PATCH", board, {"name": "x"}).status_code == 403
    assert gus.api("DELETE", board).status_code == 403
    assert gus.api("POST", f"{board}/columns", body).status_code == 403
    assert gus.api("PATCH", f"{board}/columns/{column}", {"name": "x"}).status_code == 403
    assert gus.api("DELETE", f"{board}/columns/{column}").status_code == 403
    assert gus.api("POST", f"{board}/columns/{column}/move", {}).status_code == 403
