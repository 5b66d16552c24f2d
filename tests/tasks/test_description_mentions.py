"""A description notifies those whom it mentions, as a comment does, and shows them as chips."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.notifications.jobs import deliver
from taskforge.tasks.history.undo import undo_change
from taskforge.tasks.service import create_task, edit_task
from tests.audit_trail import intents
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import visit


@pytest.fixture
def hopper(app: Flask) -> Person:
    return make_person(app, "Grace", "Hopper")


@pytest.fixture
def crew(ada: Person, bob: Person, hopper: Person) -> Team:
    return make_team(ada, member=bob, guest=hopper)


def test_a_new_description_notifies(ada: Person, hopper: Person, crew: Team) -> None:
    with ada.app.app_context():
        texts = {"description": "@grace, @GRACE.HOPPER and @nobody: look"}
        create_task(ada.actor, board_id=crew.board_id, title="Paint", texts=texts)
        assert intents(hopper.user_id).count("mentioned") == 1


def test_a_changed_description_notifies_whom_it_newly_names(
    ada: Person, bob: Person, hopper: Person, crew: Team
) -> None:
    task_id = make_task(ada, crew)
    with ada.app.app_context():
        edit_task(ada.actor, task_id, changes={"description": "Ask @bob"})
        edit_task(ada.actor, task_id, changes={"description": "Ask @bob and @hopper"})
        edit_task(ada.actor, task_id, changes={"title": "@bob"})
        assert intents(bob.user_id).count("mentioned") == 1
        assert intents(hopper.user_id).count("mentioned") == 1


def test_taking_a_description_back_notifies_nobody(ada: Person, bob: Person, crew: Team) -> None:
    task_id = make_task(ada, crew)
    with ada.app.app_context():
        edit_task(ada.actor, task_id, changes={"description": "Ask @bob"})
        gone = edit_task(ada.actor, task_id, changes={"description": "Ask"})
        undo_change(ada.actor, task_id, gone.event_id)
        assert intents(bob.user_id).count("mentioned") == 1


def test_the_inbox_leads_to_the_task(ada: Person, hopper: Person, crew: Team) -> None:
    task_id = make_task(ada, crew)
    with ada.app.app_context():
        edit_task(ada.actor, task_id, changes={"description": "@grace"})
    with ada.app.app_context():
        deliver()
    page = visit(hopper).open("/inbox")
    assert "mentioned you in" in page.text
    assert f'href="/tasks/{task_id}"' in page.html


def test_a_page_shows_chips_and_says_without_a_script_what_reached_nobody(
    ada: Person, hopper: Person, crew: Team
) -> None:
    task_id = make_task(ada, crew)
    visitor = visit(ada)
    page = visitor.open(f"/tasks/{task_id}/fields/description")
    answer = visitor.send(page.form("/fields/description"), value="@grace and @grce")
    page = visitor.open(answer.location) if answer.location else answer
    assert '<bdi class="mention" title="Grace Hopper">@grace</bdi> and @grce' in page.html
    assert "Nobody in this team goes by @grce" in page.text


def test_a_comment_says_without_a_script_what_reached_nobody(
    ada: Person, hopper: Person, crew: Team
) -> None:
    task_id = make_task(ada, crew)
    visitor = visit(ada)
    page = visitor.open(f"/tasks/{task_id}")
    answer = visitor.send(page.form("/comments/create"), content="@hopper, @ann and @нет")
    page = visitor.open(answer.location) if answer.location else answer
    assert '<bdi class="mention" title="Grace Hopper">@hopper</bdi>' in page.html
    assert "Nobody in this team goes by @ann" in page.text
    assert "Nobody in this team goes by @нет" in page.text
