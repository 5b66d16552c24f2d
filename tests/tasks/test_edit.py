"""Editing a task, alone and at the same time as somebody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from taskforge.tasks.queries import get_task
from tests.factories import Person, Team, make_task
from tests.pages import HTMX, Visitor, visit
from tests.tasks.conftest import Barred

ALL_FIELDS = {
    "title": "Write it well",
    "description": "# Why\n\nBecause **it matters**.",
    "status": "in_progress",
    "priority": "high",
    "start_at": "2026-05-01",
    "due_at": "2026-05-31",
    "tags": "design, api",
    "custom_fields": 'effort: 3\ncustomer: "42"',
}


@pytest.fixture
def path(ada: Person, team: Team) -> str:
    return f"/tasks/{make_task(ada, team)}"


def test_every_field_is_saved_and_shown(visitor: Visitor, bob: Person, path: str) -> None:
    answer = visitor.fill(f"{path}/edit", "/edit", **ALL_FIELDS, assignee_id=bob.user_id)
    assert (answer.status, answer.location) == (303, path)
    page = visitor.open(path)
    for shown in ("Write it well", "In progress", "High", "31 May 2026", "design", "Effort", "42"):
        assert shown in page.text
    assert "<strong>it matters</strong>" in page.html
    assert "Bob" in page.text
    fields = visitor.open(f"{path}/edit").form("/edit").fields
    assert {name: fields[name] for name in ALL_FIELDS} == {
        **ALL_FIELDS,
        "custom_fields": 'customer: "42"\neffort: 3',
    }


def test_saving_an_untouched_form_changes_nothing(
    app: Flask, ada: Person, team: Team, visitor: Visitor
) -> None:
    due = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)
    task_id = make_task(ada, team, due_at=due, texts={"description": "  indented\n\ttext"})
    assert visitor.fill(f"/tasks/{task_id}/edit", "/edit").status == 303
    with app.app_context():
        view = get_task(ada.actor, task_id)
    assert (view.row["version"], view.row["due_at"]) == (1, due)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Title is required."),
        ("status", "someday", "Status is not one of the choices."),
        ("priority", "asap", "Priority is not one of the choices."),
        ("assignee_id", "bob", "Assignee is not one of the choices."),
        ("due_at", "2026-02-30", "Due is not a day of the calendar."),
        ("due_at", "9999-12-31", "Due must be between the years 1970 and 2200."),
        ("tags", ",".join(f"t{n}" for n in range(21)), "Tags may hold at most 20 tags."),
        ("custom_fields", "no colon", "Custom fields must be written one a line"),
        ("custom_fields", "$where: 1", "has a name that is not allowed"),
        ("version", "0", "Version must be between 1"),
        ("version", None, "Version must be a whole number."),
    ],
)
def test_a_wrong_value_is_explained_and_all_that_was_typed_stays(
    visitor: Visitor, path: str, field: str, value: str | None, sentence: str
) -> None:
    typed = {"title": "Kept title", "description": "A long text that took an hour."}
    page = visitor.fill(f"{path}/edit", "/edit", **typed | {field: value})
    assert page.status == 422
    kept = page.form("/edit").fields
    assert kept["description"] == typed["description"]
    if field != "title":
        assert kept["title"] == "Kept title"
    if field != "version":
        assert sentence in page.text
        assert 'aria-invalid="true"' in page.html
    assert "Write the report" in visitor.open(path).text


def test_an_assignee_must_be_in_the_team(eve: Person, visitor: Visitor, path: str) -> None:
    page = visitor.fill(f"{path}/edit", "/edit", assignee_id=eve.user_id)
    assert page.status == 422
    assert "Assignee must be a member of this team." in page.text


def test_an_edit_that_is_sent_twice_acts_once(
    app: Flask, ada: Person, visitor: Visitor, path: str
) -> None:
    form = visitor.open(f"{path}/edit").form("/edit")
    for _ in range(2):
        assert visitor.send(form, title="Once").location == path
    with app.app_context():
        assert get_task(ada.actor, path[7:]).row["version"] == 2


def test_who_comes_second_sees_both_sides_and_loses_nothing(
    ada: Person, bob: Person, path: str
) -> None:
    first, second = visit(bob), visit(ada)
    old = second.open(f"{path}/edit").form("/edit")
    first.fill(f"{path}/edit", "/edit", title="Theirs", priority="urgent")
    page = second.send(old, title="Mine", description="An hour of work")
    assert page.status == 409
    assert "You both changed this" in page.text
    assert "Bob" in page.text
    assert "title and priority" in page.text
    assert "Theirs" in page.text
    form = page.form("/edit")
    assert form.fields["title"] == "Mine"
    assert form.fields["description"] == "An hour of work"
    assert form.fields["priority"] == "urgent"
    assert second.send(form).location == path
    saved = second.open(f"{path}/edit").form("/edit").fields
    assert (saved["title"], saved["priority"]) == ("Mine", "urgent")
    assert saved["description"] == "An hour of work"


def test_a_conflict_over_each_kind_of_field_can_be_decided(
    ada: Person, bob: Person, path: str
) -> None:
    first, second = visit(bob), visit(ada)
    old = second.open(f"{path}/edit").form("/edit")
    first.fill(f"{path}/edit", "/edit", **ALL_FIELDS, assignee_id=bob.user_id)
    mine = {
        "description": "mine",
        "status": "done",
        "priority": "low",
        "assignee_id": ada.user_id,
        "due_at": "2027-01-01",
        "tags": "mine",
        "custom_fields": "effort: 9",
    }
    page = second.send(old, **mine)
    assert page.status == 409
    form = page.form("/edit")
    assert {name: form.fields[name] for name in mine} == mine
    assert form.fields["title"] == "Write it well"
    assert second.send(form).status == 303


def test_a_text_field_is_left_alone_when_the_form_did_not_hold_it(
    app: Flask, ada: Person, team: Team, visitor: Visitor
) -> None:
    task_id = make_task(ada, team, texts={"description": "Precious", "tags": ["keep"]})
    visitor.fill(
        f"/tasks/{task_id}/edit",
        "/edit",
        title="New",
        description=None,
        tags=None,
        custom_fields=None,
    )
    fields = visitor.open(f"/tasks/{task_id}/edit").form("/edit").fields
    assert (fields["title"], fields["description"], fields["tags"]) == ("New", "Precious", "keep")


def test_htmx_gets_the_form_alone(visitor: Visitor, path: str) -> None:
    page = visitor.open(f"{path}/edit", **HTMX)
    assert page.status == 200
    assert page.html.strip().startswith("<form")
    answer = visitor.fill(f"{path}/edit", "/edit", htmx=True, title="By htmx")
    assert answer.status == 200
    assert "By htmx" in answer.text
    assert not answer.has_form("/edit")


def test_who_may_not_edit_changes_nothing(ada: Person, barred: Barred) -> None:
    path = f"/tasks/{make_task(ada, barred.team)}"
    form = visit(ada).open(f"{path}/edit").form("/edit")
    assert barred.visitor.open(f"{path}/edit").status == barred.status
    assert barred.send(form, title="No").status == barred.status
    assert "Write the report" in visit(ada).open(path).text


def test_a_mass_of_other_fields_changes_nothing_else(
    app: Flask, ada: Person, bob: Person, visitor: Visitor, path: str
) -> None:
    visitor.fill(
        f"{path}/edit",
        "/edit",
        title="New",
        created_by=bob.user_id,
        number="99",
        deleted_at="1",
        rank="zz",
    )
    with app.app_context():
        row = get_task(ada.actor, path[7:]).row
    assert (row["created_by"], row["number"], row["deleted_at"]) == (ada.user_id, 1, None)
