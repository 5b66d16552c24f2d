"""Reports over the API: who sees what, JSON and CSV, and answers to odd questions."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from taskforge.boards import board_people, service
from taskforge.boards.access import access_board
from taskforge.reports.catalogue import REPORTS
from taskforge.tasks.service import delete_task, edit_task
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, make_task, make_team

NAMES = list(REPORTS)


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team with Bob and Gus, and twelve cards that are done."""
    team = make_team(ada, member=bob, guest=gus)
    for number in range(12):
        make_task(ada, team, f"Card {number}", column_id=team.columns["done"])
    return team


def ask(person: Person, path: str, status: int = 200, **headers: str) -> Any:
    answer = person.api("GET", path, **headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json


def test_every_report_of_a_board_and_a_team_answers_in_both_ways(
    team: Team, ada: Person, gus: Person
) -> None:
    make_task(ada, team, '=HYPERLINK("x")', column_id=team.columns["in_progress"])
    for place in (f"/boards/{team.board_id}", f"/teams/{team.team_id}"):
        for name in NAMES:
            found = ask(gus, f"{place}/reports/{name}")
            assert (found["name"], found["teamId"], found["zone"]) == (name, team.team_id, "UTC")
            assert found["figures"]
            for address, headers in ((f"{name}?format=csv", {}), (name, {"Accept": "text/csv"})):
                answer = gus.api("GET", f"{place}/reports/{address}", **headers)
                assert answer.mimetype == "text/csv"
                rows = list(
                    csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
                )
                assert {len(row) for row in rows} == {len(rows[0])}
                assert not [
                    cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))
                ]
    ages = ask(ada, f"/boards/{team.board_id}/reports/ageing")["figures"]
    assert [point["title"] for point in ages["points"]] == ['=HYPERLINK("x")']
    assert ages["cycle"] == {"p50": 0.0, "p70": 0.0, "p85": 0.0, "p95": 0.0}


def test_nobody_sees_a_number_of_tasks_that_they_may_not_see(
    app: Flask, team: Team, ada: Person, bob: Person, gus: Person, grace: Person
) -> None:
    def finished(person: Person) -> int:
        found = ask(person, f"/teams/{team.team_id}/reports/throughput?per=day")
        return int(found["figures"]["finished"])

    assert (finished(ada), finished(bob), finished(gus)) == (12, 12, 12)
    with app.app_context():
        second = service.create_board(ada.actor, team.team_id, name="Secret").entity_id
        row, _ = access_board(ada.user_id, second)
        service.edit_board(ada.actor, second, version=row["version"], is_private=True)
    hidden = ask(ada, f"/boards/{second}")["columns"][-1]["columnId"]
    make_task(ada, Team(team.team_id, second, {}), "Hidden", column_id=hidden)
    assert (finished(ada), finished(bob), finished(gus)) == (13, 12, 12)
    ask(bob, f"/boards/{second}/reports/throughput", 404)
    with app.app_context():
        board_people.limit_guest(ada.actor, team.team_id, gus.user_id, board_ids=[])
    ask(gus, f"/boards/{team.board_id}/reports/cycle-time", 404)
    assert finished(gus) == 0
    for path in (f"/boards/{team.board_id}", f"/teams/{team.team_id}"):
        ask(grace, f"{path}/reports/forecast", 404)
    with app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    ask(bob, f"/teams/{team.team_id}/reports/throughput", 404)


def test_what_was_done_and_deleted_is_stated(app: Flask, team: Team, ada: Person) -> None:
    with app.app_context():
        gone = make_task(ada, team, "Gone", column_id=team.columns["done"])
        delete_task(ada.actor, gone)
        back = make_task(ada, team, "Back", column_id=team.columns["done"])
        edit_task(ada.actor, back, changes={"status": "todo"})
    found = ask(ada, f"/boards/{team.board_id}/reports/cycle-time")["figures"]
    assert (found["finished"], found["inTrash"], found["straightToDone"]) == (13, 1, 13)
    assert len({point["key"] for point in found["points"]}) == 13


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=x", 422), ("to=2026-02-31", 422), ("zone=Nowhere", 422), ("asOf=2999-01-01", 422), ("count=-1", 422),
        ("format=xml", 422), ("colour=red", 422), ("from=2020-01-01", 422), ("per=", 422), ("seed=1.5", 422),
        ("from=2026-01-01&from=2026-01-02", 400), ("zone=Europe/Vienna&asOf=2026-01-01T10:00", 200),
    ],
)  # fmt: skip
def test_an_odd_question_is_answered_clearly(
    team: Team, ada: Person, query: str, status: int
) -> None:
    found = ask(ada, f"/boards/{team.board_id}/reports/forecast?{query}", status)
    if status != 200:
        assert found["error"]["message"]


def test_a_query_selects_by_what_cards_are_now(app: Flask, team: Team, ada: Person) -> None:
    gone = make_task(ada, team, "Gone", column_id=team.columns["done"], priority="urgent")
    make_task(ada, team, "Doing", column_id=team.columns["in_progress"], priority="urgent")
    with app.app_context():
        delete_task(ada.actor, gone)
    path = f"/boards/{team.board_id}/reports"
    assert ask(ada, f"{path}/cycle-time?q=priority:urgent")["figures"]["finished"] == 1
    assert ask(ada, f"{path}/ageing?q=-priority:urgent")["figures"]["points"] == []
    assert ask(ada, f"/teams/{team.team_id}/reports/workload?q=title:Doing+or+title:x")["figures"][
        "people"
    ]
    problem = ask(ada, f"{path}/ageing?q=priority:soon", 422)["error"]
    assert (problem["code"], problem["position"]) == ("invalid_query", 9)


def test_there_are_no_other_reports(team: Team, ada: Person) -> None:
    ask(ada, f"/boards/{team.board_id}/reports/velocity", 404)
    ask(ada, "/boards/nothing/reports/velocity", 404)
    assert ask(ada, f"/boards/{team.board_id}/reports/forecast")["figures"]["refusal"].startswith(
        "0 tasks"
    )
