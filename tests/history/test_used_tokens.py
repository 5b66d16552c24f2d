"""The API token by which a program acted stands in the audit log, and is said wherever its changes are told."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.boards.view_preferences import mark_seen
from taskforge.history.unseen_changes import find_unseen
from taskforge.stores import sql
from tests.api_tokens import Program, give_token
from tests.audit_trail import events_of
from tests.factories import Person, Team, make_task, make_team
from tests.history.team_activity import told
from tests.pages import visit
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.scene import read
from tests.trips import counting_statements

SAID = "by the token “Nightly report”"


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def program(ada: Person, team: Team) -> Program:
    return give_token(ada, "read", "write", "admin")


def test_every_kind_of_change_says_it(
    app: Flask, ada: Person, team: Team, program: Program
) -> None:
    body = {"title": "Saw", "teamId": team.team_id, "boardId": team.board_id}
    task_id = program.api("POST", "/tasks", body).json["taskId"]
    path = f"/tasks/{task_id}"
    changes = (
        ("PATCH", path, {"title": "Saw it"}),
        ("POST", f"{path}/move", {"columnId": team.columns["done"]}),
        ("POST", f"{path}/comments", {"content": "Sawn"}),
        ("PATCH", f"/teams/{team.team_id}", {"description": "We saw", "version": 1}),
        ("PATCH", f"/boards/{team.board_id}", {"name": "Wood"}),
        ("DELETE", path, None),
    )
    for method, address, wanted in changes:
        answer = program.api(method, address, wanted)
        assert answer.status_code < 300, (address, answer.text)
    with app.app_context():
        noted = sql.rows(
            text(
                "SELECT event, new_state -> 'by_token' AS token FROM audit_logs"
                " WHERE team_id = :team OR entity_type = 'comment' ORDER BY log_id"
            ),
            {"team": team.team_id},
        )
        by_program = [row["event"] for row in noted if row["token"]]
        assert {row["token"]["token_id"] for row in noted if row["token"]} == {program.token_id}
        catch_up()
        assert_stores_agree()
    assert by_program == [
        "task.created", "task.edited", "task.moved", "comment.created", "team.edited", "board.edited",
        "task.deleted",
    ]  # fmt: skip
    lines = told(visit(ada).open(f"/teams/{team.team_id}/activity"))
    assert sum(SAID in line for line in lines) == len(by_program)
    assert (
        sum(SAID in line for line in told(visit(ada).open(f"/boards/{team.board_id}/activity")))
        >= 5
    )
    csv = program.api("GET", f"/teams/{team.team_id}/activity.csv").text
    assert csv.count(SAID) == len(by_program)


def test_the_history_of_a_card_says_it_and_undo_goes_past_it(
    ada: Person, bob: Person, team: Team, program: Program
) -> None:
    task_id = make_task(ada, team, "Saw")
    program.api("PATCH", f"/tasks/{task_id}", {"title": "Saw it"})
    bob.api("PATCH", f"/tasks/{task_id}", {"priority": "high"})
    page = visit(bob).open(f"/tasks/{task_id}/history")
    assert f"changed the title {SAID}" in page.text
    entries = bob.api("GET", f"/tasks/{task_id}/history").json["items"]
    by_bob, by_program, by_ada = entries
    assert (by_bob["token"], by_ada["token"]) == (None, None)
    assert by_program["token"] == {"tokenId": program.token_id, "name": "Nightly report"}
    assert by_program["newState"] == {"title": "Saw it"}
    undone = bob.api("POST", f"/tasks/{task_id}/undo", {"eventId": by_program["eventId"]})
    assert undone.status_code == 200
    assert undone.json["title"] == "Saw"
    again = program.api("POST", f"/tasks/{task_id}/undo", {"eventId": by_bob["eventId"]})
    assert again.status_code == 200, again.text


def test_a_move_within_a_column_is_no_reason_to_look_again(
    app: Flask, ada: Person, bob: Person, team: Team, program: Program
) -> None:
    first, second = make_task(ada, team, "First"), make_task(ada, team, "Second")
    with app.app_context():
        seq = read("SELECT seq FROM boards WHERE board_id = :id", id=team.board_id)
        mark_seen(bob.user_id, team.board_id, seq)
    place = {"columnId": team.columns["backlog"], "afterId": second}
    assert program.api("POST", f"/tasks/{first}/move", place).status_code == 200
    with app.app_context():
        assert events_of(first)[-1].after["by_token"]["name"] == "Nightly report"
        found = find_unseen(bob.user_id, team.board_id, seq + 1, after=seq)
        assert found is None or not found.cards
    assert f"moved it within its column {SAID}" in visit(bob).open(f"/tasks/{first}/history").text


def test_it_costs_no_statement(app: Flask, ada: Person, team: Team, program: Program) -> None:
    task_id = make_task(ada, team, "Saw")
    asked = []
    for number, client in enumerate((program, ada, program)):
        with counting_statements(app) as statements:
            client.api("PATCH", f"/tasks/{task_id}", {"title": f"Saw {number}"})
        asked.append(len(statements))
    assert asked[2] <= asked[1]


def test_a_session_leaves_no_note(app: Flask, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team, "Saw")
    ada.api("PATCH", f"/tasks/{task_id}", {"title": "Saw it"})
    with app.app_context():
        assert all("by_token" not in (event.after or {}) for event in events_of(task_id))
