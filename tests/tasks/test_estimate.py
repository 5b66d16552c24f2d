"""The estimate of a task, a number: what a plain declared field does everywhere that handles fields."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from taskforge.stores import mongo
from taskforge.tasks.board.filters import read_filter
from taskforge.tasks.fields import ESTIMATE
from taskforge.tasks.queries import get_task
from tests.factories import Person, Team, make_task
from tests.pages import Visitor, visit
from tests.stores.conftest import catch_up
from tests.tasks.conftest import Barred
from tests.tasks.many import act
from tests.tasks.undoing import edit, facts, undo

JSON = {"Accept": "application/json"}


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team, estimate=Decimal("2.50"))


def estimate_of(person: Person, task_id: str) -> Decimal | None:
    with person.app.app_context():
        found: Decimal | None = get_task(person.actor, task_id).row["estimate"]
        return found


def body(answer: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(answer.data)
    return parsed


def test_the_api_creates_changes_and_empties_it(ada: Person, team: Team) -> None:
    made = ada.api("POST", "/tasks", json={"title": "Saw", "teamId": team.team_id, "estimate": 2.5})
    assert (made.status_code, body(made)["estimate"]) == (201, 2.5)
    address = f"/tasks/{body(made)['taskId']}"
    changed = ada.api("PATCH", address, json={"estimate": 100_000})
    assert (changed.status_code, body(changed)["estimate"]) == (200, 100_000)
    assert body(ada.api("PATCH", address, json={"estimate": None}))["estimate"] is None
    assert body(ada.api("GET", address))["estimate"] is None


def test_a_task_that_is_replaced_without_it_loses_it(ada: Person, task_id: str) -> None:
    answer = ada.api("PUT", f"/tasks/{task_id}", json={"title": "Other"})
    assert (answer.status_code, body(answer)["estimate"]) == (200, None)


@pytest.mark.parametrize(
    "value",
    [-0.01, 100_000.01, 1.234, "much", "2.5", " 2.5 ", "", True, False, [1], {}],
)
def test_the_api_refuses_what_is_no_estimate(ada: Person, task_id: str, value: object) -> None:
    answer = ada.api("PATCH", f"/tasks/{task_id}", json={"estimate": value})
    assert answer.status_code == 422
    assert body(answer)["error"]["fields"]["estimate"].startswith("Estimate m")
    assert estimate_of(ada, task_id) == Decimal("2.50")


def test_the_api_describes_it_as_a_number(app: Flask) -> None:
    answer = app.test_client().get("/api/openapi.json")
    described = body(answer)["components"]["schemas"]["NewTask"]["properties"]["estimate"]
    assert described["type"] == ["number", "null"]
    assert (described["minimum"], described["maximum"]) == (0, 100_000)
    assert described["description"] == "At most 2 decimals"


@pytest.mark.parametrize("value", [-0.0, "-0", "-0.00", 0])
def test_zero_has_no_sign(value: object) -> None:
    cleaned = ESTIMATE.clean(value, field="estimate")
    assert str(cleaned) == "0.00"
    assert ESTIMATE.form_text(cleaned) == "0"


def test_its_own_form_saves_and_shows_it(ada: Person, visitor: Visitor, task_id: str) -> None:
    address = f"/tasks/{task_id}/fields/estimate"
    assert visitor.open(address).form("/fields/estimate").fields["value"] == "2.5"
    assert visitor.fill(address, "/fields/estimate", value=" 13.25 ").status == 303
    assert estimate_of(ada, task_id) == Decimal("13.25")
    assert "13.25" in visitor.open(f"/tasks/{task_id}").html


@pytest.mark.parametrize("value", ["-1", "100000.01", "0.001", "a lot"])
def test_a_form_keeps_what_it_refuses(
    ada: Person, visitor: Visitor, task_id: str, value: str
) -> None:
    answer = visitor.fill(f"/tasks/{task_id}/fields/estimate", "/fields/estimate", value=value)
    assert answer.status == 422
    assert answer.form("/fields/estimate").fields["value"] == value
    assert estimate_of(ada, task_id) == Decimal("2.50")


def test_the_edit_form_holds_it(ada: Person, visitor: Visitor, task_id: str) -> None:
    address = f"/tasks/{task_id}/edit"
    assert visitor.open(address).form("/edit").fields["estimate"] == "2.5"
    assert visitor.fill(address, "/edit", estimate="5").status == 303
    assert estimate_of(ada, task_id) == 5


def test_a_card_shows_it(visitor: Visitor, team: Team, task_id: str) -> None:
    page = visitor.open(f"/boards/{team.board_id}")
    assert '<span class="card__fact icon--clock" title="Estimate">2.5</span>' in page.html


def test_history_names_both_values_and_undo_brings_the_first_back(
    app: Flask, ada: Person, visitor: Visitor, task_id: str
) -> None:
    with app.app_context():
        change = edit(ada, task_id, estimate=Decimal("8.00"))
        assert facts(task_id)[-1]["previous_state"] == {"estimate": 2.5}
        assert facts(task_id)[-1]["new_state"] == {"estimate": 8}
    page = visitor.open(f"/tasks/{task_id}/history")
    assert "changed the estimate" in page.html
    with app.app_context():
        undo(ada, change)
    assert estimate_of(ada, task_id) == Decimal("2.50")


def test_the_board_of_yesterday_shows_what_it_was(
    app: Flask, ada: Person, visitor: Visitor, team: Team, task_id: str
) -> None:
    with app.app_context():
        edit(ada, task_id, estimate=Decimal("8.00"))
    before = visitor.open(f"/boards/{team.board_id}/history?step=2").html
    assert 'title="Estimate">2.5<' in before
    assert 'title="Estimate">8<' not in before


def test_many_cards_get_it_at_once(ada: Person, team: Team, ids: list[str]) -> None:
    change = act(ada, team, ids, "estimate", Decimal("3.00"))
    assert len(change.extra["versions"]) == 4
    assert {estimate_of(ada, task_id) for task_id in ids} == {Decimal("3.00")}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("3.5", "1 card is estimated at 3.5."),
        ("0", "1 card is estimated at 0."),
        ("", "1 card is without an estimate."),
    ],
)
def test_the_form_for_many_cards_says_so(
    visitor: Visitor, team: Team, task_id: str, value: str, sentence: str
) -> None:
    address = f"/boards/{team.board_id}/select"
    answer = visitor.fill(address, "/edit-many", task_id=task_id, act="estimate", estimate=value)
    assert answer.status == 303
    assert sentence in visitor.open(answer.location or "").html


def test_a_board_is_filtered_by_ranges(ada: Person, visitor: Visitor, team: Team) -> None:
    for title, number in (("Small", "1"), ("Mid", "2.75"), ("Large", "40"), ("Open", None)):
        make_task(ada, team, title, estimate=number and Decimal(number).quantize(Decimal("0.01")))
    address = f"/boards/{team.board_id}"

    def shown(query: str) -> set[str]:
        html = visitor.open(f"{address}?{query}").html
        return {title for title in ("Small", "Mid", "Large", "Open") if f">{title}</a>" in html}

    assert shown("estimate=0-1") == {"Small"}
    assert shown("estimate=1-3&estimate=8-") == {"Small", "Mid", "Large"}
    assert shown("estimate=none") == {"Open"}
    assert shown("estimate=nonsense") == {"Small", "Mid", "Large", "Open"}
    menu = visitor.open(f"{address}/filter").html
    assert 'value="8-"' in menu
    assert "8 or more" in menu


@pytest.mark.parametrize(
    ("spellings", "kept"),
    [
        (["0-1", "0-1.00", "00-1", " 0 - 1 ", "-0-1"], ("0-1",)),
        (["8-", "8.0 -", "8-100000"], ("8-",)),
        (["0.50-2.250"], ("0.5-2.25",)),
        (["none", "none"], ("none",)),
        (["0--0", "0--1", "--1", "-", " - 1", "0-1-3", "3-1", "1", "NONE"], ()),
    ],
)
def test_a_range_has_one_spelling(spellings: list[str], kept: tuple[str, ...]) -> None:
    chosen = read_filter({"estimate": spellings}, date(2026, 5, 4)).values("estimate")
    assert chosen == kept
    assert read_filter({"estimate": chosen}, date(2026, 5, 4)).values("estimate") == kept


def test_a_list_is_filtered_and_ordered_by_it(ada: Person, team: Team) -> None:
    for title, number in (("Small", "1"), ("Open", None), ("Large", "40"), ("Mid", "2.75")):
        make_task(ada, team, title, estimate=number and Decimal(number).quantize(Decimal("0.01")))

    def titles(query: str) -> list[str]:
        found, cursor = [], ""
        while True:
            answer = body(ada.api("GET", f"/tasks?boardId={team.board_id}&limit=2&{query}{cursor}"))
            found += [item["title"] for item in answer["items"]]
            if answer["nextCursor"] is None:
                return found
            cursor = f"&cursor={answer['nextCursor']}"

    assert titles("sort=estimate") == ["Small", "Mid", "Large", "Open"]
    assert titles("sort=-estimate") == ["Large", "Mid", "Small", "Open"]
    assert titles("estimate=1-3&sort=-estimate") == ["Mid", "Small"]
    assert titles("estimate=none") == ["Open"]
    assert titles("estimate=01%20-%203.00") == ["Small", "Mid"]
    assert ada.api("GET", "/tasks?estimate=0--0").status_code == 422
    assert ada.api("GET", "/tasks?sort=title").status_code == 422
    assert ada.api("GET", "/tasks?estimate=few").status_code == 422


def test_the_document_has_a_copy(app: Flask, ada: Person, task_id: str) -> None:
    with app.app_context():
        catch_up()
        document = mongo.collection("tasks").find_one({"_id": task_id})
    assert document is not None
    assert document["estimate"] == 2.5
    assert document["mirror_schema"] >= 2


def test_whoever_may_not_edit_may_not_estimate(ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team)
    form = visit(ada).open(f"/tasks/{task_id}/fields/estimate").form("/fields/estimate")
    assert barred.send(form, value="3").status == barred.status
    assert estimate_of(ada, task_id) is None
