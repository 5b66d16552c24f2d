"""An act on many cards is taken back as one, but for what was changed since."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from taskforge.tasks.service import delete_task, edit_task
from taskforge.teams.service import remove_member
from tests.factories import Person, Team
from tests.tasks.many import act, assert_no_gaps, rows, take_back, titles


def test_undo_puts_every_card_back_between_its_neighbours(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    change = act(ada, team, [ids[1], ids[3]], "column", team.columns["todo"])
    undone = take_back(ada, team, change)
    assert titles(app, "backlog") == ["One", "Two", "Three", "Four"]
    again = take_back(ada, team, undone)
    assert titles(app, "todo") == ["Two", "Four"]
    take_back(ada, team, again)
    assert titles(app, "backlog") == ["One", "Two", "Three", "Four"]
    assert_no_gaps(app)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("priority", "urgent"),
        ("due", datetime(2030, 5, 1, tzinfo=UTC)),
        ("add_tags", ["new", "shed"]),
        ("remove_tags", ["old"]),
        ("done", None),
        ("assignee", "bob"),
    ],
)
def test_every_act_can_be_taken_back(
    app: Flask, ada: Person, bob: Person, team: Team, ids: list[str], name: str, value: Any
) -> None:
    with app.app_context():
        edit_task(ada.actor, ids[0], changes={"tags": ["old"], "assignee_id": ada.user_id})
        edit_task(ada.actor, ids[1], changes={"tags": ["old", "kept"], "priority": "low"})
    names = ("title", "tags", "priority", "due_at", "assignee_id", "column_id", "status", "rank")
    before = [[row[one] for one in names] for row in rows(app)]
    change = act(ada, team, ids, name, bob.user_id if value == "bob" else value)
    assert [[row[one] for one in names] for row in rows(app)] != before
    undone = take_back(ada, team, change)
    assert len(undone.extra["task_ids"]) == len(change.extra["versions"])
    assert [[row[one] for one in names] for row in rows(app)] == before
    assert_no_gaps(app)


def test_what_somebody_changed_since_stays_and_is_named(
    app: Flask, ada: Person, bob: Person, team: Team, ids: list[str]
) -> None:
    change = act(ada, team, ids, "priority", "high")
    with app.app_context():
        edit_task(bob.actor, ids[1], changes={"priority": "low"})
        edit_task(bob.actor, ids[2], changes={"title": "Drei"})
        delete_task(bob.actor, ids[3])
    undone = take_back(ada, team, change)
    assert undone.extra["task_ids"] == [ids[0], ids[2]]
    assert len(undone.extra["refused"]) == 2
    assert re.match(r"WEB-2: Bob Number\d+ changed the priority later", undone.extra["refused"][0])
    assert undone.extra["refused"][1].startswith("WEB-4: ")
    priorities = {row["title"]: row["priority"] for row in rows(app)}
    assert priorities == {"One": "medium", "Two": "low", "Drei": "medium"}


def test_who_has_left_the_team_gets_nothing_back(
    app: Flask, ada: Person, bob: Person, team: Team, ids: list[str]
) -> None:
    act(ada, team, ids[:1], "assignee", bob.user_id)
    change = act(ada, team, ids, "assignee", ada.user_id)
    with app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    undone = take_back(ada, team, change)
    assert undone.extra["refused"] == ["WEB-1: Who had it does not belong to this team any more."]
    assert len(undone.extra["task_ids"]) == 3
