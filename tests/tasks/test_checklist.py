"""A checklist is changed line by line."""

from __future__ import annotations

from typing import Any

import pytest

from taskforge.history.task_history import list_history
from taskforge.ids import new_id
from taskforge.tasks.editing.checklist import tick_item
from taskforge.tasks.queries import get_task
from tests.factories import Person, Team, make_task
from tests.pages import HTMX, Visitor, visit
from tests.tasks.conftest import Barred

ITEMS = [{"item_id": new_id(), "text": words, "done": False} for words in ("Heat", "Hammer")]
HEAT = f"/checklist/{ITEMS[0]['item_id']}"


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team, texts={"checklist": ITEMS})


def items_of(person: Person, task_id: str) -> list[dict[str, Any]]:
    with person.app.app_context():
        view = get_task(person.actor, task_id)
    assert view.texts is not None
    items: list[dict[str, Any]] = view.texts["checklist"]
    return items


def test_a_line_is_ticked_and_unticked(ada: Person, visitor: Visitor, task_id: str) -> None:
    page = f"/tasks/{task_id}"
    assert visitor.fill(page, f"{HEAT}/tick").location == f"{page}#checklist"
    assert [item["done"] for item in items_of(ada, task_id)] == [True, False]
    assert "1/2" in visitor.open(page).text
    answer = visitor.fill(page, f"{HEAT}/tick", htmx=True)
    assert answer.html.strip().startswith('<section class="task__part')
    assert "forge:task-changed" in answer.answer.headers["HX-Trigger"]
    assert [item["done"] for item in items_of(ada, task_id)] == [False, False]


def test_each_tick_is_one_audited_edit(ada: Person, visitor: Visitor, task_id: str) -> None:
    visitor.fill(f"/tasks/{task_id}", f"{HEAT}/tick")
    with ada.app.app_context():
        newest, oldest = list_history(ada.actor, task_id)
    assert (newest["event"], oldest["event"]) == ("task.edited", "task.created")
    assert set(newest["new_state"]) == {"checklist"}


def test_two_people_at_two_lines_both_count(
    ada: Person, bob: Person, visitor: Visitor, task_id: str
) -> None:
    form = visitor.open(f"/tasks/{task_id}").form(f"{HEAT}/tick")
    with bob.app.app_context():
        tick_item(bob.actor, task_id, ITEMS[1]["item_id"], done=True)
    assert visitor.send(form).status == 303
    assert [item["done"] for item in items_of(ada, task_id)] == [True, True]


def test_the_same_form_sent_twice_acts_once(ada: Person, visitor: Visitor, task_id: str) -> None:
    form = visitor.open(f"/tasks/{task_id}").form("/checklist/add")
    for _ in range(2):
        assert visitor.send(form, text="Quench").status == 303
    assert [item["text"] for item in items_of(ada, task_id)] == ["Heat", "Hammer", "Quench"]


def test_a_line_is_taken_out(ada: Person, visitor: Visitor, task_id: str) -> None:
    assert visitor.fill(f"/tasks/{task_id}", f"{HEAT}/remove").status == 303
    assert [item["text"] for item in items_of(ada, task_id)] == ["Hammer"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Text is required."), ("x" * 501, "Text must be at most 500 characters")],
)
def test_a_wrong_line_is_explained_and_kept(
    visitor: Visitor, task_id: str, typed: str, sentence: str
) -> None:
    for htmx in (False, True):
        page = visitor.fill(f"/tasks/{task_id}", "/checklist/add", htmx=htmx, text=typed)
        assert page.status == 422
        assert sentence in page.text
        assert page.form("/checklist/add").fields["text"] == typed


def test_a_full_checklist_takes_no_more(ada: Person, team: Team, visitor: Visitor) -> None:
    items = [{"item_id": new_id(), "text": "Step", "done": False} for _ in range(100)]
    task_id = make_task(ada, team, texts={"checklist": items})
    page = visitor.fill(f"/tasks/{task_id}", "/checklist/add", text="One more")
    assert page.status == 422
    assert "100 are the most" in page.text


def test_a_line_that_is_gone_is_not_found(visitor: Visitor, task_id: str) -> None:
    form = visitor.open(f"/tasks/{task_id}").form(f"{HEAT}/tick")
    visitor.fill(f"/tasks/{task_id}", f"{HEAT}/remove")
    assert visitor.send(form).status == 404
    form.action = f"/tasks/{task_id}/checklist/odd/tick"
    assert visitor.send(form).status == 404


def test_who_may_not_edit_changes_nothing(ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team, texts={"checklist": ITEMS})
    page = visit(ada).open(f"/tasks/{task_id}")
    for action in (f"{HEAT}/tick", f"{HEAT}/remove", "/checklist/add"):
        answer = barred.send(page.form(action), text="No")
        assert answer.status == barred.status
    assert items_of(ada, task_id) == ITEMS
    assert not barred.visitor.open(f"/tasks/{task_id}").has_form("/tick")


def test_htmx_is_shown_the_task_without_its_frame(visitor: Visitor, task_id: str) -> None:
    page = visitor.open(f"/tasks/{task_id}", **HTMX)
    assert page.html.strip().startswith('<div class="task-panel"')
    assert "Write the report" in page.text


def test_a_line_that_is_taken_out_twice_by_one_request_is_no_mistake(
    ada: Person, visitor: Visitor, task_id: str
) -> None:
    form = visitor.open(f"/tasks/{task_id}").form("/remove")
    assert [visitor.send(form).status for _ in range(2)] == [303, 303]
