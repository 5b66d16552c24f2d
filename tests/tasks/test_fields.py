"""One field at a time: it has an address, a small form, and a conflict only with those who changed the same."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import text

from taskforge.stores import sql
from taskforge.tasks.queries import TaskView, get_task
from taskforge.web.tasks.inline_fields import INLINE_FIELDS
from tests.factories import Person, Team, make_task
from tests.pages import HTMX, Page, Visitor, visit
from tests.tasks.conftest import Barred

JSON = {"Accept": "application/json"}
CHOICES = {"status", "column", "priority", "assignee"}
VALUES = {
    "title": ("Write it well", "Write it well"),
    "description": ("Because **it matters**.", "<strong>it matters</strong>"),
    "status": ("in_progress", "In progress"),
    "priority": ("high", "High"),
    "due": ("2026-05-31", "31 May 2026"),
    "start": ("2026-05-01", "1 May 2026"),
    "estimate": ("2.5", "2.5"),
    "tags": ("design, api", "design"),
    "custom": ('customer: "42"', "Customer"),
}


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team)


def fill(
    visitor: Visitor, task_id: str, name: str, value: str | None, *, htmx: bool = False, **more: str
) -> Page:
    """Open a field's form and send it with another value."""
    address = f"/tasks/{task_id}/fields/{name}"
    return visitor.fill(address, f"/fields/{name}", htmx=htmx, value=value, **more)


def see(person: Person, task_id: str) -> TaskView:
    with person.app.app_context():
        return get_task(person.actor, task_id)


@pytest.mark.parametrize("name", VALUES)
def test_each_field_is_saved_by_its_own_form(visitor: Visitor, task_id: str, name: str) -> None:
    value, shown = VALUES[name]
    answer = fill(visitor, task_id, name, value)
    assert (answer.status, answer.location) == (303, f"/tasks/{task_id}")
    assert shown in visitor.open(f"/tasks/{task_id}").html
    page = visitor.open(f"/tasks/{task_id}/fields/{name}")
    if name in CHOICES:
        assert f'value="{value}" aria-current="true"' in page.html
    else:
        assert page.form(f"/fields/{name}").fields["value"] == value


def test_the_assignee_and_the_column_are_chosen_by_their_ids(
    ada: Person, bob: Person, team: Team, visitor: Visitor, task_id: str
) -> None:
    assert fill(visitor, task_id, "assignee", bob.user_id).status == 303
    assert fill(visitor, task_id, "column", team.columns["done"]).status == 303
    row = see(ada, task_id).row
    assert (row["assignee_id"], row["status"]) == (bob.user_id, "done")
    assert fill(visitor, task_id, "assignee", "").status == 303
    assert see(ada, task_id).row["assignee_id"] is None


def test_a_quick_day_wins_over_the_typed_one(ada: Person, visitor: Visitor, task_id: str) -> None:
    fill(visitor, task_id, "due", "2026-05-31", pick="2026-06-01")
    assert f"{see(ada, task_id).row['due_at']:%Y-%m-%d}" == "2026-06-01"
    fill(visitor, task_id, "due", "2026-05-31", pick="")
    assert see(ada, task_id).row["due_at"] is None


@pytest.mark.parametrize("name", INLINE_FIELDS)
def test_htmx_gets_the_form_and_then_the_field_anew(
    visitor: Visitor, team: Team, task_id: str, name: str
) -> None:
    root = f'id="field-{name}"'
    assert root in visitor.open(f"/tasks/{task_id}/fields/{name}", **HTMX).html
    value = VALUES[name][0] if name in VALUES else team.columns["done"]
    if name == "assignee":
        value = ""
    page = fill(visitor, task_id, name, value, htmx=True)
    assert page.status == 200
    assert root in page.html
    assert f'href="/tasks/{task_id}/fields/{name}"' in page.html
    told = json.loads(page.answer.headers["HX-Trigger"])["forge:task-changed"]
    assert told["id"] == task_id
    assert told["version"] == (1 if name == "assignee" else 2)


