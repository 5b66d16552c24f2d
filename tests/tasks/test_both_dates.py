"""Both dates of a task at once, as a script sends them: one change and one Undo, or refused as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from taskforge.ids import new_id
from tests.factories import Person, Team, csrf_token, make_task
from tests.pages import Page, Visitor
from tests.tasks.conftest import Barred
from tests.tasks.undoing import edit, facts, state

JSON = {"Accept": "application/json"}


def send(visitor: Visitor, task_id: str, **fields: str) -> Page:
    headers = {**JSON, "X-CSRFToken": csrf_token(visitor.client), "Sec-Fetch-Site": "same-origin"}
    return Page(visitor.client.post(f"/tasks/{task_id}/edit", data=fields, headers=headers))


def dates(person: Person, task_id: str) -> tuple[date, date]:
    found = state(person, task_id)
    return found["start_at"], found["due_at"]


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    due = datetime(2026, 3, 12, 14, 30, tzinfo=UTC)
    return make_task(ada, team, start_at=date(2026, 3, 10), due_at=due)


def test_both_dates_are_one_change_that_one_undo_takes_back(
    ada: Person, visitor: Visitor, task_id: str
) -> None:
    moved = {"start_at": "2026-03-11", "due_at": "2026-03-13 14:30", "version": "1", "op": new_id()}
    answer = json.loads(send(visitor, task_id, **moved).html)
    assert answer["version"] == 2
    assert json.loads(send(visitor, task_id, **moved).html) == answer
    with ada.app.app_context():
        before, after = date(2026, 3, 10), date(2026, 3, 11)
        due = datetime(2026, 3, 13, 14, 30, tzinfo=UTC)
        assert dates(ada, task_id) == (after, due)
        assert [fact["event"] for fact in facts(task_id)] == ["task.created", "task.edited"]
    form = visitor.open(f"/tasks/{task_id}/history").form("/undo")
    assert form.fields["event"] == answer["event"]
    assert visitor.send(form, headers=JSON).status == 200
    with ada.app.app_context():
        assert dates(ada, task_id) == (before, due.replace(day=12))


def test_the_content_is_not_asked_for(
    visitor: Visitor, task_id: str, lose_texts: Callable[[], None]
) -> None:
    lose_texts()
    assert send(visitor, task_id, start_at="2026-03-11", due_at="", version="1").status == 200


def test_what_others_changed_since_is_settled_for_each_date(
    ada: Person, visitor: Visitor, task_id: str
) -> None:
    with ada.app.app_context():
        edit(ada, task_id, title="Other", due_at=date(2026, 3, 20))
    # The due date that the page had was not changed there.
    later = {"start_at": "2026-03-11", "due_at": "2026-03-12 14:30", "version": "1"}
    assert send(visitor, task_id, **later).status == 200
    refused = send(visitor, task_id, start_at="2026-03-12", due_at="2026-03-13 14:30", version="1")
    assert refused.status == 409
    with ada.app.app_context():
        assert dates(ada, task_id) == (date(2026, 3, 11), date(2026, 3, 20))
    # Without a version it is made whatever others did.
    assert (
        send(visitor, task_id, start_at="2026-03-01", due_at="2026-03-02", version="").status == 200
    )


@pytest.mark.parametrize(
    ("start", "due", "sentence"),
    [
        ("2026-03-14", "2026-03-13", "would be after the due date"),
        ("2026-03-11", "2026-02-30", "Due is not a day of the calendar"),
        ("soonish", "2026-03-13", "Start must be a day such as"),
    ],
)
def test_what_is_refused_leaves_both_as_they_were(
    ada: Person, visitor: Visitor, task_id: str, start: str, due: str, sentence: str
) -> None:
    answer = send(visitor, task_id, start_at=start, due_at=due, version="1")
    assert answer.status in (400, 422)
    assert sentence in json.loads(answer.html)["error"]["message"]
    with ada.app.app_context():
        assert len(facts(task_id)) == 1


def test_who_may_not_edit_is_refused(ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team)
    answer = send(barred.visitor, task_id, start_at="2026-03-11", due_at="", version="1")
    assert answer.status == barred.status
