"""A task's page is drawn once for what it shows: never kept past a change, and never for somebody with other rights."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from taskforge.comments.service import create_comment, delete_comment, edit_comment
from taskforge.http import page_cache
from taskforge.tasks.access import access_task
from taskforge.tasks.service import edit_task, move_task
from taskforge.teams import service as teams
from taskforge.text import effort
from taskforge.web.tasks import kept_parts
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import HTMX, Page, Visitor, visit
from tests.trips import count_round_trips


@pytest.fixture
def cyd(app: Flask) -> Person:
    return make_person(app, "Cyd")


@pytest.fixture
def team(app: Flask, ada: Person, bob: Person, cyd: Person, gus: Person) -> Team:
    team = make_team(ada, member=bob, guest=gus)
    with app.app_context():
        teams.add_member(ada.actor, team.team_id, role="member", user_id=cyd.user_id)
    return team


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


def test_each_reader_sees_instants_in_their_own_zone(
    ada: Person, bob: Person, cyd: Person, task_id: str
) -> None:
    with ada.app.app_context():
        due_at = datetime(2031, 3, 4, 10, 30, tzinfo=UTC)
        edit_task(ada.actor, task_id, version=1, changes={"due_at": due_at})
    for person, zone, shown in (
        (bob, "Asia/Tokyo", "19:30"),
        (cyd, "America/New_York", "05:30"),
        (bob, "Europe/Berlin", "11:30"),
        (bob, "", "10:30 UTC"),
    ):
        for suffix, headers in (("", {}), ("", HTMX), ("/peek", HTMX)):
            visitor = visit(person)
            visitor.client.set_cookie("zone", zone)
            page = visitor.open(f"/tasks/{task_id}{suffix}", **headers)
            assert f"4 Mar 2031, {shown}" in page.text


def test_a_mention_is_one_only_as_long_as_it_means_somebody(
    app: Flask, ada: Person, bob: Person, team: Team, task_id: str
) -> None:
    path, visitor = f"/tasks/{task_id}", visit(ada)
    with app.app_context():
        create_comment(ada.actor, task_id, content="Ask @bob.")
    pages = [visitor.open(path) for _ in range(2)]
    assert pages[0].text == pages[1].text
    with app.app_context():
        teams.remove_member(ada.actor, team.team_id, bob.user_id)
    after = visitor.open(path)
    assert after.html.count("<bdi") < pages[0].html.count("<bdi")
    kept_parts._parts.clear()
    kept_parts._common.clear()
    assert visitor.open(path).text == after.text


def test_what_is_kept_of_a_task_does_not_change_with_the_board(
    app: Flask, ada: Person, team: Team, task_id: str
) -> None:
    path, visitor = f"/tasks/{task_id}", visit(ada)
    other = make_task(ada, team, "Moves")
    visitor.open(path)
    kept, frames = len(kept_parts._parts), len(page_cache._frames)
    with app.app_context():
        move_task(ada.actor, other, column_id=team.columns["done"])
        seq = access_task(ada.user_id, task_id).row["board_seq"]
    assert f"after={seq}" in visitor.open(path).html
    assert f"after={seq}" in visitor.open(path, **HTMX).html
    assert (len(kept_parts._parts), len(page_cache._frames)) == (kept, frames)


def test_a_text_that_was_not_formatted_for_lack_of_time_is_formatted_the_next_time(
    ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = make_task(ada, team, texts={"description": "Of *brass*, never seen before."})
    visitor = visit(ada)
    monkeypatch.setattr(effort, "REQUEST_SECONDS", 0.0)
    assert "<em>brass</em>" not in visitor.open(f"/tasks/{task_id}").html
    monkeypatch.undo()
    assert "<em>brass</em>" in visitor.open(f"/tasks/{task_id}").html


def test_what_is_kept_of_tasks_takes_bounded_room(
    ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_parts._parts.clear()
    monkeypatch.setattr(kept_parts._parts, "max_size", 30_000)
    visitor = visit(ada)
    for number in range(8):
        path = f"/tasks/{make_task(ada, team, f'Number {number}')}"
        assert f"Number {number}" in visitor.open(path).text
        assert 0 < kept_parts._parts.size <= 30_000
    assert len(kept_parts._parts) < 8


def test_each_reader_has_their_own_buttons(
    app: Flask, ada: Person, bob: Person, eve: Person, task_id: str
) -> None:
    with app.app_context():
        comment_id = create_comment(ada.actor, task_id, content="Mine").entity_id
    path = f"/tasks/{task_id}"
    assert f"/comments/{comment_id}/edit" in visit(ada).open(path).html
    assert f"/comments/{comment_id}/edit" not in visit(bob).open(path).html
    assert visit(eve).open(path).status == 404


def test_what_another_author_gets_is_not_read_and_drawn_again(
    app: Flask, ada: Person, bob: Person, cyd: Person, task_id: str
) -> None:
    path = f"/tasks/{task_id}"
    with app.app_context():
        for person in (bob, cyd):
            create_comment(person.actor, task_id, content=f"By *{person.email}*")
        mine = create_comment(bob.actor, task_id, content="Deleted").entity_id
        delete_comment(bob.actor, mine)
    visitors = {person.user_id: visit(person) for person in (bob, cyd)}
    for visitor in visitors.values():
        visitor.open("/boards")
    visitors[bob.user_id].open(path)
    kept = visitors[cyd.user_id].open(path)
    assert "mongodb" not in count_round_trips(kept.answer)
    assert count_round_trips(kept.answer)["redis"] == 1
    assert f"/comments/{mine}/restore" not in kept.html
    assert kept.html.count('data-draft-of="comment-') == kept.html.count("comment__actions") == 1
    kept_parts._parts.clear()
    kept_parts._common.clear()
    drawn = visitors[cyd.user_id].open(path)
    assert drawn.text == kept.text
    assert drawn.answer.headers["ETag"] == kept.answer.headers["ETag"]
    assert f"/comments/{mine}/restore" in visitors[bob.user_id].open(path).html


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
