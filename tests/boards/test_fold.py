"""Folding a column: for oneself, on one board, kept for the next time."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import text

from taskforge.stores import sql
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import Page, Visitor, visit

SEQ = text("SELECT seq FROM boards WHERE board_id = :board_id")


def fold(visitor: Visitor, team: Team, column_id: str, folded: str = "1", **headers: str) -> Page:
    """Press the button, whose form stands elsewhere on the page."""
    data = {"csrf_token": csrf_token(visitor.client), "folded": folded}
    path = f"/boards/{team.board_id}/columns/{column_id}/fold"
    return Page(visitor.client.post(path, data=data, headers=headers))


def folded_columns(visitor: Visitor, team: Team) -> list[str]:
    page = visitor.open(f"/boards/{team.board_id}")
    return re.findall(r'class="column is-folded" id="column-([0-9a-f-]+)"', page.html)


def test_a_folded_column_is_folded_the_next_time_and_holds_its_cards(
    ada: Person, team: Team
) -> None:
    make_task(ada, team, "Inside", status="todo")
    visitor = visit(ada)
    answer = fold(visitor, team, team.columns["todo"])
    assert answer.location == f"/boards/{team.board_id}#column-{team.columns['todo']}"
    assert folded_columns(visit(ada), team) == [team.columns["todo"]]
    assert "Inside" in visitor.open(f"/boards/{team.board_id}").text
    fold(visitor, team, team.columns["todo"], "0")
    assert folded_columns(visitor, team) == []


def test_folding_twice_and_several_columns_keeps_each_once(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    for status in ("done", "todo", "done"):
        assert fold(visitor, team, team.columns[status], Accept="application/json").status == 200
    assert folded_columns(visitor, team) == [team.columns["todo"], team.columns["done"]]


def test_folding_is_for_oneself_and_no_change_of_the_board(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    shared = make_team(ada, "Shared", member=bob)
    with app.app_context():
        before = sql.scalar(SEQ, {"board_id": shared.board_id})
    fold(visit(bob), shared, shared.columns["todo"])
    assert folded_columns(visit(bob), shared) == [shared.columns["todo"]]
    assert folded_columns(visit(ada), shared) == []
    with app.app_context():
        assert sql.scalar(SEQ, {"board_id": shared.board_id}) == before


def test_a_guest_folds_and_an_outsider_finds_nothing(ada: Person, gus: Person, eve: Person) -> None:
    team = make_team(ada, guest=gus)
    assert fold(visit(gus), team, team.columns["todo"]).status == 303
    assert fold(visit(eve), team, team.columns["todo"]).status == 404


def test_a_column_that_is_not_on_the_board_is_a_404(ada: Person, team: Team) -> None:
    other = make_team(ada, "Other")
    visitor = visit(ada)
    assert fold(visitor, team, other.columns["todo"]).status == 404
    assert fold(visitor, team, team.board_id, "0").status == 404
    assert fold(visitor, team, team.columns["todo"], "maybe").status == 422


def test_folding_without_a_script_keeps_the_filter(ada: Person, team: Team) -> None:
    visitor, column_id = visit(ada), team.columns["todo"]
    query = "?priority=low&priority=high&tag=a"
    page = visitor.open(f"/boards/{team.board_id}{query}")
    sent = next(
        form.fields for form in page.forms if "folded" not in form.fields and "next" in form.fields
    )
    path = f"/boards/{team.board_id}/columns/{column_id}/fold"
    answer = Page(visitor.client.post(path, data={**sent, "folded": "1"}))
    assert answer.location == f"/boards/{team.board_id}{query}#column-{column_id}"
    elsewhere = {**sent, "folded": "1", "next": "https://elsewhere.example/"}
    answer = Page(visitor.client.post(path, data=elsewhere))
    assert answer.location == f"/boards/{team.board_id}#column-{column_id}"
