"""The board page: its cards, its filter, its further pages, and what it costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.stores import mongo, sql
from taskforge.tasks.board import queries
from taskforge.tasks.board.queries import CARDS_PER_COLUMN
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Page, visit
from tests.trips import counting_statements

MOST_STATEMENTS = 5


def titles(page: Page) -> list[str]:
    return re.findall(r'class="card__title"[^>]*>([^<]*)<', page.html)


def test_cards_stand_in_their_columns_in_order(ada: Person, team: Team) -> None:
    for title, status in [("One", "todo"), ("Two", "todo"), ("Ready", "done")]:
        make_task(ada, team, title, status=status, priority="urgent", texts={"tags": ["api"]})
    page = visit(ada).open(f"/boards/{team.board_id}")
    assert titles(page) == ["One", "Two", "Ready"]
    todo = page.html.split(f'id="cards-{team.columns["todo"]}"')[1].split("</section>")[0]
    assert "One" in todo
    assert "Ready" not in todo
    assert "urgent" in todo
    assert "api" in todo


def test_a_title_is_text_whatever_it_holds(ada: Person, team: Team) -> None:
    make_task(ada, team, "<script>alert(1)</script>{{ 7*7 }}")
    page = visit(ada).open(f"/boards/{team.board_id}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page.html


def test_cards_that_leave_while_a_board_is_read_leave_no_link_to_further_ones(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_task(ada, team, f"Task {number}")
    read_cards = queries.task_rows

    def read_when_they_have_left(*arguments: Any) -> Any:
        sql.execute_now(text("UPDATE tasks SET deleted_at = now()"))
        return read_cards(*arguments)

    monkeypatch.setattr(queries, "task_rows", read_when_they_have_left)
    page = visit(ada).open(f"/boards/{team.board_id}")
    assert titles(page) == []
    assert "column__more" not in page.html
    assert '="None"' not in page.html


def test_a_board_costs_five_statements_and_asks_mongodb_nothing(
    app: Flask, ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        make_task(ada, team, f"Task {number}", assignee_id=ada.user_id, texts={"tags": ["x"]})
    visitor = visit(ada)
    visitor.open(f"/boards/{team.board_id}")

    def refuse(*_args: object) -> None:
        raise AssertionError("the board asked MongoDB")

    monkeypatch.setattr(mongo, "find", refuse)
    with counting_statements(app) as statements:
        assert visitor.open(f"/boards/{team.board_id}").status == 200
    assert len(statements) <= MOST_STATEMENTS, statements


def test_a_card_that_changed_is_drawn_anew(ada: Person, team: Team) -> None:
    make_task(ada, team, "Old title")
    visitor = visit(ada)
    board = visitor.open(f"/boards/{team.board_id}")
    task = re.findall(r'href="(/tasks/[0-9a-f-]+)"', board.html)[0]
    visitor.fill(f"{task}/edit", "/edit", title="New title")
    assert titles(visitor.open(f"/boards/{team.board_id}")) == ["New title"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("assignee={ada}", ["Hers"]),
        ("assignee=none", ["Nobody's", "Tagged"]),
        ("priority=urgent", ["Hers"]),
        ("tag=api", ["Tagged"]),
        ("tag=api&priority=urgent", []),
        ("priority=fast&assignee=somebody", ["Hers", "Nobody's", "Tagged"]),
    ],
)
def test_the_filter_shows_what_fits_and_counts_the_rest(
    ada: Person, team: Team, query: str, shown: list[str]
) -> None:
    make_task(ada, team, "Hers", assignee_id=ada.user_id, priority="urgent")
    make_task(ada, team, "Nobody's")
    make_task(ada, team, "Tagged", texts={"tags": ["api"]})
    page = visit(ada).open(f"/boards/{team.board_id}?{query.format(ada=ada.user_id)}")
    assert [title.replace("&#39;", "'") for title in titles(page)] == shown
    hidden = 3 - len(shown)
    assert (f"{hidden} hidden" in page.text) is (hidden > 0)


def test_a_long_column_comes_in_pages_that_are_plain_links(ada: Person, team: Team) -> None:
    for number in range(CARDS_PER_COLUMN + 2):
        make_task(ada, team, f"Task {number:03}")
    visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}")
    assert len(titles(page)) == CARDS_PER_COLUMN
    link = re.findall(r'href="([^"]*/cards\?after=[^"]*)"', page.html)[0].replace("&amp;", "&")
    rest = visitor.open(link)
    assert titles(rest) == ["Task 050", "Task 051"]
    assert "<html" in rest.html
    partial = visitor.open(link, **HTMX)
    assert titles(partial) == ["Task 050", "Task 051"]
    assert "<html" not in partial.html
    assert "HX-Request" in partial.answer.headers["Vary"]
    assert "/cards?after=" not in partial.html


def test_an_odd_place_in_a_column_is_a_404(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    column = f"/boards/{team.board_id}/columns/{team.columns['todo']}/cards"
    for after in ("", "x", "a0.", "a0.1", "a0'.01890000-0000-7000-8000-000000000000"):
        assert visitor.open(f"{column}?after={after}").status == 404
    other = make_team(ada, "Other")
    swapped = f"/boards/{team.board_id}/columns/{other.columns['todo']}/cards"
    after = "a0.01890000-0000-7000-8000-000000000000"
    assert visitor.open(f"{swapped}?after={after}").status == 404


def test_a_guest_reads_and_an_outsider_finds_nothing(ada: Person, gus: Person, eve: Person) -> None:
    team = make_team(ada, guest=gus)
    page = visit(gus).open(f"/boards/{team.board_id}")
    assert page.status == 200
    assert not page.has_form("/tasks/create")
    assert visit(gus).open(f"/boards/{team.board_id}/settings").status == 403
    assert visit(eve).open(f"/boards/{team.board_id}").status == 404
