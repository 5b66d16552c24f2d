"""Search: who finds what by which words, as a page and as JSON for the palette."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from taskforge.boards.service import create_board, delete_board
from taskforge.search import queries
from taskforge.tasks.service import create_task
from taskforge.teams.service import add_member
from tests.factories import Person, Team, make_task, make_team
from tests.pages import Visitor, visit

JSON = {"Accept": "application/json"}


@pytest.fixture
def team(ada: Person) -> Team:
    return make_team(ada, "Forge")


def ask(visitor: Visitor, query: str, board_id: str = "") -> Any:
    answer = visitor.open(f"/find?q={quote(query)}&board={board_id}", **JSON).answer
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def titles(visitor: Visitor, query: str) -> list[str]:
    return [task["title"] for task in ask(visitor, query)["tasks"]]


def test_all_words_must_occur_in_title_or_tags(ada: Person, team: Team, visitor: Visitor) -> None:
    make_task(ada, team, "Quench the blade", texts={"tags": ["hot work"]})
    make_task(ada, team, "Quench the chisel")
    assert titles(visitor, "quench") == ["Quench the chisel", "Quench the blade"]
    assert titles(visitor, "BLADE quen") == ["Quench the blade"]
    assert titles(visitor, "hot blade") == ["Quench the blade"]
    assert titles(visitor, "quench anvil") == []


@pytest.mark.parametrize("query", ["überzug", "ÜBERZUG", "Überzug"])
def test_letters_beyond_ascii_are_found_in_any_case(
    ada: Person, team: Team, visitor: Visitor, query: str
) -> None:
    make_task(ada, team, "Überzug nähen")
    make_task(ada, team, "den überzug bügeln")
    assert len(titles(visitor, query)) == 2


def test_a_key_finds_its_task_before_everything_else(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    make_task(ada, team, "The first")
    make_task(ada, team, "Order 1 ton of charcoal")
    key = ask(visitor, "first")["tasks"][0]["key"]
    assert titles(visitor, key.lower()) == ["The first"]
    assert titles(visitor, "1") == ["The first", "Order 1 ton of charcoal"]
    assert titles(visitor, "ZZ-1") == []
    assert titles(visitor, "9999999999") == []


def test_a_title_that_begins_so_comes_first_and_what_is_done_last(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    make_task(ada, team, "Sweep the floor")
    make_task(ada, team, "Do not sweep today")
    make_task(ada, team, "Never sweep", column_id=team.columns["done"])
    assert titles(visitor, "sweep") == ["Sweep the floor", "Do not sweep today", "Never sweep"]


def test_wildcards_are_letters(ada: Person, team: Team, visitor: Visitor) -> None:
    make_task(ada, team, "Plain")
    make_task(ada, team, r"100%_sure\thing")
    for query in ("%", "_", "\\", "100%_sure\\thing", "0%_s"):
        assert titles(visitor, query) == [r"100%_sure\thing"]
    assert titles(visitor, "1%g") == []


def test_the_answer_is_bounded_and_says_that_there_is_more(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    for number in range(9):
        make_task(ada, team, f"Rivet {number}")
    found = ask(visitor, "rivet")
    assert len(found["tasks"]) == 8
    assert found["more"]
    assert not ask(visitor, "rivet 3")["more"]
    assert len(ask(visitor, " ".join(["rivet"] * 30))["tasks"]) == 8


def test_outsiders_and_the_trash_are_not_found(
    ada: Person, eve: Person, team: Team, visitor: Visitor
) -> None:
    make_task(ada, team, "Secret plan")
    gone = make_task(ada, team, "Secret waste")
    ada.api("DELETE", f"/tasks/{gone}")
    assert titles(visitor, "secret") == ["Secret plan"]
    outsider = visit(eve)
    assert ask(outsider, "secret") == {"tasks": [], "boards": [], "more": False}
    assert "Secret" not in outsider.open("/find?q=secret").text
    assert outsider.open(f"/find?q=a&board={team.board_id}", **JSON).status == 404


def test_boards_and_people_are_found_by_name(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor
) -> None:
    with app.app_context():
        add_member(ada.actor, team.team_id, role="member", user_id=bob.user_id)
        create_board(ada.actor, team.team_id, name="Spring cleaning")
    found = ask(visitor, "spring")
    assert [(board["name"], board["team"]) for board in found["boards"]] == [
        ("Spring cleaning", "Forge")
    ]
    assert len(ask(visitor, "")["boards"]) == 2
    people = ask(visitor, "bob", team.board_id)["people"]
    assert [person["id"] for person in people] == [bob.user_id]
    assert "people" not in ask(visitor, "bob")


def test_a_query_that_is_too_long_is_refused_with_a_sentence(visitor: Visitor, team: Team) -> None:
    page = visitor.open(f"/find?q={'x' * 300}")
    assert page.status == 422
    assert "at most 200 characters" in page.text
    assert "x" * 300 in page.html
    answer = visitor.open(f"/find?q={'x' * 300}", **JSON).answer
    assert answer.status_code == 422
    assert "q" in answer.get_json()["error"]["fields"]
    assert visitor.open("/find?q=a%0Ab").status == 400
    assert visitor.open("/find?q=a&board=x", **JSON).status == 404


def test_the_page_works_without_javascript(ada: Person, team: Team, visitor: Visitor) -> None:
    task_id = make_task(ada, team, "Repair the <bellows>")
    empty = visitor.open("/find")
    assert empty.form("/find").method == "GET"
    page = visitor.open("/find?q=bellows")
    assert "Repair the <bellows>" in page.text
    assert f"/tasks/{task_id}" in page.html
    assert "Nothing holds all of these words" in visitor.open("/find?q=anvil").text
    assert 'href="/find"' in visitor.open("/boards").html


def test_the_cards_of_a_deleted_board_leave_room_for_those_that_are_there(
    app: Flask, ada: Person, team: Team, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CANDIDATES", 2)
    make_task(ada, team, "Quench the blade")
    with app.app_context():
        board_id = create_board(ada.actor, team.team_id, name="Old").entity_id
        for number in range(2):
            create_task(ada.actor, board_id=board_id, title=f"Quench {number}")
        delete_board(ada.actor, board_id)
    assert titles(visitor, "quench") == ["Quench the blade"]
