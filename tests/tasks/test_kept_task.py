"""A task's page is drawn once for what it shows: never kept past a change, and never for somebody with other rights."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.comments.service import create_comment, edit_comment
from taskforge.tasks.service import edit_task
from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def task_id(ada: Person, team: Team) -> str:
    return make_task(ada, team, "Forge a hinge", texts={"description": "Of *iron*."})


def open_again(visitor: Visitor, page: Page, path: str) -> Page:
    return visitor.open(path, **{"If-None-Match": page.answer.headers["ETag"]})


def test_a_page_that_did_not_change_is_not_sent_again(ada: Person, task_id: str) -> None:
    visitor, path = visit(ada), f"/tasks/{task_id}"
    again = open_again(visitor, visitor.open(path), path)
    assert (again.status, again.answer.data) == (304, b"")


def test_what_fills_the_dialog_is_not_taken_for_the_page(ada: Person, task_id: str) -> None:
    visitor, path = visit(ada), f"/tasks/{task_id}"
    page = visitor.open(path)
    panel = visitor.open(path, **HTMX, **{"If-None-Match": page.answer.headers["ETag"]})
    assert panel.status == 200
    assert "<html" not in panel.html
    assert "HX-Request" in panel.answer.headers["Vary"]


def test_every_change_shows_at_once(ada: Person, bob: Person, task_id: str) -> None:
    visitor, path = visit(bob), f"/tasks/{task_id}"
    pages = [visitor.open(path)]
    with ada.app.app_context():
        comment_id = create_comment(ada.actor, task_id, content="Anvil").entity_id
        pages.append(open_again(visitor, pages[-1], path))
        edit_comment(ada.actor, comment_id, content="Bellows")
        pages.append(open_again(visitor, pages[-1], path))
        edit_task(ada.actor, task_id, version=1, changes={"description": "Of *steel*."})
        pages.append(open_again(visitor, pages[-1], path))
        edit_task(ada.actor, task_id, version=2, changes={"assignee_id": bob.user_id})
        pages.append(open_again(visitor, pages[-1], path))
    assert [page.status for page in pages] == [200] * 5
    for page, words in zip(pages, ("iron", "Anvil", "Bellows", "steel", "Bob"), strict=True):
        assert words in page.text
    assert "Anvil" not in pages[2].text


def test_each_reader_has_their_own_buttons(
    app: Flask, ada: Person, bob: Person, eve: Person, task_id: str
) -> None:
    with app.app_context():
        comment_id = create_comment(ada.actor, task_id, content="Mine").entity_id
    path = f"/tasks/{task_id}"
    assert f"/comments/{comment_id}/edit" in visit(ada).open(path).html
    assert f"/comments/{comment_id}/edit" not in visit(bob).open(path).html
    assert visit(eve).open(path).status == 404


def test_the_forms_of_a_kept_page_are_the_readers_own(
    ada: Person, bob: Person, task_id: str
) -> None:
    for person in (ada, bob):
        visitor = visit(person)
        # Each page must have an operation of its own, or the second comment would pass for the first.
        for words in ("One", "Two"):
            sent = visitor.fill(f"/tasks/{task_id}", "/comments/create", content=words)
            assert sent.status == 303
    assert visit(ada).open(f"/tasks/{task_id}").html.count('<article class="comment') == 4
