"""The task page and its history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from taskforge.comments.service import create_comment
from tests.factories import Person, Team, make_task
from tests.pages import HTMX, Visitor, visit
from tests.trips import counting_statements

MAX_STATEMENTS = 7


def test_a_task_page_costs_seven_statements_at_most(
    app: Flask, ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team, texts={"description": "Text", "tags": ["a"]})
    with app.app_context():
        for number in range(6):
            create_comment(ada.actor, task_id, content=f"Comment {number}")
    visitor.open(f"/tasks/{task_id}")
    with counting_statements(app) as statements:
        page = visitor.open(f"/tasks/{task_id}")
    assert "Comment 5" in page.text
    assert len(statements) <= MAX_STATEMENTS, statements


def test_markdown_of_people_stays_harmless(ada: Person, visitor: Visitor, team: Team) -> None:
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **bold**"
    task_id = make_task(ada, team, texts={"description": hostile})
    page = visitor.open(f"/tasks/{task_id}")
    assert "<strong>bold</strong>" in page.html
    assert "<img" not in page.html
    assert 'href="javascript' not in page.html


def test_without_mongodb_the_page_says_so_and_the_rest_works(
    ada: Person,
    visitor: Visitor,
    team: Team,
    lose_texts: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task_id = make_task(ada, team, texts={"description": "Hidden"})
    lose_texts()
    page = visitor.open(f"/tasks/{task_id}")
    assert page.status == 200
    assert "The text of this task is away for a moment" in page.text
    assert visitor.open(f"/tasks/{task_id}/details", **HTMX).status == 200
    moved = visitor.fill(f"/tasks/{task_id}/move", "/move", column_id=team.columns["done"])
    assert moved.status == 303
    assert visitor.fill(f"/tasks/{task_id}/edit", "/edit", title="Renamed").status == 303
    assert "Renamed" in visitor.open(f"/boards/{team.board_id}").text
    monkeypatch.undo()
    assert "Hidden" in visitor.open(f"/tasks/{task_id}").text


def test_the_history_says_who_did_what(
    app: Flask, ada: Person, visitor: Visitor, team: Team
) -> None:
    task_id = make_task(ada, team)
    visitor.fill(f"/tasks/{task_id}/edit", "/edit", title="Better", due_at="2026-05-31")
    visitor.fill(f"/tasks/{task_id}/edit", "/edit", assignee_id=ada.user_id)
    visitor.fill(f"/tasks/{task_id}/move", "/move", column_id=team.columns["done"])
    page = visitor.open(f"/tasks/{task_id}/history")
    for words in ("created this task", "Better", "31 May 2026", "changed the assignee", "Done"):
        assert words in page.text
    assert page.text.index("moved it") < page.text.index("created this task")


def test_a_long_history_comes_in_pages(ada: Person, visitor: Visitor, team: Team) -> None:
    task_id = make_task(ada, team)
    for number in range(52):
        ada.api("PATCH", f"/tasks/{task_id}", {"title": f"Title {number}"})
    page = visitor.open(f"/tasks/{task_id}/history")
    assert page.html.count("timeline__entry") == 50
    before = [part.split('"')[0] for part in page.html.split('href="') if "before=" in part]
    rest = visitor.open(before[0], **HTMX)
    assert rest.html.count("timeline__entry") == 3
    assert visitor.open(f"/tasks/{task_id}/history?before=x").status == 422


@pytest.mark.parametrize("page", ["", "/history", "/edit", "/move", "/details"])
def test_an_outsider_finds_no_task(ada: Person, eve: Person, team: Team, page: str) -> None:
    task_id = make_task(ada, team, "Secret plan")
    outsider = visit(eve)
    found = outsider.open(f"/tasks/{task_id}{page}", **HTMX)
    assert found.status == 404
    assert "Secret" not in found.text
    assert outsider.open(f"/tasks/{task_id[:-1]}{page}").status == 404
    assert outsider.open(f"/tasks/{{{task_id}}}{page}").status == 404
