"""Cards that are added in a lane have what the lane stands for, unless their line says otherwise."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.stores import sql
from tests.factories import Person, Team, make_person, make_team
from tests.pages import HTMX, Page, visit


def add(person: Person, team: Team, title: str, **lane: str) -> Page:
    """What the quick-add of a lane sends."""
    visitor = visit(person)
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    place = {"column_id": team.columns["todo"], "title": title}
    return visitor.send(form, headers=HTMX, **place, **lane)


def only_task(app: Flask) -> dict[str, Any]:
    with app.app_context():
        row = sql.row(text("SELECT title, assignee_id, priority, tags, column_id FROM tasks"))
    assert row is not None
    return dict(row)


@pytest.mark.parametrize(
    ("kind", "lane", "line", "name", "value"),
    [
        ("assignee", "v:{bob}", "Sweep", "assignee_id", "{bob}"),
        ("assignee", "none", "Sweep", "assignee_id", None),
        ("assignee", "v:{bob}", "Sweep @ada", "assignee_id", "{ada}"),
        ("assignee", "none", "Sweep @bob", "assignee_id", "{bob}"),
        ("priority", "v:urgent", "Sweep", "priority", "urgent"),
        ("priority", "v:urgent", "Sweep !1", "priority", "low"),
        ("tag", "v:web", "Sweep", "tags", ["web"]),
        ("tag", "v:web", "Sweep #slow", "tags", ["web", "slow"]),
        ("tag", "v:web", "Sweep #Web", "tags", ["web"]),
        ("tag", "none", "Sweep", "tags", []),
    ],
)
def test_a_card_takes_the_value_of_its_lane_unless_the_line_says_another(
    app: Flask,
    ada: Person,
    bob: Person,
    team: Team,
    kind: str,
    lane: str,
    line: str,
    name: str,
    value: str | list[str] | None,
) -> None:
    ids = {"ada": ada.user_id, "bob": bob.user_id}
    answer = add(ada, team, line, lanes=kind, lane=lane.format(**ids))
    assert answer.status == 200, answer.text
    task = only_task(app)
    assert task[name] == (value.format(**ids) if isinstance(value, str) else value)
    assert (task["title"], task["column_id"]) == ("Sweep", team.columns["todo"])


def test_the_page_is_told_to_draw_its_lanes_anew(ada: Person, team: Team) -> None:
    answer = add(ada, team, "Sweep", lanes="priority", lane="v:high")
    assert set(json.loads(answer.answer.headers["HX-Trigger"])) == {
        "forge:board-stale",
        "forge:done",
    }
    assert answer.html.strip().startswith("<article")
    assert set(json.loads(add(ada, team, "Sweep").answer.headers["HX-Trigger"])) == {"forge:done"}


def test_a_card_of_another_lane_is_not_put_into_this_one(ada: Person, team: Team) -> None:
    answer = add(ada, team, "Sweep !4", lanes="priority", lane="v:high")
    assert "<article" not in answer.html
    assert "“Sweep” is in the lane “Urgent”." in answer.text


@pytest.mark.parametrize(
    ("kind", "lane"),
    [
        ("priority", "v:highest"),
        ("priority", "others"),
        ("assignee", "v:01890000-0000-7000-8000-000000000000"),
        ("tag", "v:a,b"),
        ("colour", "v:red"),
    ],
)
def test_a_lane_that_makes_no_sense_is_refused_in_the_form(
    app: Flask, ada: Person, team: Team, kind: str, lane: str
) -> None:
    answer = add(ada, team, "Sweep", lanes=kind, lane=lane)
    assert answer.status == 422
    assert answer.answer.headers["HX-Retarget"] == "this"
    assert answer.form("/tasks/create").fields["title"] == "Sweep"
    with app.app_context():
        assert sql.scalar(text("SELECT count(*) FROM tasks")) == 0


def test_each_cell_leads_to_a_page_that_adds_cards_to_it(
    app: Flask, ada: Person, team: Team
) -> None:
    visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}?lanes=priority")
    link = re.findall(
        r'class="lane-add" href="([^"]*)"[^>]*aria-label="Add a card to To do, High"', page.html
    )
    many = visitor.open(link[0].replace("&amp;", "&"))
    assert "into the lane" in many.text
    answer = visitor.send(many.form("/create-many"), lines="Sweep")
    assert answer.status == 303
    task = only_task(app)
    assert (task["priority"], task["column_id"]) == ("high", team.columns["todo"])


def test_a_viewer_is_offered_no_card_in_a_lane(app: Flask, ada: Person) -> None:
    gus = make_person(app, "Gus")
    guarded = make_team(ada, "Guarded", guest=gus)
    path = f"/boards/{guarded.board_id}?lanes=priority"
    assert "lane-add" not in visit(gus).open(path).html
    assert "lane-add" in visit(ada).open(path).html
