"""A step that was removed from a checklist comes back to its place, whatever happened to the other steps since."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from taskforge.errors import Conflict
from taskforge.ids import new_id
from taskforge.stores.operations import Change
from taskforge.tasks.editing.checklist import add_item, remove_item, tick_item
from taskforge.tasks.history.undo import undo_change
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import edit_task
from tests.factories import Person, Team, make_task
from tests.pages import Visitor, visit

WORDS = ("Heat", "Hammer", "Quench")
STEPS = [{"item_id": new_id(), "text": words, "done": False} for words in WORDS]
HEAT, HAMMER, QUENCH = (step["item_id"] for step in STEPS)


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team, texts={"checklist": STEPS})


def steps(person: Person, task_id: str) -> list[tuple[str, bool]]:
    view = get_task(person.actor, task_id)
    assert view.texts is not None
    return [(step["text"], step["done"]) for step in view.texts["checklist"]]


def undo(person: Person, change: Change) -> Change:
    assert change.event_id is not None
    return undo_change(person.actor, change.entity_id, change.event_id)


def test_it_comes_back_to_its_place(app: Flask, ada: Person, task_id: str) -> None:
    with app.app_context():
        undo(ada, remove_item(ada.actor, task_id, HAMMER))
        assert steps(ada, task_id) == [("Heat", False), ("Hammer", False), ("Quench", False)]


def test_what_others_did_to_other_steps_stays(app: Flask, ada: Person, task_id: str) -> None:
    with app.app_context():
        gone = remove_item(ada.actor, task_id, HAMMER)
        tick_item(ada.actor, task_id, HEAT, done=True)
        also = remove_item(ada.actor, task_id, QUENCH)
        add_item(ada.actor, task_id, words="Polish")
        undo(ada, gone)
        assert steps(ada, task_id) == [("Heat", True), ("Hammer", False), ("Polish", False)]
        undo(ada, also)
        # Quench followed Heat when it was removed: Hammer was not there then.
        expected = [("Heat", True), ("Quench", False), ("Hammer", False), ("Polish", False)]
        assert steps(ada, task_id) == expected


def test_several_that_went_with_one_edit_come_back(app: Flask, ada: Person, task_id: str) -> None:
    with app.app_context():
        kept: list[dict[str, Any]] = [{**STEPS[1], "done": False}]
        gone = edit_task(ada.actor, task_id, changes={"checklist": kept})
        tick_item(ada.actor, task_id, HAMMER, done=True)
        undo(ada, gone)
        assert steps(ada, task_id) == [("Heat", False), ("Hammer", True), ("Quench", False)]


def test_it_is_taken_back_once_and_done_again(app: Flask, ada: Person, task_id: str) -> None:
    with app.app_context():
        gone = remove_item(ada.actor, task_id, HAMMER)
        back = undo(ada, gone)
        with pytest.raises(Conflict, match="undid this already"):
            undo(ada, gone)
        undo(ada, back)
        assert [words for words, _ in steps(ada, task_id)] == ["Heat", "Quench"]
        undo(ada, gone)
        assert [words for words, _ in steps(ada, task_id)] == list(WORDS)


def test_other_changes_of_a_checklist_are_still_in_each_others_way(
    app: Flask, ada: Person, task_id: str
) -> None:
    with app.app_context():
        ticked = tick_item(ada.actor, task_id, HEAT, done=True)
        tick_item(ada.actor, task_id, HAMMER, done=True)
        with pytest.raises(Conflict, match="changed the checklist later"):
            undo(ada, ticked)


def test_the_toast_and_the_history_offer_it(ada: Person, task_id: str, app: Flask) -> None:
    visitor: Visitor = visit(ada)
    page = f"/tasks/{task_id}"
    visitor.fill(page, f"/checklist/{HAMMER}/remove")
    shown = visitor.open(page)
    assert "The step is removed." in shown.text
    with app.app_context():
        tick_item(ada.actor, task_id, HEAT, done=True)
    form = next(
        form for form in visitor.open(f"{page}/history").forms if form.action == f"{page}/undo"
    )
    toast = shown.form(f"{page}/undo")
    assert visitor.send(toast).status == 303
    assert form.fields["event"] != toast.fields["event"]  # the latest change is the tick
    with app.app_context():
        assert steps(ada, task_id) == [("Heat", True), ("Hammer", False), ("Quench", False)]
