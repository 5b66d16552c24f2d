"""The preview of a card, and a card alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from taskforge.comments.service import create_comment, delete_comment
from taskforge.web.tasks.peek_routes import extract
from tests.factories import Person, Team, make_task
from tests.pages import HTMX, Visitor, visit
from tests.trips import counting_statements

MAX_STATEMENTS = 4


def test_a_preview_shows_what_one_asks_first(
    app: Flask, ada: Person, team: Team, visitor: Visitor
) -> None:
    task_id = make_task(
        ada,
        team,
        "Mend the bellows",
        priority="high",
        assignee_id=ada.user_id,
        texts={
            "description": "It **leaks**. " + "word " * 400,
            "tags": ["leather"],
            "checklist": [
                {"item_id": f"i{n}", "text": f"Step {n}", "done": n == 1} for n in range(1, 9)
            ],
        },
    )
    with app.app_context():
        for number in range(1, 5):
            made = create_comment(ada.actor, task_id, content=f"Remark {number}")
        delete_comment(ada.actor, made.entity_id)
    visitor.open(f"/tasks/{task_id}/peek", **HTMX)
    with counting_statements(app) as statements:
        page = visitor.open(f"/tasks/{task_id}/peek", **HTMX)
    assert len(statements) <= MAX_STATEMENTS, statements
    for words in ("Mend the bellows", "High", "Ada", "leather", "Step 6", "and 2 more"):
        assert words in page.text
    assert "<strong>leaks</strong>" in page.html
    assert page.text.count("word") < 130
    assert "Step 7" not in page.text
    shown = [number for number in range(1, 5) if f"Remark {number}" in page.text]
    assert shown == [2, 3]


def test_a_preview_is_nothing_but_reading(ada: Person, team: Team, visitor: Visitor) -> None:
    page = visitor.open(f"/tasks/{make_task(ada, team)}/peek", **HTMX)
    assert not page.forms
    assert "No description yet" in page.text


def test_without_mongodb_the_preview_says_so(
    ada: Person, team: Team, visitor: Visitor, lose_texts: Callable[[], None]
) -> None:
    task_id = make_task(ada, team, "Known title", texts={"description": "Hidden"})
    lose_texts()
    page = visitor.open(f"/tasks/{task_id}/peek", **HTMX)
    assert page.status == 200
    assert "Known title" in page.text
    assert "away for a moment" in page.text


def test_a_card_alone_is_the_card_of_the_board(ada: Person, team: Team, visitor: Visitor) -> None:
    task_id = make_task(ada, team, "Alone")
    page = visitor.open(f"/tasks/{task_id}/card", **HTMX)
    assert page.html in visitor.open(f"/boards/{team.board_id}").html


@pytest.mark.parametrize("part", ["peek", "card"])
def test_as_a_page_it_leads_to_the_task(
    ada: Person, team: Team, visitor: Visitor, part: str
) -> None:
    task_id = make_task(ada, team)
    assert visitor.open(f"/tasks/{task_id}/{part}").location == f"/tasks/{task_id}"


@pytest.mark.parametrize("part", ["peek", "card"])
def test_an_outsider_finds_nothing(ada: Person, eve: Person, team: Team, part: str) -> None:
    task_id = make_task(ada, team, "Secret plan")
    outsider = visit(eve)
    assert outsider.open(f"/tasks/{task_id}/{part}").status == 404
    found = outsider.open(f"/tasks/{task_id}/{part}", **HTMX)
    assert found.status == 404
    assert "Secret" not in found.text
    ada.api("DELETE", f"/tasks/{task_id}")
    assert visit(ada).open(f"/tasks/{task_id}/{part}", **HTMX).status == 404


def test_an_extract_ends_with_a_whole_word() -> None:
    assert extract("short", 10) == "short"
    assert extract("one two three", 10) == "one two…"
    assert len(extract("x" * 50, 10)) <= 10
    image = "The lamp: ![by night](/attachments/0190a002-8b52-7b4a-97b7-50923ceb3ffd) again"
    for length in range(12, 70):
        assert extract(image, length) == "The lamp:…"
    assert extract("- [ ] one two", 12) == "- [ ] one…"
