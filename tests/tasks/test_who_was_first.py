"""A move that came too late is told who was first, with what, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taskforge import clock
from taskforge.tasks import service as tasks
from tests.factories import Person, Team, csrf_token, make_task, make_team


@pytest.fixture
def team(ada: Person, grace: Person) -> Team:
    return make_team(ada, member=grace)


def move_late(person: Person, team: Team, task_id: str) -> str:
    """What the server says to a move by somebody who saw the task's first version."""
    browser = person.browser()
    fields = {
        "column_id": team.columns["todo"],
        "version": "1",
        "csrf_token": csrf_token(browser),
    }
    headers = {"Accept": "application/json"}
    answer = browser.post(f"/tasks/{task_id}/move", data=fields, headers=headers)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"]["code"] == "stale_version"
    return str(answer.json["error"]["message"])


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=70), "a minute ago"),
        (timedelta(minutes=12, seconds=5), "12 minutes ago"),
        (timedelta(hours=1, minutes=5), "an hour ago"),
        (timedelta(hours=5, minutes=5), "5 hours ago"),
    ],
)
def test_another_move_is_named_with_its_column(
    ada: Person, grace: Person, team: Team, ago: timedelta, words: str
) -> None:
    task_id = make_task(ada, team)
    with grace.app.app_context(), clock.frozen(clock.now() - ago):
        tasks.move_task(grace.actor, task_id, column_id=team.columns["done"])
    said = move_late(ada, team, task_id)
    assert said.startswith("Grace Number")
    assert said.endswith(f" moved it to “Done” {words}. It was not moved again.")


def test_a_later_change_of_something_else_is_not_named(
    ada: Person, grace: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with grace.app.app_context():
        tasks.move_task(grace.actor, task_id, column_id=team.columns["done"])
        tasks.edit_task(grace.actor, task_id, changes={"title": "Another"})
    assert "moved it to “Done” just now" in move_late(ada, team, task_id)


def test_ones_own_other_window_is_named_as_such(ada: Person, team: Team) -> None:
    task_id = make_task(ada, team)
    with ada.app.app_context():
        tasks.move_task(ada.actor, task_id, column_id=team.columns["done"])
    said = "You moved it to “Done” in another window just now. It was not moved again."
    assert move_late(ada, team, task_id) == said
