"""The activity of a board: what changed on it, as sentences, newest first, by person, in pages."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from taskforge.boards import columns
from taskforge.comments import service as comments
from taskforge.tasks import service as tasks
from taskforge.teams import service as teams
from tests.factories import Person, Team, make_task
from tests.pages import Visitor, visit

ENTRY = re.compile(r'<li class="timeline__entry".*?</li>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def address(team: Team) -> str:
    return f"/boards/{team.board_id}/activity"


def lines(visitor: Visitor, address: str) -> list[str]:
    """What the page lists, from the top: name and sentence, without the time."""
    found = ENTRY.findall(visitor.open(address).html)
    texts = [" ".join(TAG.sub(" ", entry.partition("<strong>")[2]).split()) for entry in found]
    return [re.sub(r" \d{1,2} \w+.*$", "", text) for text in texts]


def test_it_tells_what_happened_latest_first(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor, address: str
) -> None:
    task_id = make_task(ada, team, "Saw")
    with app.app_context():
        tasks.move_task(bob.actor, task_id, column_id=team.columns["done"])
        tasks.edit_task(ada.actor, task_id, changes={"assignee_id": bob.user_id})
        tasks.edit_task(ada.actor, task_id, changes={"title": "Saw it", "priority": "high"})
        comments.create_comment(bob.actor, task_id, content="Done")
        columns.create_column(ada.actor, team.board_id, name="Later", status="todo", hue=2)
        tasks.delete_task(bob.actor, task_id)
    told = [line.partition(" ")[2].partition(" ")[2] for line in lines(visitor, address)]
    assert [line.split("  ")[0] for line in told][:7] == [
        "moved WEB-1 to the trash",
        "added the column “Later”",
        "commented on WEB-1",
        "changed the title and the priority of WEB-1",
        f"assigned WEB-1 to Bob {lines(visitor, address)[0].split()[1]}",
        "moved WEB-1 to Done",
        "added WEB-1 to Backlog",
    ]


def test_a_move_names_the_column_in_which_the_card_was_then(
    app: Flask, ada: Person, team: Team, visitor: Visitor, address: str
) -> None:
    first, second = make_task(ada, team, "One"), make_task(ada, team, "Two")
    backlog, done = team.columns["backlog"], team.columns["done"]
    with app.app_context():
        tasks.move_task(ada.actor, second, column_id=backlog, before_id=first)
        tasks.move_task(ada.actor, second, column_id=done)
    newest = lines(visitor, address)
    assert newest[0].endswith("moved WEB-2 to Done")
    assert newest[1].endswith("moved WEB-2 within Backlog")


def test_it_can_be_of_one_person(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor, address: str
) -> None:
    make_task(ada, team)
    task_id = make_task(bob, team)
    with app.app_context():
        tasks.delete_task(ada.actor, task_id)
    of_bob = lines(visitor, f"{address}?person={bob.user_id}")
    assert len(of_bob) == 1
    assert of_bob[0].startswith("Bob ")
    page = visitor.open(f"{address}?person={bob.user_id}")
    assert f'<option value="{bob.user_id}" selected>' in page.html
    assert len(lines(visitor, f"{address}?person=nobody")) == 4  # what names nobody filters nothing


def test_who_has_changed_nothing_has_an_empty_page(
    gus: Person, visitor: Visitor, address: str
) -> None:
    page = visitor.open(f"{address}?person={gus.user_id}")
    assert page.status == 200
    assert "This person has changed nothing on the board" in page.text
    beyond = visitor.open(f"{address}?before=1").text
    assert "There are no changes before this one" in beyond


def test_who_left_is_still_a_choice_where_the_address_names_them(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor, address: str
) -> None:
    make_task(bob, team)
    with app.app_context():
        teams.remove_member(ada.actor, team.team_id, bob.user_id)
    page = visitor.open(f"{address}?person={bob.user_id}")
    assert len(lines(visitor, f"{address}?person={bob.user_id}")) == 1
    assert f'<option value="{bob.user_id}" selected>Someone who left</option>' in page.html


def test_a_move_within_a_column_names_the_column_of_that_time(
    app: Flask, ada: Person, team: Team, visitor: Visitor, address: str
) -> None:
    first, second = make_task(ada, team, "First"), make_task(ada, team, "Second")
    with app.app_context():
        tasks.move_task(ada.actor, second, column_id=team.columns["backlog"], before_id=first)
        tasks.move_task(ada.actor, second, column_id=team.columns["done"])
    told = " / ".join(lines(visitor, address)[:2])
    assert "moved WEB-2 to Done" in told
    assert "moved WEB-2 within Backlog" in told


def test_guests_see_the_history_but_not_the_activity(gus: Person, team: Team, address: str) -> None:
    assert visit(gus).open(f"/boards/{team.board_id}/history").status == 200
    assert visit(gus).open(address).status == 403


def test_it_comes_in_pages_without_gap_or_repetition(
    ada: Person, bob: Person, team: Team, visitor: Visitor, address: str
) -> None:
    for number in range(60):
        make_task(ada if number % 2 else bob, team, f"Card {number}")
    seen: list[str] = []
    following: str | None = address
    while following is not None:
        page = visitor.open(following)
        seen += re.findall(r"added (WEB-\d+) to Backlog", page.html)
        link = re.search(r'<a class="button" href="([^"]+)">Earlier</a>', page.html)
        following = link[1].replace("&amp;", "&") if link else None
    assert seen == [f"WEB-{number}" for number in range(60, 0, -1)]
    assert len(lines(visitor, f"{address}?person={bob.user_id}")) == 30


@pytest.mark.parametrize("before", ["0", "x", "99999999999999999999"])
def test_a_page_that_cannot_be_is_refused(visitor: Visitor, address: str, before: str) -> None:
    assert visitor.open(f"{address}?before={before}").status == 422


def test_guests_and_strangers_do_not_see_it(
    gus: Person, eve: Person, team: Team, address: str
) -> None:
    assert visit(gus).open(address).status == 403
    assert visit(eve).open(address).status == 404
    board = visit(gus).open(f"/boards/{team.board_id}").html
    assert address not in board


def test_the_board_leads_there(visitor: Visitor, team: Team, address: str) -> None:
    assert f'href="{address}"' in visitor.open(f"/boards/{team.board_id}").html


def test_texts_that_people_wrote_are_not_in_it(
    app: Flask, ada: Person, team: Team, visitor: Visitor, address: str
) -> None:
    task_id = make_task(ada, team)
    with app.app_context():
        tasks.edit_task(ada.actor, task_id, changes={"description": "the secret plan"})
        comments.create_comment(ada.actor, task_id, content="another secret")
    page = visitor.open(address)
    assert "changed the text of WEB-1" in page.text
    assert "secret" not in page.html
