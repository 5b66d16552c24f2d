"""Any single change of a task is taken back by a change of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from taskforge.errors import Conflict
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.tasks import service
from taskforge.tasks.bulk.column_deletion import delete_column
from taskforge.tasks.history.undo import undo_change
from tests.factories import Person, Team, make_task
from tests.tasks.undoing import edit, facts, order, state, undo

FIELDS: dict[str, Any] = {
    "title": "New title",
    "description": "New words\n\nof two paragraphs",
    "tags": ["new", "other"],
    "custom_fields": [{"k": "cost", "v": 12.5}, {"k": "size", "v": None}],
    "checklist": [{"item_id": "a" * 36, "text": "Step", "done": True}],
    "priority": "urgent",
    "start_at": datetime(2026, 12, 1, tzinfo=UTC),
    "due_at": datetime(2026, 12, 24, 9, 30, tzinfo=UTC),
}


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_an_edit_of_every_field_is_undone_and_done_again(
    app: Flask, ada: Person, team: Team, field: str
) -> None:
    texts = {
        "description": "Old words",
        "tags": ["old"],
        "custom_fields": [{"k": "big", "v": 1e20}],
        "checklist": [{"item_id": "b" * 36, "text": "First", "done": False}],
    }
    task_id = make_task(
        ada, team, "Old title", texts=texts, due_at=datetime(2026, 12, 30, tzinfo=UTC)
    )
    with app.app_context():
        before = state(ada, task_id)
        done = edit(ada, task_id, **{field: FIELDS[field]})
        after = state(ada, task_id)
        assert after != before
        undone = undo(ada, done)
        assert state(ada, task_id) == before
        again = undo(ada, undone)
        assert state(ada, task_id) == after
        assert again.version == 4
        kept = facts(task_id)
        assert [fact["new_state"].get("undoes") for fact in kept] == [
            None,
            None,
            done.event_id,
            undone.event_id,
        ]
        assert {fact["event"] for fact in kept[1:]} == {kept[1]["event"]}


def test_an_edit_of_several_fields_and_the_place_is_undone_as_one(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    make_task(ada, team, "Below", status="todo")
    with app.app_context():
        before = state(ada, task_id)
        done = edit(
            ada, task_id, title="T", description="D", assignee_id=bob.user_id, status="in_review"
        )
        undo(bob, done)
        assert state(ada, task_id) == before
        assert order(team) == ["Write the report", "Below"]


def test_a_move_goes_back_to_the_exact_place(app: Flask, ada: Person, team: Team) -> None:
    ids = {title: make_task(ada, team, title, status="todo") for title in "ABCD"}
    with app.app_context():
        for before_id, status in ((None, "done"), (ids["A"], "todo"), (None, "todo")):
            done = service.move_task(
                ada.actor, ids["C"], column_id=team.columns[status], before_id=before_id
            )
            back = undo(ada, done)
            assert order(team) == ["A", "B", "C", "D"]
            assert order(team, "done") == []
            assert facts(ids["C"])[-1]["event"] == "task.moved"
            assert back.version == done.version + 1


def test_a_place_that_somebody_took_is_the_one_above_theirs(
    app: Flask, ada: Person, team: Team
) -> None:
    ids = {title: make_task(ada, team, title, status="todo") for title in "ABC"}
    other = make_task(ada, team, "New")
    with app.app_context():
        todo = team.columns["todo"]
        done = service.move_task(ada.actor, ids["B"], column_id=team.columns["done"])
        service.move_task(ada.actor, other, column_id=todo, before_id=ids["C"])
        undo(ada, done)
        assert order(team) == ["A", "B", "New", "C"]


def test_creating_deleting_and_restoring_are_each_others_undoing(
    app: Flask, ada: Person, team: Team
) -> None:
    with app.app_context():
        make_task(ada, team, "A", status="todo")
        made = service.create_task(
            ada.actor, board_id=team.board_id, title="B", column_id=team.columns["todo"]
        )
        make_task(ada, team, "C", status="todo")
        gone = undo(ada, made)
        assert order(team) == ["A", "C"]
        back = undo(ada, gone)
        assert order(team) == ["A", "B", "C"]
        undo(ada, back)
        restored = service.restore_task(ada.actor, made.entity_id)
        assert order(team) == ["A", "C", "B"]
        undo(ada, restored)
        assert order(team) == ["A", "C"]
        assert [fact["event"] for fact in facts(made.entity_id)] == [
            "task.created",
            "task.deleted",
            "task.restored",
            "task.deleted",
            "task.restored",
            "task.deleted",
        ]


def test_a_later_change_of_another_field_is_kept(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with app.app_context():
        done = edit(ada, task_id, description="Mine")
        edit(bob, task_id, tags=["kept"], title="Kept")
        undo(ada, done)
        now = state(ada, task_id)
        assert (now["description"], now["tags"], now["title"]) == ("", ["kept"], "Kept")


def test_changes_are_undone_one_after_the_other(app: Flask, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team, "0")
    with app.app_context():
        done = [edit(ada, task_id, title=title) for title in "123"]
        for change, title in zip(reversed(done), "210", strict=True):
            undo(ada, change)
            assert state(ada, task_id)["title"] == title
        with pytest.raises(Conflict, match="undid this already"):
            undo(ada, done[0])


def test_what_was_undone_and_done_again_can_be_undone_again(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Old")
    with app.app_context():
        done = edit(ada, task_id, title="New")
        undo(ada, undo(ada, done))
        undo(ada, done)
        assert state(ada, task_id)["title"] == "Old"


def test_a_deleted_card_of_a_column_that_is_gone_comes_back_elsewhere(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    with app.app_context():
        gone = service.delete_task(ada.actor, task_id)
        delete_column(ada.actor, team.board_id, team.columns["todo"])
        undo(ada, gone)
        assert order(team, "backlog") == ["Write the report"]


def test_the_same_operation_undoes_once_and_answers_the_same(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Old")
    actor = Actor(user_id=ada.user_id, op_id=new_id(), op_fingerprint=b"one")
    with app.app_context():
        done = edit(ada, task_id, title="New")
        first = undo_change(actor, task_id, str(done.event_id))
        second = undo_change(actor, task_id, str(done.event_id))
        assert (second.version, second.event_id) == (first.version, first.event_id)
        assert second.replayed
        assert len(facts(task_id)) == 3
