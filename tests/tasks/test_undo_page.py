"""Undo as a form of the history, and as scripts send it."""

from __future__ import annotations

import json

from flask import Flask

from taskforge.ids import new_id
from tests.factories import Person, Team, make_task
from tests.pages import Visitor
from tests.tasks.undoing import edit

SCRIPT = {"Accept": "application/json"}


def test_a_script_is_told_version_and_event_and_may_do_it_again(
    app: Flask, ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team, "Old")
    with app.app_context():
        done = edit(ada, task_id, title="New")
    form = visitor.open(f"/tasks/{task_id}/history").form("/undo")
    assert form.fields["event"] == done.event_id
    first = visitor.send(form, headers=SCRIPT)
    assert first.status == 200
    answer = json.loads(first.html)
    assert answer["version"] == 3
    assert json.loads(visitor.send(form, headers=SCRIPT).html) == answer
    again = visitor.send(form, headers=SCRIPT, op=new_id())
    assert again.status == 409
    assert "undid this already" in json.loads(again.html)["error"]["message"]
    redone = visitor.send(form, headers=SCRIPT, op=new_id(), event=answer["event"])
    assert json.loads(redone.html)["version"] == 4


def test_a_form_returns_to_where_the_person_was_and_never_elsewhere(
    ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    board, history = f"/boards/{team.board_id}", f"/tasks/{task_id}/history"
    for wanted, led_to in (
        (board, board),
        (f"{board}?tag=a", f"{board}?tag=a"),
        (None, history),
        ("https://evil.example/", history),
        ("//evil.example", history),
    ):
        visitor.fill(f"/tasks/{task_id}/edit", "/edit", title=new_id())
        form = visitor.open(history).form("/undo")
        assert visitor.send(form, next=wanted).location == led_to
        assert "Undone on WEB-1." in visitor.open(led_to).text


def test_a_refused_form_shows_the_history_with_the_reason_above_it(
    app: Flask, ada: Person, bob: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    visitor.fill(f"/tasks/{task_id}/edit", "/edit", title="Mine")
    form = visitor.open(f"/tasks/{task_id}/history").form("/undo")
    with app.app_context():
        edit(bob, task_id, title="Theirs")
    page = visitor.send(form)
    assert page.status == 409
    assert "changed the title later, on" in page.text
    assert "History" in page.text
    assert visitor.send(form, event="x").status == 422
    assert visitor.send(form, event=None).status == 422
