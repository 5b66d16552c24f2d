"""The list of boards: each tile says who works on the board, what is late, and when it changed last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.boards import service as boards
from taskforge.tasks import service
from taskforge.teams.service import add_member
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import visit
from tests.trips import counting_statements


def tile(person: Person, board_id: str, page: str = "/boards") -> str:
    html = visit(person).open(page).html
    return html.split(f'id="board-tile-{board_id}"')[1].split("</a>")[0]


@pytest.mark.parametrize("on_team_page", [False, True])
def test_a_tile_says_what_happens_on_its_board(
    ada: Person, bob: Person, team: Team, on_team_page: bool
) -> None:
    late = datetime.now(UTC) - timedelta(days=3)
    make_task(ada, team, assignee_id=ada.user_id, due_at=late)
    make_task(ada, team, assignee_id=ada.user_id)
    make_task(ada, team, status="done", due_at=late)
    shown = tile(ada, team.board_id, f"/teams/{team.team_id}" if on_team_page else "/boards")
    assert "2 open" in shown
    assert "1 late" in shown
    assert 'aria-label="Ada' in shown
    assert "data-relative" in shown


def test_a_board_without_any_task_has_a_tile(ada: Person) -> None:
    team = make_team(ada, "Empty")
    shown = tile(ada, team.board_id)
    assert "0 open" in shown
    assert "late" not in shown
    assert "avatar" not in shown


def test_the_busiest_are_named_and_the_others_counted(app: Flask, ada: Person) -> None:
    people = {f"P{number}": make_person(app, f"P{number}") for number in range(5)}
    team = make_team(ada, "Many")
    with app.app_context():
        for person in people.values():
            add_member(ada.actor, team.team_id, role="member", user_id=person.user_id)
    for name, person in people.items():
        for _ in range(3 if name == "P4" else 1):
            make_task(ada, team, assignee_id=person.user_id)
    shown = tile(ada, team.board_id)
    assert shown.index("P4") < shown.index("+2")
    assert shown.count('class="avatar"') == 3


def test_the_last_change_is_that_of_any_card_or_of_the_board(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed() -> str:
        return tile(ada, team.board_id).split('datetime="')[1].split('"')[0]

    begun = changed()
    now = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: now)
    task_id = make_task(ada, team)
    created = changed()
    assert created > begun
    now += timedelta(minutes=5)
    with app.app_context():
        service.delete_task(ada.actor, task_id)
    deleted = changed()
    assert deleted > created
    now += timedelta(minutes=5)
    with app.app_context():
        boards.edit_board(ada.actor, team.board_id, version=1, name="Renamed")
    assert changed() > deleted


def test_more_boards_cost_no_more_statements(app: Flask, ada: Person, team: Team) -> None:
    visitor = visit(ada)
    visitor.open("/boards")  # prepares the statements
    with counting_statements(app) as one:
        visitor.open("/boards")
    for number in range(4):
        other = make_team(ada, f"Team {number}")
        make_task(ada, other, assignee_id=ada.user_id)
    with counting_statements(app) as five:
        visitor.open("/boards")
    assert len(five) <= len(one) <= 6, five
