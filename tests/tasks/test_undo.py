"""Any single change of a task is taken back by a change of its own, or refused with the reason."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.boards import columns
from taskforge.errors import Conflict, Forbidden, NotFound, Unavailable, WipLimitReached
from taskforge.extensions import redis_client
from taskforge.ids import new_id
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.stores.mongo import DocumentsUnavailable
from taskforge.stores.operations import Change
from taskforge.tasks import service, undoing
from taskforge.tasks.undoing import undo_change
from taskforge.tasks.views import get_task
from taskforge.teams import service as teams
from tests.factories import Person, Team, make_task, make_team
from tests.pages import Visitor

SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    return make_team(ada, member=bob, guest=gus)


def order(team: Team, status: str = "todo") -> list[str]:
    found = sql.rows(
        text(
            "SELECT title FROM tasks WHERE column_id = :column_id AND deleted_at IS NULL ORDER BY rank, task_id"
        ),
        {"column_id": team.columns[status]},
    )
    return [row["title"] for row in found]


def facts(task_id: str) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in sql.rows(
            text("SELECT * FROM audit_logs WHERE entity_id = :id ORDER BY log_id"), {"id": task_id}
        )
    ]


def edit(person: Person, task_id: str, **changes: Any) -> Change:
    return service.edit_task(person.actor, task_id, changes=changes)


def undo(person: Person, change: Change) -> Change:
    assert change.event_id
    return undo_change(person.actor, change.entity_id, change.event_id)


def state(person: Person, task_id: str) -> dict[str, Any]:
    view = get_task(person.actor, task_id, deleted=True)
    assert view.texts is not None
    names = (
        "title",
        "priority",
        "assignee_id",
        "start_at",
        "due_at",
        "column_id",
        "status",
        "rank",
    )
    return {**{name: view.row[name] for name in names}, **view.texts}


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
        ada, team, "Old title", texts=texts, due_at=datetime(2026, 1, 2, tzinfo=UTC)
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


def test_a_later_change_of_the_same_field_refuses_and_says_who_what_and_when(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with app.app_context():
        done = edit(ada, task_id, title="Mine", priority="high")
        edit(bob, task_id, description="Something else")
        edit(bob, task_id, title="Theirs")
        with pytest.raises(Conflict) as refusal:
            undo(ada, done)
        assert refusal.value.message.startswith("Bob Number")
        assert "changed the title later, on " in refusal.value.message
        assert "UTC. Undo that first" in refusal.value.message
        assert state(ada, task_id)["title"] == "Theirs"


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


def test_a_later_move_inside_the_column_counts_as_the_place(
    app: Flask, ada: Person, team: Team
) -> None:
    above, task_id = (make_task(ada, team, title, status="todo") for title in "AB")
    make_task(ada, team, "Done", status="done")
    with app.app_context():
        done = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        first = service.move_task(ada.actor, above, column_id=team.columns["done"])
        service.move_task(ada.actor, task_id, column_id=team.columns["done"], after_id=above)
        with pytest.raises(Conflict, match="changed the place later"):
            undo(ada, done)
        undo(ada, first)  # another card's move is its own matter


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


def test_a_task_in_the_trash_takes_nothing_but_its_restoring(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, "Old")
    with app.app_context():
        done = edit(ada, task_id, title="New")
        gone = service.delete_task(ada.actor, task_id)
        with pytest.raises(Conflict, match="in the trash"):
            undo(ada, done)
        undo(ada, gone)
        undo(ada, done)
        assert state(ada, task_id)["title"] == "Old"


def test_a_column_that_is_gone_or_full_takes_no_card_back(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    with app.app_context():
        todo = team.columns["todo"]
        done = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        columns.edit_column(ada.actor, team.board_id, todo, changes={"wip_limit": 1})
        other = make_task(ada, team, "Busy", status="todo")
        with pytest.raises(WipLimitReached, match="is full: 1 of 1"):
            undo(ada, done)
        service.move_task(ada.actor, other, column_id=team.columns["done"])
        columns.delete_column(ada.actor, team.board_id, todo)
        with pytest.raises(Conflict, match="The column “To do” is gone"):
            undo(ada, done)


def test_a_deleted_card_of_a_column_that_is_gone_comes_back_elsewhere(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    with app.app_context():
        gone = service.delete_task(ada.actor, task_id)
        columns.delete_column(ada.actor, team.board_id, team.columns["todo"])
        undo(ada, gone)
        assert order(team, "backlog") == ["Write the report"]


def test_an_assignee_who_left_the_team_is_not_assigned_again(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id)
    with app.app_context():
        done = edit(ada, task_id, assignee_id=None)
        teams.remove_member(ada.actor, team.team_id, bob.user_id)
        with pytest.raises(Conflict, match=r"Bob Number.* does not belong to this team any more"):
            undo(ada, done)


@pytest.mark.parametrize("kind", ["edit", "move", "delete", "restore", "create"])
def test_undoing_needs_the_permission_of_what_it_does(
    app: Flask, ada: Person, bob: Person, gus: Person, eve: Person, team: Team, kind: str
) -> None:
    needed = {
        "edit": "task.edit",
        "move": "task.move",
        "delete": "task.restore",
        "restore": "task.delete",
        "create": "task.delete",
    }[kind]
    with app.app_context():
        done = service.create_task(ada.actor, board_id=team.board_id, title="T")
        task_id = done.entity_id
        if kind == "edit":
            done = edit(ada, task_id, title="New")
        elif kind == "move":
            done = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        elif kind in ("delete", "restore"):
            done = service.delete_task(ada.actor, task_id)
        if kind == "restore":
            done = service.restore_task(ada.actor, task_id)
        take_permission(team, needed)
        for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
            with pytest.raises(refusal):
                undo(person, done)
        undo(ada, done)


def take_permission(team: Team, permission: str) -> None:
    """Members of the team may do everything that they could, but this."""
    sql.execute_now(
        text(
            "DELETE FROM role_permissions USING permissions WHERE role_permissions.permission_id ="
            " permissions.permission_id AND team_id = :team_id AND role = 'member' AND name = :name"
        ),
        {"team_id": team.team_id, "name": permission},
    )


def test_a_fact_of_another_task_or_of_a_comment_is_none_of_this_task(
    app: Flask, ada: Person, team: Team
) -> None:
    task_id, other = make_task(ada, team), make_task(ada, team, "Other")
    with app.app_context():
        done = edit(ada, other, title="New")
        for event_id in (done.event_id, new_id()):
            with pytest.raises(NotFound, match="no such change"):
                undo_change(ada.actor, task_id, str(event_id))


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


def test_of_two_who_undo_the_same_at_once_one_wins(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    for _ in range(4):
        task_id = make_task(ada, team, "Old")
        with app.app_context():
            done = edit(ada, task_id, title="New", description="Words")
        answers = together(app, [lambda: undo(ada, done), lambda: undo(bob, done)])  # noqa: B023
        assert sorted(type(answer).__name__ for answer in answers) == ["Change", "Conflict"]
        assert any("undid this already" in str(answer) for answer in answers)
        with app.app_context():
            assert state(ada, task_id)["title"] == "Old"
            assert len(facts(task_id)) == 3


def together(app: Flask, functions: list[Callable[[], Any]]) -> list[Any]:
    """What functions answer or refuse that run at the same moment."""
    start = threading.Barrier(len(functions))

    def one(function: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait(timeout=5)
            try:
                return function()
            except Conflict as refusal:
                return refusal

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(one, functions))


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


def test_a_text_that_cannot_be_read_is_not_undone(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team, texts={"description": "Old"})
    with app.app_context():
        done = edit(ada, task_id, description="New")
        moved = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        lose_texts(monkeypatch)
        with pytest.raises(Unavailable, match="can't be read right now"):
            undo(ada, done)
        assert len(facts(task_id)) == 3
        undo(ada, moved)  # needs no text
        assert order(team, "done") == []


def lose_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """No store can be asked for a text any more."""
    sql.execute_now(text("DELETE FROM outbox_redo"))
    redis_client().flushdb()

    def away(*_args: object) -> None:
        raise DocumentsUnavailable("away")

    monkeypatch.setattr(mongo, "find", away)


def test_giving_a_column_back_is_a_move_and_needs_its_permission(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, status="todo")
    with app.app_context():
        moved = service.move_task(ada.actor, task_id, column_id=team.columns["done"])
        take_permission(team, "task.move")
        back = {"event_id": str(moved.event_id), "field": "column_id", "version": None}
        with pytest.raises(Forbidden):
            undoing.restore_value(bob.actor, task_id, **back)
        undoing.restore_value(ada.actor, task_id, **back)
