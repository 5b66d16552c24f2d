"""Moving a task by its form, from column to column and inside one."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.stores import sql
from tests.factories import Person, Team, make_limits_hard, make_task, make_team
from tests.pages import HTMX, Visitor, visit
from tests.tasks.conftest import Barred

SCRIPT = {"Accept": "application/json"}
WORKFLOW = ("backlog", "todo", "in_progress", "in_review", "done")


def column(visitor: Visitor, team: Team, status: str) -> list[str]:
    html = visitor.open(f"/boards/{team.board_id}").html
    part = html.split(f'id="cards-{team.columns[status]}"')[1].split("</section>")[0]
    return re.findall(r'class="card__title"[^>]*>([^<]*)<', part)


def test_a_card_is_worked_across_the_board(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id = make_task(ada, team, "Ride")
    for status in WORKFLOW[1:]:
        answer = visitor.fill(f"/tasks/{task_id}/move", "/move", column_id=team.columns[status])
        assert answer.location == f"/boards/{team.board_id}#card-{task_id}"
        assert column(visitor, team, status) == ["Ride"]
    assert "Done" in visitor.open(f"/tasks/{task_id}").text


def test_a_card_goes_to_the_top_the_bottom_or_beside_another(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    ids = {title: make_task(ada, team, title, status="todo") for title in ("A", "B", "C")}
    todo = team.columns["todo"]
    path = f"/tasks/{ids['C']}/move"
    visitor.fill(path, "/move", column_id=todo, place="top")
    assert column(visitor, team, "todo") == ["C", "A", "B"]
    visitor.fill(path, "/move", column_id=todo, place="top")
    assert column(visitor, team, "todo") == ["C", "A", "B"]
    visitor.fill(path, "/move", column_id=todo, place="bottom")
    assert column(visitor, team, "todo") == ["A", "B", "C"]
    visitor.fill(path, "/move", column_id=todo, place=None, before_id=ids["B"])
    assert column(visitor, team, "todo") == ["A", "C", "B"]
    visitor.fill(path, "/move", column_id=team.columns["done"], place="top")
    assert column(visitor, team, "done") == ["C"]


def test_a_full_column_refuses_and_the_choice_stays(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    doing = team.columns["in_progress"]
    settings = f"/boards/{team.board_id}/settings"
    visitor.fill(settings, f"/columns/{doing}/edit", wip_limit="1", status="in_progress")
    waiting = make_task(ada, team, "Waiting")
    make_limits_hard(ada, team)
    form = visitor.open(f"/tasks/{waiting}/move").form("/move")
    make_task(ada, team, "Busy", status="in_progress")
    page = visitor.send(form, column_id=doing)
    assert page.status == 409
    assert "“In progress” is full: 1 of 1 tasks." in page.text
    assert column(visitor, team, "backlog") == ["Waiting"]


def test_a_card_that_somebody_moved_meanwhile_can_be_moved_after_a_look(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team, "Old")
    old = visitor.open(f"/tasks/{task_id}/move").form("/move")
    visitor.fill(f"/tasks/{task_id}/move", "/move", column_id=team.columns["todo"])
    page = visitor.send(old, column_id=team.columns["done"])
    assert page.status == 409
    assert "You changed the column in another window" in page.text
    form = page.form("/move")
    assert form.fields["column_id"] == team.columns["done"]
    assert visitor.send(form).status == 303
    assert column(visitor, team, "done") == ["Old"]


def test_a_move_that_is_sent_twice_acts_once(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id = make_task(ada, team)
    form = visitor.open(f"/tasks/{task_id}/move").form("/move")
    for _ in range(2):
        assert visitor.send(form, column_id=team.columns["done"]).status == 303
    assert visitor.open(f"/tasks/{task_id}/history").html.count("timeline__entry") == 2


@pytest.mark.parametrize("column_id", ["", "x", "01890000-0000-7000-8000-000000000000"])
def test_an_odd_column_is_refused(
    ada: Person, visitor: Visitor, team: Team, column_id: str
) -> None:
    task_id = make_task(ada, team)
    page = visitor.fill(f"/tasks/{task_id}/move", "/move", column_id=column_id)
    assert page.status == 422
    assert page.has_form("/move")


def test_a_neighbour_of_another_board_is_refused(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id, stranger = make_task(ada, team), make_task(ada, make_team(ada, "Other"))
    page = visitor.fill(f"/tasks/{task_id}/move", "/move", place=None, before_id=stranger)
    assert page.status == 422


def test_htmx_gets_the_form_for_its_dialog(ada: Person, visitor: Visitor, team: Team) -> None:
    page = visitor.open(f"/tasks/{make_task(ada, team)}/move", **HTMX)
    assert page.html.strip().startswith('<form class="form move" id="move-form"')


def test_who_may_not_move_cards_moves_none(ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team, "Stays")
    form = visit(ada).open(f"/tasks/{task_id}/move").form("/move")
    assert barred.visitor.open(f"/tasks/{task_id}/move").status == barred.status
    moved = barred.send(form, column_id=barred.team.columns["done"])
    assert moved.status == barred.status
    assert column(visit(ada), barred.team, "backlog") == ["Stays"]


def test_a_script_is_told_the_new_version_and_may_name_both_neighbours(
    app: Flask, ada: Person, visitor: Visitor, team: Team
) -> None:
    ids = {title: make_task(ada, team, title, status="todo") for title in ("A", "B")}
    moving = make_task(ada, team, "Between")
    form = visitor.open(f"/tasks/{moving}/move").form("/move")
    place = {"place": None, "column_id": team.columns["todo"]}
    answer = visitor.send(
        form, headers=SCRIPT, **place, before_id=ids["B"], after_id=ids["A"], version="1"
    )
    assert answer.status == 200
    with app.app_context():
        newest = sql.scalar(text("SELECT event_id FROM audit_logs ORDER BY log_id DESC LIMIT 1"))
    assert json.loads(answer.html) == {"version": 2, "event": newest}
    assert column(visitor, team, "todo") == ["A", "Between", "B"]


def test_a_script_names_the_card_above_where_there_is_none_below(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    above = make_task(ada, team, "Above", status="todo")
    make_task(ada, team, "Not drawn yet", status="todo")
    moving = make_task(ada, team, "Moving")
    form = visitor.open(f"/tasks/{moving}/move").form("/move")
    place = {"place": None, "column_id": team.columns["todo"], "before_id": "", "after_id": above}
    assert visitor.send(form, headers=SCRIPT, **place).status == 200
    assert column(visitor, team, "todo") == ["Above", "Moving", "Not drawn yet"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"column_id": "x"}, 422, "invalid"),
        ({"version": "7"}, 409, "stale_version"),
        ({"csrf_token": ""}, 403, "forbidden"),
    ],
)
def test_a_script_is_told_why_it_was_refused(
    ada: Person, visitor: Visitor, team: Team, changes: dict[str, str], status: int, code: str
) -> None:
    form = visitor.open(f"/tasks/{make_task(ada, team)}/move").form("/move")
    answer = visitor.send(form, headers=SCRIPT, **changes)
    error = json.loads(answer.html)["error"]
    assert answer.status == status
    assert error["message"]
    assert error["code"] == code


def test_only_who_may_move_cards_gets_a_board_to_drag_on(ada: Person, gus: Person) -> None:
    team = make_team(ada, guest=gus)
    pages = {person: visit(person).open(f"/boards/{team.board_id}").html for person in (ada, gus)}
    assert "drag move-keys" in pages[ada]
    assert "drag" not in pages[gus]