def test_a_script_is_told_the_version_and_the_audit_fact(
    ada: Person, visitor: Visitor, task_id: str
) -> None:
    form = visitor.open(f"/tasks/{task_id}/fields/title").form("/fields/title")
    answer = visitor.send(form, headers=JSON, value="By script").answer.get_json()
    assert answer["version"] == 2
    with ada.app.app_context():
        statement = text("SELECT event FROM audit_logs WHERE event_id = :event_id")
        assert sql.scalar(statement, {"event_id": answer["event"]}) == "task.edited"


def test_without_a_version_the_present_one_is_meant(visitor: Visitor, task_id: str) -> None:
    form = visitor.open(f"/tasks/{task_id}/fields/priority").form("/fields/priority")
    for version in (None, ""):
        answer = visitor.send(form, headers=JSON, value="urgent", version=version, op=None)
        assert answer.status == 200


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("title", "", "Title is required."),
        ("status", "someday", "Status is not one of the choices."),
        ("column", "somewhere", "Column is not one of the choices."),
        ("priority", "asap", "Priority is not one of the choices."),
        ("assignee", "bob", "Assignee is not one of the choices."),
        ("due", "2026-02-30", "Due is not a day of the calendar."),
        ("start", "9999-12-31", "Start must be between the years 1970 and 2200."),
        ("tags", ",".join(f"t{n}" for n in range(21)), "Tags may hold at most 20 tags."),
        ("custom", "no colon", "Custom fields must be written one a line"),
    ],
)
def test_a_wrong_value_is_explained_and_kept(
    visitor: Visitor, task_id: str, name: str, value: str, sentence: str
) -> None:
    page = fill(visitor, task_id, name, value)
    assert page.status == 422
    assert sentence in page.text
    if name not in CHOICES:
        assert 'aria-invalid="true"' in page.html
        assert page.form(f"/fields/{name}").fields["value"] == value
    form = visitor.open(f"/tasks/{task_id}/fields/{name}").form(f"/fields/{name}")
    told = visitor.send(form, headers=JSON, value=value)
    assert told.status == 422
    assert sentence in told.answer.get_json()["error"]["message"]


def test_a_wrong_version_is_refused(visitor: Visitor, task_id: str) -> None:
    assert fill(visitor, task_id, "title", "New", version="0").status == 422
    assert fill(visitor, task_id, "title", "New", version="x").status == 422


def test_an_assignee_must_be_in_the_team(eve: Person, visitor: Visitor, task_id: str) -> None:
    page = fill(visitor, task_id, "assignee", eve.user_id)
    assert page.status == 422
    assert "Assignee must be a member of this team." in page.text


def test_an_unknown_field_does_not_exist(visitor: Visitor, task_id: str) -> None:
    for name in ("rank", "version", "Title", "nothing"):
        assert visitor.open(f"/tasks/{task_id}/fields/{name}").status == 404
    form = visitor.open(f"/tasks/{task_id}/fields/title").form("/fields/title")
    form.action = f"/tasks/{task_id}/fields/number"
    assert visitor.send(form, value="9").status == 404


def test_who_may_not_edit_changes_nothing(ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team)
    form = visit(ada).open(f"/tasks/{task_id}/fields/title").form("/fields/title")
    for name in INLINE_FIELDS:
        address = f"/tasks/{task_id}/fields/{name}"
        assert barred.visitor.open(address).status == barred.status
        form.action = address
        assert barred.send(form, value="No").status == barred.status
    assert see(ada, task_id).row["version"] == 1


def test_what_others_did_to_other_fields_is_no_conflict(
    ada: Person, bob: Person, visitor: Visitor, task_id: str
) -> None:
    old = visitor.open(f"/tasks/{task_id}/fields/title").form("/fields/title")
    fill(visit(bob), task_id, "priority", "urgent")
    fill(visit(bob), task_id, "description", "Theirs")
    assert visitor.send(old, value="Mine").status == 303
    view = see(ada, task_id)
    assert (view.row["title"], view.row["priority"]) == ("Mine", "urgent")
    assert view.texts is not None
    assert view.texts["description"] == "Theirs"


