"""Selecting cards on a page of its own or by a script, and what becomes of the selection."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.ids import new_id
from taskforge.tasks.bulk.edit import MAX_AT_ONCE
from taskforge.tasks.service import move_task
from tests.factories import Person, Team, csrf_token, make_task
from tests.pages import visit
from tests.tasks.conftest import Barred
from tests.tasks.many import limit, rows, send, titles


def test_the_same_operation_acts_once(app: Flask, ada: Person, team: Team, ids: list[str]) -> None:
    op = new_id()
    fields = {"act": "column", "column_id": team.columns["todo"]}
    first = send(ada, team, ids, op, **fields).get_json()
    with app.app_context():
        move_task(ada.actor, ids[0], column_id=team.columns["backlog"])
    assert send(ada, team, ids, op, **fields).get_json() == first
    assert titles(app, "backlog") == ["One"]
    assert send(ada, team, ids[:2], op, **fields).status_code == 422


def test_a_script_is_told_what_became_of_which(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    answer = send(ada, team, [*ids, new_id()], act="priority", priority="low").get_json()
    assert answer["versions"] == dict.fromkeys(ids, 2)
    assert (answer["changed"], answer["skipped"], answer["gone"]) == (4, 0, 1)
    browser = ada.browser()
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(browser)}
    undone = browser.post(answer["undo"], data={"op": new_id()}, headers=headers).get_json()
    assert undone["text"] == "4 cards are as before."
    assert undone["refused"] == []
    again = browser.post(undone["undo"], data={"op": new_id()}, headers=headers)
    assert again.status_code == 200
    assert {row["priority"] for row in rows(app)} == {"low"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Act is not one of the choices."),
        ({"act": "burn"}, "Act is not one of the choices."),
        ({"act": "column"}, "Column is not one of the choices."),
        (
            {"act": "column", "column_id": new_id()},
            "Column must be a column of this task's board",
        ),
        ({"act": "priority", "priority": "7"}, "Priority is not one of the choices."),
        ({"act": "add_tags", "tags": " , "}, "Tags are missing: write at least one."),
        ({"act": "add_tags", "tags": "x" * 41}, "Tags must be at most 40 characters"),
        ({"act": "due", "due_at": "soon"}, "Due must be a day"),
    ],
)
def test_a_script_is_told_what_is_wrong(
    app: Flask, ada: Person, team: Team, ids: list[str], fields: dict[str, str], sentence: str
) -> None:
    answer = send(ada, team, ids, **fields)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["message"].startswith(sentence)
    assert {row["version"] for row in rows(app)} == {1}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ([], "Select at least one card."),
        (["x"], "One of the selected cards is none."),
        ([new_id() for _ in range(MAX_AT_ONCE + 1)], "At most 150 cards can be changed at once"),
    ],
)
def test_the_selection_is_bounded(ada: Person, team: Team, sent: list[str], sentence: str) -> None:
    answer = send(ada, team, sent, act="delete")
    assert answer.status_code == 422
    assert answer.get_json()["error"]["message"].startswith(sentence)


def test_who_may_change_no_card_changes_none(app: Flask, ada: Person, barred: Barred) -> None:
    task_id = make_task(ada, barred.team)
    for fields in ({"act": "delete"}, {"act": "priority", "priority": "low"}, {"act": "done"}):
        assert send(barred.person, barred.team, [task_id], **fields).status_code == barred.status
    assert barred.visitor.open(f"/boards/{barred.team.board_id}/select").status == barred.status
    assert rows(app)[0]["version"] == 1


def test_the_page_selects_and_acts_without_javascript(
    app: Flask, ada: Person, team: Team, ids: list[str]
) -> None:
    visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}/select?column={team.columns['backlog']}")
    assert "Three" in page.text
    form = page.form("/tasks/edit-many")
    assert "task_id" not in form.fields
    refused = visitor.send(form, act="column", column_id=team.columns["todo"])
    assert refused.status == 422
    assert "Select at least one card." in refused.text
    sent = visitor.send(form, act="column", column_id=team.columns["todo"], task_id=ids[:3])
    assert sent.location == f"/boards/{team.board_id}"
    board = visitor.open(sent.location)
    assert "3 cards are moved to “To do”." in board.text
    assert titles(app, "todo") == ["One", "Two", "Three"]
    undone = visitor.send(board.form("/undo"))
    assert "3 cards are as before." in visitor.open(undone.location).text
    assert titles(app, "backlog") == ["One", "Two", "Three", "Four"]


def test_a_refused_act_keeps_what_was_checked(ada: Person, team: Team, ids: list[str]) -> None:
    visitor = visit(ada)
    limit(ada, team, 1)
    form = visitor.open(f"/boards/{team.board_id}/select").form("/tasks/edit-many")
    page = visitor.send(form, act="column", column_id=team.columns["todo"], task_id=ids[:2])
    assert page.status == 409
    assert "“To do” has 0 of 1 tasks: 2 more do not fit. Nothing was moved." in page.text
    assert page.html.count('" checked>') == 2


def test_all_cards_of_a_column_are_checked_by_a_link(
    ada: Person, team: Team, ids: list[str]
) -> None:
    make_task(ada, team, "Elsewhere", column_id=team.columns["todo"])
    address = f"/boards/{team.board_id}/select?column={team.columns['backlog']}"
    assert visit(ada).open(f"{address}&all=1").html.count('" checked>') == 4
    listed = ada.browser().get(address, headers={"Accept": "application/json"}).get_json()
    assert listed == {"task_ids": ids, "more": False}
    assert visit(ada).open(f"/boards/{team.board_id}/select?column={new_id()}").status == 404
