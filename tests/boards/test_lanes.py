"""Swimlanes: which lane a card is in, and what it means to put it into another one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.stores import mongo, sql
from taskforge.tasks.board.lanes import CARDS_PER_CELL, MAX_LANES
from taskforge.tasks.service import edit_task
from taskforge.web.tasks import move_routes
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import HTMX, Page, visit
from tests.trips import counting_statements

FACTS = text(
    "SELECT event, previous_state, new_state FROM audit_logs WHERE entity_id = :task_id ORDER BY log_id"
)
MOST_STATEMENTS = 4


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


def lanes(page: Page) -> dict[str, list[str]]:
    """The titles in each lane, by its name."""
    parts = page.html.split('<details class="lane"')[1:]
    found = {}
    for part in parts:
        name = re.findall(r'lane__name"><bdi>([^<]*)<', part)[0]
        titles = re.findall(r'card__title"[^>]*>([^<]*)<', part)
        found[unescape(name)] = [unescape(title) for title in titles]
    return found


def open_lanes(person: Person, team: Team, kind: str, more: str = "") -> dict[str, list[str]]:
    return lanes(visit(person).open(f"/boards/{team.board_id}?lanes={kind}{more}"))


def drop(person: Person, task_id: str, **fields: str) -> Page:
    """What the script sends when a card is dropped."""
    browser = person.browser()
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(browser)}
    return Page(browser.post(f"/tasks/{task_id}/move", data=fields, headers=headers))


def test_cards_are_in_the_lane_of_their_assignee(ada: Person, bob: Person, team: Team) -> None:
    make_task(ada, team, "Hers", assignee_id=ada.user_id)
    make_task(ada, team, "Nobody's", status="done")
    found = open_lanes(ada, team, "assignee")
    assert [name.split()[0] for name in found] == ["Ada", "Bob", "Unassigned"]
    assert list(found.values()) == [["Hers"], [], ["Nobody's"]]


def test_lanes_of_priority_are_always_four(ada: Person, team: Team) -> None:
    make_task(ada, team, "Now", priority="urgent")
    found = open_lanes(ada, team, "priority")
    assert found == {"Urgent": ["Now"], "High": [], "Medium": [], "Low": []}


def test_a_card_with_several_tags_is_in_the_lane_of_the_first(ada: Person, team: Team) -> None:
    make_task(ada, team, "Both", texts={"tags": ["web", "api"]})
    make_task(ada, team, "Odd", texts={"tags": ["others"]})
    make_task(ada, team, "Plain")
    found = open_lanes(ada, team, "tag")
    assert found == {"others": ["Odd"], "web": ["Both"], "No tag": ["Plain"]}


def test_lanes_keep_to_the_filter(ada: Person, bob: Person, team: Team) -> None:
    make_task(ada, team, "Hers", assignee_id=ada.user_id, priority="high")
    make_task(ada, team, "His", assignee_id=bob.user_id)
    found = open_lanes(ada, team, "assignee", f"&assignee={bob.user_id}")
    assert list(found.values()) == [["His"]]
    assert open_lanes(ada, team, "priority", "&priority=high") == {"High": ["Hers"]}


def test_very_many_lanes_end_in_one_of_all_others(ada: Person, team: Team) -> None:
    for number in range(MAX_LANES + 2):
        make_task(ada, team, f"Card {number:02}", texts={"tags": [f"tag {number:02}"]})
    found = open_lanes(ada, team, "tag")
    assert len(found) == MAX_LANES + 1
    assert found["Others"] == ["Card 30", "Card 31"]


def test_a_full_cell_shows_its_first_cards_and_leads_to_the_rest(ada: Person, team: Team) -> None:
    for number in range(CARDS_PER_CELL + 3):
        make_task(ada, team, f"Card {number}", priority="low")
    page = visit(ada).open(f"/boards/{team.board_id}?lanes=priority")
    assert len(lanes(page)["Low"]) == CARDS_PER_CELL
    link = re.findall(r'column__more"\s+href="([^"]*)">3 more', page.html)
    rest = visit(ada).open(unescape(link[0]))
    assert rest.html.count("card__title") == CARDS_PER_CELL + 3


def test_lanes_cost_a_fixed_number_of_statements_and_mongodb_nothing(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        make_task(ada, team, f"Task {number}", texts={"tags": [f"t{number}"]})
    visitor = visit(ada)
    visitor.open(f"/boards/{team.board_id}?lanes=tag")

    def refuse(*_args: object) -> None:
        raise AssertionError("the lanes asked MongoDB")

    monkeypatch.setattr(mongo, "find", refuse)
    with counting_statements(app) as statements:
        assert visitor.open(f"/boards/{team.board_id}?lanes=tag").status == 200
    assert len(statements) <= MOST_STATEMENTS, statements


def test_an_open_page_gets_all_lanes_anew(ada: Person, team: Team) -> None:
    make_task(ada, team, "One")
    path = f"/boards/{team.board_id}/columns?lanes=priority&task=x&column=y"
    page = visit(ada).open(path, **HTMX)
    assert "<html" not in page.html
    assert lanes(page)["Medium"] == ["One"]


@pytest.mark.parametrize(
    ("kind", "lane", "name", "value"),
    [
        ("assignee", "v:{bob}", "assignee_id", "{bob}"),
        ("assignee", "none", "assignee_id", None),
        ("priority", "v:urgent", "priority", "urgent"),
        ("tag", "v:web", "tags", ["web", "slow"]),
        ("tag", "v:slow", "tags", ["slow"]),
        ("tag", "none", "tags", ["slow"]),
    ],
)
def test_a_drop_changes_lane_and_column_in_one_fact(
    app: Flask,
    ada: Person,
    bob: Person,
    team: Team,
    kind: str,
    lane: str,
    name: str,
    value: str | list[str] | None,
) -> None:
    task_id = make_task(
        ada, team, "Moving", assignee_id=ada.user_id, texts={"tags": ["api", "slow"]}
    )
    lower = make_task(ada, team, "Lower", status="done")
    lane = lane.format(bob=bob.user_id)
    wanted = value.format(bob=bob.user_id) if isinstance(value, str) else value
    place = {"column_id": team.columns["done"], "before_id": lower, "version": "1"}
    answer = drop(ada, task_id, lanes=kind, lane=lane, **place)
    assert answer.status == 200, answer.text
    body = answer.answer.get_json()
    assert body["version"] == 2
    assert f'id="card-{task_id}"' in body["card"]
    with app.app_context():
        facts = sql.rows(FACTS, {"task_id": task_id})
    assert [fact["event"] for fact in facts] == ["task.created", "task.edited"]
    assert facts[1]["new_state"][name] == wanted
    assert facts[1]["new_state"]["column_id"] == team.columns["done"]
    board = visit(ada).open(f"/boards/{team.board_id}")
    assert re.findall(r'card__title"[^>]*>([^<]*)<', board.html) == ["Moving", "Lower"]


def test_a_drop_in_the_same_lane_is_a_move(app: Flask, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team, priority="low")
    place = {"column_id": team.columns["done"], "lanes": "priority", "lane": "v:low"}
    assert drop(ada, task_id, **place).status == 200
    with app.app_context():
        assert sql.rows(FACTS, {"task_id": task_id})[1]["event"] == "task.moved"


@pytest.mark.parametrize(
    ("kind", "lane"),
    [
        ("priority", "v:highest"),
        ("priority", "none"),
        ("priority", "others"),
        ("assignee", "v:nobody"),
        ("assignee", "v:01890000-0000-7000-8000-000000000000"),
        ("tag", "v:a,b"),
        ("tag", "v:" + "x" * 41),
        ("colour", "v:red"),
    ],
)
def test_a_lane_that_makes_no_sense_is_refused(
    ada: Person, team: Team, kind: str, lane: str
) -> None:
    task_id = make_task(ada, team)
    answer = drop(ada, task_id, column_id=team.columns["done"], lanes=kind, lane=lane)
    assert answer.status == 422
    assert answer.answer.get_json()["error"]["message"]


def test_an_old_version_a_guest_and_an_outsider_drop_nothing(
    ada: Person, gus: Person, eve: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    drop_there = {"lanes": "priority", "lane": "v:low", "column_id": team.columns["done"]}
    assert drop(ada, task_id, **drop_there, version="9").status == 409
    guarded = make_team(ada, "Guarded", guest=gus)
    other = make_task(ada, guarded)
    place = {"lanes": "priority", "lane": "v:low", "column_id": guarded.columns["done"]}
    assert drop(gus, other, **place).status == 403
    assert drop(eve, other, **place).status == 404


def test_a_drop_into_a_lane_of_tags_loses_no_tag_that_comes_at_the_same_moment(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team, texts={"tags": ["hot"]})
    real = move_routes.lane_changes

    def slow(kind: str, key: str, row: Mapping[str, Any]) -> dict[str, Any]:
        changes = real(kind, key, row)
        edit_task(ada.actor, task_id, changes={"tags": ["hot", "new"]})
        return changes

    monkeypatch.setattr(move_routes, "lane_changes", slow)
    page = drop(ada, task_id, column_id=team.columns["todo"], lanes="tag", lane="v:cold")
    assert page.status == 409
    with app.app_context():
        tags = sql.scalar(text("SELECT tags FROM tasks WHERE task_id = :id"), {"id": task_id})
    assert tags == ["hot", "new"]
