"""Opening a card reads what the inbox says of it; lines name what they are about."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import count_unread, list_notifications
from taskforge.notifications.states import InboxState
from taskforge.tasks.columns import edit_column
from taskforge.tasks.service import edit_task, move_task
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def tasks(app: Flask, ada: Person, bob: Person, team: Team) -> list[str]:
    """Two cards of Bob's, of each of which his inbox has two lines."""
    made = [make_task(ada, team, f"Card {n}", assignee_id=bob.user_id) for n in range(2)]
    with app.app_context():
        for task_id in made:
            move_task(ada.actor, task_id, column_id=team.columns["done"])
        deliver()
    return made


def unread(app: Flask, person: Person) -> list[str]:
    with app.app_context():
        rows = list_notifications(person.actor, state=InboxState.UNREAD)
        assert count_unread(person.user_id) == len(rows)
    return [row["payload"]["task_id"] for row in rows if "task_id" in row["payload"]]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_opened_card_is_read_in_the_inbox(
    app: Flask, bob: Person, tasks: list[str], headers: dict[str, str]
) -> None:
    page = visit(bob).open(f"/tasks/{tasks[0]}", **headers)
    assert page.status == 200
    assert unread(app, bob) == [tasks[1]] * 2
    if not headers:
        assert "3 unread" in page.text


def test_only_the_reader_has_read_it(
    app: Flask, ada: Person, bob: Person, tasks: list[str]
) -> None:
    visit(ada).open(f"/tasks/{tasks[0]}")
    assert len(unread(app, bob)) == 4


@pytest.mark.parametrize("address", ["peek", "fields/title", "history"])
def test_a_look_at_something_else_reads_nothing(
    app: Flask, bob: Person, tasks: list[str], address: str
) -> None:
    assert visit(bob).open(f"/tasks/{tasks[0]}/{address}", **HTMX).status == 200
    assert len(unread(app, bob)) == 4


def test_a_page_that_is_fetched_for_later_reads_nothing(
    app: Flask, bob: Person, tasks: list[str]
) -> None:
    visit(bob).open(f"/tasks/{tasks[0]}", Sec_Purpose="prefetch")
    assert len(unread(app, bob)) == 4


def test_a_moved_card_names_its_column_as_it_was_called_then(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    column, task = team.columns["in_review"], make_task(ada, team, "Paint", assignee_id=bob.user_id)
    with app.app_context():
        edit_column(ada.actor, team.board_id, column, changes={"name": "With the editor"})
        edit_task(ada.actor, task, changes={"column_id": column})
        deliver()
        edit_column(ada.actor, team.board_id, column, changes={"name": "Another"})
    text = visit(bob).open("/inbox").text
    assert "moved this card to “With the editor”" in text
    assert "added you to “Web”" in text


def test_a_script_is_told_of_some_of_what_is_new(app: Flask, bob: Person, tasks: list[str]) -> None:
    with app.app_context():
        ids = [row["notification_id"] for row in list_notifications(bob.actor)]
    address = f"/inbox/news?ids={','.join([*ids, 'odd'])}"
    asked = visit(bob).client.get(address, headers={"Accept": "application/json"})
    assert asked.get_json()["unread"] == len(ids)
    assert len(asked.get_json()["lines"]) == len(ids)
    assert visit(bob).client.get(address).location == "/inbox"


def test_nobody_is_told_of_what_came_for_another(
    app: Flask, ada: Person, bob: Person, tasks: list[str]
) -> None:
    with app.app_context():
        ids = [row["notification_id"] for row in list_notifications(bob.actor)]
    asked = visit(ada).client.get(
        f"/inbox/news?ids={','.join(ids)}", headers={"Accept": "application/json"}
    )
    assert asked.get_json()["lines"] == []
