"""Adding cards to a board."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.stores import sql
from tests.factories import Person, Team, make_limits_hard, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit
from tests.tasks.conftest import Barred


def add(visitor: Visitor, team: Team, title: str, **more: str | None) -> Page:
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    return visitor.send(form, **{"title": title, "column_id": team.columns["todo"], **more})


def count_tasks(app: Flask) -> int:
    with app.app_context():
        return int(sql.scalar(text("SELECT count(*) FROM tasks")))


def test_a_card_is_added_to_its_column(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    answer = add(visitor, team, "  Write the report  ")
    assert answer.location == f"/boards/{team.board_id}#new-{team.columns['todo']}"
    page = visitor.open(f"/boards/{team.board_id}")
    assert "Write the report" in page.text
    assert "WEB-1" in page.text


def test_htmx_gets_the_card_and_the_new_count_only(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    page = visitor.fill(f"/boards/{team.board_id}", "/tasks/create", htmx=True, title="Quick")
    assert page.status == 200
    assert page.html.strip().startswith("<article")
    assert 'hx-swap-oob="true"' in page.html
    assert "<html" not in page.html


@pytest.mark.parametrize(
    ("title", "sentence"),
    [("   ", "Title is required."), ("x" * 201, "at most 200 characters; it has 201")],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_refused_title_stays_in_its_field(
    app: Flask, ada: Person, team: Team, title: str, sentence: str, htmx: bool
) -> None:
    visitor = visit(ada)
    page = visitor.fill(f"/boards/{team.board_id}", "/tasks/create", htmx=htmx, title=title)
    assert page.status == 422
    assert sentence in page.text
    assert page.form("/tasks/create").fields["title"] == title
    assert ("<html" in page.html) is not htmx
    if htmx:
        assert page.answer.headers["HX-Retarget"].startswith("#add-")
    assert count_tasks(app) == 0


@pytest.mark.parametrize("htmx", [False, True])
def test_a_full_column_says_so_and_loses_nothing(
    app: Flask, ada: Person, team: Team, htmx: bool
) -> None:
    visitor = visit(ada)
    visitor.fill(
        f"/boards/{team.board_id}/settings",
        f"/columns/{team.columns['backlog']}/edit",
        wip_limit="1",
        status="backlog",
    )
    make_limits_hard(ada, team)
    make_task(ada, team, "First")
    page = visitor.fill(f"/boards/{team.board_id}", "/tasks/create", htmx=htmx, title="Second")
    assert page.status == 409
    assert "“Backlog” is full: 1 of 1 tasks." in page.text
    assert page.form("/tasks/create").fields["title"] == "Second"
    assert count_tasks(app) == 1


def test_a_card_form_that_is_sent_twice_makes_one_card(app: Flask, ada: Person, team: Team) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    first, again = visitor.send(form, title="Once"), visitor.send(form, title="Once")
    assert first.location == again.location
    assert count_tasks(app) == 1


def test_another_card_under_the_same_operation_is_refused(
    app: Flask, ada: Person, team: Team
) -> None:
    visitor = visit(ada)
    form = visitor.open(f"/boards/{team.board_id}").form("/tasks/create")
    visitor.send(form, title="Once")
    page = visitor.send(form, title="Something else")
    assert page.status == 422
    assert page.form("/tasks/create").fields["title"] == "Something else"
    assert count_tasks(app) == 1


def test_a_column_of_another_board_takes_no_card(app: Flask, ada: Person, team: Team) -> None:
    other = make_team(ada, "Other")
    visitor = visit(ada)
    page = add(visitor, team, "Stray", column_id=other.columns["todo"])
    assert page.status == 422
    assert add(visitor, team, "Stray", column_id="x").status == 422
    assert count_tasks(app) == 0


def test_who_may_not_add_cards_adds_none(app: Flask, ada: Person, barred: Barred) -> None:
    form = visit(ada).open(f"/boards/{barred.team.board_id}").form("/tasks/create")
    assert barred.send(form, title="No").status == barred.status
    assert count_tasks(app) == 0


def test_without_a_csrf_token_nothing_is_added_and_the_text_comes_back(
    app: Flask, ada: Person, team: Team
) -> None:
    page = add(visit(ada), team, "My long thought", csrf_token=None)
    assert page.status == 403
    assert "My long thought" in page.text
    assert count_tasks(app) == 0


def test_nothing_is_created_by_looking(ada: Person, team: Team) -> None:
    browser = ada.browser()
    answer = browser.get(f"/boards/{team.board_id}/tasks/create", headers=HTMX)
    assert answer.status_code == 405