@pytest.mark.parametrize(
    ("name", "theirs", "mine"),
    [
        ("title", "Theirs", "Mine"),
        ("description", "Theirs", "Mine"),
        ("due", "2026-05-30", "2026-05-31"),
        ("tags", "theirs", "mine"),
    ],
)
def test_the_same_field_changed_by_two_shows_both_and_is_decided(
    bob: Person, visitor: Visitor, task_id: str, name: str, theirs: str, mine: str
) -> None:
    old = visitor.open(f"/tasks/{task_id}/fields/{name}").form(f"/fields/{name}")
    fill(visit(bob), task_id, name, theirs)
    page = visitor.send(old, value=mine)
    assert page.status == 409
    assert "Bob" in page.text
    assert f"changed the {INLINE_FIELDS[name].label.lower()}" in page.text
    assert theirs in page.text
    form = page.form(f"/fields/{name}")
    assert form.fields["value"] == mine
    assert visitor.send(form).status == 303
    again = visitor.open(f"/tasks/{task_id}/fields/{name}").form(f"/fields/{name}")
    assert again.fields["value"] == mine


def test_a_conflict_tells_a_script_who_and_when(
    bob: Person, visitor: Visitor, task_id: str
) -> None:
    old = visitor.open(f"/tasks/{task_id}/fields/title").form("/fields/title")
    fill(visit(bob), task_id, "title", "Theirs")
    answer = visitor.send(old, headers=JSON, value="Mine")
    error = answer.answer.get_json()["error"]
    assert (answer.status, error["code"]) == (409, "stale_version")
    assert error["message"].startswith("Bob Number")
    assert "changed the title on" in error["message"]


def test_both_wanting_the_same_is_no_conflict(bob: Person, visitor: Visitor, task_id: str) -> None:
    old = visitor.open(f"/tasks/{task_id}/fields/title").form("/fields/title")
    fill(visit(bob), task_id, "title", "Same")
    assert visitor.send(old, value="Same").status == 303


def test_a_move_within_the_column_does_not_stand_against_a_column(
    ada: Person, team: Team, visitor: Visitor, task_id: str
) -> None:
    old = visitor.open(f"/tasks/{task_id}/fields/column").form("/fields/column")
    other = make_task(ada, team, "Other")
    column_id = see(ada, task_id).row["column_id"]
    ada.api("POST", f"/tasks/{task_id}/move", {"columnId": column_id, "afterId": other})
    assert visitor.send(old, value=team.columns["done"]).status == 303
    assert see(ada, task_id).row["status"] == "done"


def test_the_same_form_sent_twice_acts_once(ada: Person, visitor: Visitor, task_id: str) -> None:
    form = visitor.open(f"/tasks/{task_id}/fields/title").form("/fields/title")
    answers = [visitor.send(form, headers=JSON, value="Once").answer.get_json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert see(ada, task_id).row["version"] == 2


def test_the_column_that_it_is_in_changes_nothing(
    ada: Person, visitor: Visitor, task_id: str
) -> None:
    column_id = see(ada, task_id).row["column_id"]
    assert fill(visitor, task_id, "column", column_id).status == 303
    assert see(ada, task_id).row["version"] == 1


def test_a_text_that_cannot_be_read_is_not_offered_for_change(
    ada: Person, team: Team, visitor: Visitor, lose_texts: Callable[[], None]
) -> None:
    task_id = make_task(ada, team, texts={"description": "Hidden"})
    lose_texts()
    assert visitor.open(f"/tasks/{task_id}/fields/description").status == 503
    assert fill(visitor, task_id, "title", "Still works").status == 303


def test_an_untouched_field_shows_what_somebody_else_made_of_it(
    bob: Person, visitor: Visitor, task_id: str
) -> None:
    form = visitor.open(f"/tasks/{task_id}/fields/title", **HTMX).form("/fields/title")
    fill(visit(bob), task_id, "title", "By Bob")
    page = visitor.send(form, headers=HTMX)
    assert page.status == 200
    assert "By Bob" in page.text
    assert visitor.open(f"/tasks/{task_id}").text.count("By Bob") >= 1
