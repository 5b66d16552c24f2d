"""One rule for two changes of one task, field by field, whatever the edge: one-field forms, the edit form, the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from taskforge.tasks.fields import BY_NAME
from taskforge.tasks.queries import get_task
from tests.factories import Person, Team, make_task
from tests.pages import Page, Visitor, visit
from tests.stores.scene import read

PARAGRAPHS = "# Why\n\nfirst\n\nsecond\n\nthird"


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team, "Old", texts={"description": PARAGRAPHS, "tags": ["old"]})


@dataclass
class Answer:
    status: int
    conflicts: frozenset[str]
    text: str


Late = Callable[[str, str], Answer]
JSON_VALUES: dict[str, Callable[[str], Any]] = {
    "tags": lambda text: text.split(", "),
    "estimate": float,
}


def by_field(ada: Person, task_id: str) -> Late:
    visitor = visit(ada)
    pages = {
        name: visitor.open(f"/tasks/{task_id}/fields/{field.address}")
        for name, field in BY_NAME.items()
        if field.in_form
    }

    def send(name: str, value: str) -> Answer:
        page = visitor.send(pages[name].form(f"/fields/{BY_NAME[name].address}"), value=value)
        return _of_page(page, name)

    return send


def by_form(ada: Person, task_id: str) -> Late:
    visitor = visit(ada)
    form = visitor.open(f"/tasks/{task_id}/edit").form("/edit")
    return lambda name, value: _of_page(visitor.send(form, **{name: value}), name)


def by_api(ada: Person, task_id: str) -> Late:
    version = ada.api("GET", f"/tasks/{task_id}").json["version"]

    def send(name: str, value: str) -> Answer:
        sent = JSON_VALUES.get(name, str)(value)
        body = {BY_NAME[name].json_name: sent, "version": version}
        answer = ada.api("PATCH", f"/tasks/{task_id}", body)
        error = answer.json.get("error", {})
        assert ("conflicts" in error) == (answer.status_code == 409)
        found = {
            name for name, one in BY_NAME.items() if one.json_name in error.get("conflicts", {})
        }
        return Answer(answer.status_code, frozenset(found), str(error))

    return send


def _of_page(page: Page, name: str) -> Answer:
    return Answer(page.status, frozenset({name} if page.status == 409 else ()), page.text)


EDGES = pytest.mark.parametrize("edge", [by_field, by_form, by_api])


def see(app: Flask, ada: Person, task_id: str) -> dict[str, Any]:
    with app.app_context():
        view = get_task(ada.actor, task_id)
    return {**view.row, **(view.texts or {})}


def change(person: Person, task_id: str, **body: Any) -> None:
    assert person.api("PATCH", f"/tasks/{task_id}", body).status_code == 200


@EDGES
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Mine"),
        ("priority", "urgent"),
        ("tags", "mine"),
        ("due_at", "2026-12-24"),
        ("estimate", "3"),
    ],
)
def test_a_field_that_nobody_else_touched_is_merged(
    app: Flask, ada: Person, bob: Person, team: Team, task_id: str,
    edge: Callable[[Person, str], Late], name: str, value: str,
) -> None:  # fmt: skip
    late = edge(ada, task_id)
    change(bob, task_id, description="Theirs", startDate="2026-05-01")
    bob.api("POST", f"/tasks/{task_id}/move", {"columnId": team.columns["done"]})
    assert late(name, value).status in (200, 303)
    now = see(app, ada, task_id)
    assert BY_NAME[name].kind.form_text(now[name]) == value
    assert (now["description"], now["status"]) == ("Theirs", "done")
    assert now["start_at"] is not None


@EDGES
@pytest.mark.parametrize(
    ("name", "theirs", "mine"),
    [
        ("title", "Theirs", "Mine"),
        ("priority", "urgent", "low"),
        ("tags", ["theirs"], "mine"),
        ("due_at", "2026-12-24", "2026-12-31"),
        ("estimate", 2, "3"),
        (
            "description",
            PARAGRAPHS.replace("second", "theirs"),
            PARAGRAPHS.replace("second", "mine"),
        ),
    ],
)
def test_a_field_that_two_touched_is_decided_and_nothing_of_the_request_is_stored(
    app: Flask, ada: Person, bob: Person, task_id: str,
    edge: Callable[[Person, str], Late], name: str, theirs: Any, mine: str,
) -> None:  # fmt: skip
    late = edge(ada, task_id)
    change(bob, task_id, **{BY_NAME[name].json_name: theirs, "customFields": {"a": 1}})
    before = see(app, ada, task_id)
    answer = late(name, mine)
    assert (answer.status, answer.conflicts) == (409, {name})
    assert "Bob Number" in answer.text
    assert see(app, ada, task_id) == before


@EDGES
def test_the_same_change_twice_is_no_conflict(
    app: Flask, ada: Person, bob: Person, task_id: str, edge: Callable[[Person, str], Late]
) -> None:
    late = edge(ada, task_id)
    change(bob, task_id, title="Same", priority="high")
    assert late("title", "Same").status in (200, 303)
    assert see(app, ada, task_id)["version"] == 2


@EDGES
def test_a_change_that_was_taken_back_stands_against_nothing(
    app: Flask, ada: Person, bob: Person, task_id: str, edge: Callable[[Person, str], Late]
) -> None:
    late = edge(ada, task_id)
    change(bob, task_id, title="Theirs")
    change(bob, task_id, title="Old")
    assert late("title", "Mine").status in (200, 303)
    assert see(app, ada, task_id)["title"] == "Mine"


@EDGES
def test_long_texts_are_merged_line_by_line(
    app: Flask, ada: Person, bob: Person, task_id: str, edge: Callable[[Person, str], Late]
) -> None:
    late = edge(ada, task_id)
    change(bob, task_id, description=PARAGRAPHS.replace("first", "FIRST"))
    assert late("description", PARAGRAPHS + "\n\nmine").status in (200, 303)
    assert (
        see(app, ada, task_id)["description"] == PARAGRAPHS.replace("first", "FIRST") + "\n\nmine"
    )


def test_the_api_shows_mine_theirs_and_base(ada: Person, bob: Person, task_id: str) -> None:
    change(ada, task_id, dueDate="2026-01-01", tags=["b"], customFields={"n": 1})
    change(bob, task_id, dueDate="2026-02-02", tags=["t"], customFields={"n": 2}, title="Theirs")
    body = {
        "dueDate": "2026-03-03",
        "tags": ["m"],
        "customFields": {"n": 3},
        "priority": "low",
        "version": 2,
    }
    error = ada.api("PATCH", f"/tasks/{task_id}", body).json["error"]
    assert error["code"] == "stale_version"
    due = {
        side: f"2026-0{month}-0{month}" for side, month in (("mine", 3), ("theirs", 2), ("base", 1))
    }
    assert {side: shown[:10] for side, shown in error["conflicts"].pop("dueDate").items()} == due
    assert error["conflicts"] == {
        "tags": {"mine": ["m"], "theirs": ["t"], "base": ["b"]},
        "customFields": {"mine": {"n": 3}, "theirs": {"n": 2}, "base": {"n": 1}},
    }
    assert set(error["fields"]) == {"dueDate", "tags", "customFields"}
    assert error["current"]["title"] == "Theirs"
    assert error["current"]["priority"] == "medium"


def test_a_replaced_task_keeps_what_others_did_to_fields_it_did_not_change(
    app: Flask, ada: Person, bob: Person, task_id: str
) -> None:
    seen = {"title": "Old", "description": PARAGRAPHS, "tags": ["old"]}
    change(bob, task_id, description="Theirs")
    answer = ada.api("PUT", f"/tasks/{task_id}", {**seen, "title": "Mine", "version": 1})
    assert (answer.status_code, answer.json["title"], answer.json["description"]) == (
        200,
        "Mine",
        "Theirs",
    )


def test_a_repeated_change_is_answered_and_not_made_twice(
    ada: Person, bob: Person, task_id: str
) -> None:
    body = {"title": "Mine", "version": 1}
    assert ada.api("PATCH", f"/tasks/{task_id}", body).json["version"] == 2
    change(bob, task_id, priority="high")
    answer = ada.api("PATCH", f"/tasks/{task_id}", body)
    assert (answer.status_code, answer.json["version"]) == (200, 3)


def test_a_version_that_does_not_exist_yet_is_refused(ada: Person, task_id: str) -> None:
    answer = ada.api("PATCH", f"/tasks/{task_id}", {"title": "Mine", "version": 9})
    assert (answer.status_code, answer.json["error"].get("conflicts")) == (409, None)


@pytest.mark.parametrize("near", [False, True])
def test_a_move_stands_only_against_another_move(
    ada: Person, bob: Person, team: Team, task_id: str, near: bool
) -> None:
    other = make_task(ada, team, "Other")
    place = {"columnId": team.columns["backlog"], **({"afterId": other} if near else {})}
    change(bob, task_id, title="Theirs")
    answer = ada.api("POST", f"/tasks/{task_id}/move", {**place, "version": 1})
    assert answer.status_code == 200
    seen = answer.json["version"]
    bob.api("POST", f"/tasks/{task_id}/move", {"columnId": team.columns["done"]})
    answer = ada.api("POST", f"/tasks/{task_id}/move", {**place, "version": seen})
    assert answer.status_code == 409
    assert answer.json["error"]["conflicts"]["columnId"]["theirs"] == team.columns["done"]


def test_a_text_that_both_rewrote_is_shown_three_ways_and_decided_without_a_script(
    app: Flask, ada: Person, bob: Person, visitor: Visitor, task_id: str
) -> None:
    form = visitor.open(f"/tasks/{task_id}/edit").form("/edit")
    change(bob, task_id, description=PARAGRAPHS.replace("second", "theirs") + "\n\ntheir end")
    page = visitor.send(form, description=PARAGRAPHS.replace("second", "mine"), title="Mine")
    assert page.status == 409
    assert "What they changed" in page.text
    assert "<ins>theirs</ins>" in page.html
    assert "<ins>mine</ins>" in page.html
    decided = page.form("/edit")
    assert decided.fields["description"] == PARAGRAPHS.replace("second", "mine") + "\n\ntheir end"
    assert visitor.send(decided).status == 303
    now = see(app, ada, task_id)
    assert (now["title"], now["description"]) == ("Mine", decided.fields["description"])


def test_settling_asks_one_question_more_however_long_the_history_is(
    app: Flask, ada: Person, bob: Person, task_id: str
) -> None:
    for number in range(30):
        change(bob, task_id, description=f"Theirs {number}")
    assert ada.api("PATCH", f"/tasks/{task_id}", {"title": "Mine", "version": 1}).status_code == 200
    with app.app_context():
        assert read("SELECT count(*) FROM audit_logs WHERE entity_id = :id", id=task_id) == 32
