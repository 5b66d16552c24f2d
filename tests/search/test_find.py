"""Search: who finds what, in which order, as a page, as JSON for the palette, and by the API."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from taskforge.attachments.changes import delete_attachment
from taskforge.boards.archive import archive_board
from taskforge.boards.service import create_board, delete_board, edit_board
from taskforge.comments.service import create_comment, delete_comment
from taskforge.search.feed import feed
from taskforge.tasks.service import create_task
from taskforge.teams.service import add_member, remove_member
from tests.attachments.files import attach
from tests.factories import Person, Team, make_task, make_team
from tests.pages import Visitor, visit
from tests.search.feeding import feed_search

JSON = {"Accept": "application/json"}


@pytest.fixture
def team(app: Flask, ada: Person) -> Team:
    made = make_team(ada, "Forge")
    feed_search(app)
    return made


def ask(visitor: Visitor, query: str, board_id: str = "") -> Any:
    with visitor.client.application.app_context():
        feed()
    answer = visitor.open(f"/find?q={quote(query)}&board={board_id}", **JSON).answer
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def titles(visitor: Visitor, query: str) -> list[str]:
    return [task["title"] for task in ask(visitor, query)["tasks"]]


def search(person: Person, query: str, **more: object) -> Any:
    """What the API answers, the projection being up to date."""
    with person.app.app_context():
        feed()
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    answer = person.api("GET", f"/search?q={quote(query)}{rest}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def shown(person: Person, query: str, **more: object) -> list[str]:
    return [f"{item['type']} {item['title']}" for item in search(person, query, **more)["items"]]


def test_the_best_comes_first_and_the_newest_of_equals(ada: Person, team: Team) -> None:
    with ada.app.app_context():
        create_board(ada.actor, team.team_id, name="Anvils of Ada")
    said = make_task(ada, team, "Talk")
    make_task(ada, team, "Described", texts={"description": "Of anvils and hammers"})
    make_task(ada, team, "Tagged", texts={"tags": ["anvil"]})
    make_task(ada, team, "Anvil, the first")
    make_task(ada, team, "Split anvil", texts={"description": "hammers"})
    with ada.app.app_context():
        create_comment(ada.actor, said, content="That anvil!")
        attach(ada.actor, said, name="anvil.txt")
    assert shown(ada, "anvil") == [
        "task Split anvil", "task Anvil, the first", "board Anvils of Ada", "task Tagged",
        "attachment anvil.txt", "task Described", "comment Talk",
    ]  # fmt: skip
    assert shown(ada, "hammers anvil") == ["task Split anvil", "task Described"]
    key = search(ada, "talk")["items"][0]["key"]
    make_task(ada, team, f"Blocked by {key}")
    assert shown(ada, key.lower()) == ["task Talk", f"task Blocked by {key}"]
    assert shown(ada, "FOR 1")[-1] == "task Talk"
    assert shown(ada, "9999999999") == shown(ada, "ZZ-1") == []
    assert shown(ada, "anvil", type="comment") == ["comment Talk"]


def test_pages_follow_each_other_without_gaps(ada: Person, team: Team) -> None:
    for number in range(4):
        make_task(ada, team, f"Rivet {number}", texts={"description": "rivets of iron"})
        task = make_task(ada, team, f"Other {number}", texts={"description": "rivets"})
        with ada.app.app_context():
            create_comment(ada.actor, task, content="a rivet")
    whole = [item["id"] for item in search(ada, "rivet")["items"]]
    assert len(whole) == 12
    pages, cursor = [], None
    while cursor is not None or not pages:
        page = search(ada, "rivet", limit=5, **({"cursor": cursor} if cursor else {}))
        pages.append([item["id"] for item in page["items"]])
        cursor = page["nextCursor"]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert [found for page in pages for found in page] == whole
    for wrong in ({"limit": 0}, {"cursor": "x"}, {"type": "card"}, {"sort": "x"}):
        rest = "".join(f"&{name}={value}" for name, value in wrong.items())
        assert ada.api("GET", f"/search?q=rivet{rest}").status_code == 422
    assert ada.api("GET", "/search").status_code == 422
    assert ada.api("GET", f"/search?q={'x' * 1001}").status_code == 422


def test_an_answer_says_what_was_found_and_where(ada: Person, team: Team) -> None:
    task = make_task(ada, team, "Räume", texts={"description": "Das *große* Zimmer"})
    with ada.app.app_context():
        comment = create_comment(ada.actor, task, content="Großes Lob").entity_id
    first, second = search(ada, "gross")["items"]
    assert (first["type"], first["id"], first["key"], first["taskId"]) == (
        "task",
        task,
        "FOR-1",
        task,
    )
    assert first["snippet"] == "Das große Zimmer"
    assert first["marks"] == [[4, 8]]
    assert (first["titleMarks"], first["boardName"], first["teamId"]) == ([], "Forge", team.team_id)
    assert second["url"] == f"/tasks/{task}#comment-{comment}"
    assert second["personId"] == ada.user_id
    browser = visit(ada)
    file = attach_to(ada, task, "große.txt")
    for item in (
        search(ada, "gross")["items"] + search(ada, "forge")["items"] + search(ada, "ada")["items"]
    ):
        assert browser.open(item["url"]).status == 200
    assert search(ada, "grosse.txt")["items"][0]["id"] == file


def attach_to(person: Person, task_id: str, name: str) -> str:
    with person.app.app_context():
        return attach(person.actor, task_id, name=name)


def test_who_is_removed_finds_nothing_from_the_next_request_on(
    ada: Person, bob: Person, eve: Person, team: Team
) -> None:
    task = make_task(ada, team, "Secret plan")
    attach_to(ada, task, "secret.txt")
    with ada.app.app_context():
        create_comment(ada.actor, task, content="A secret word")
        add_member(ada.actor, team.team_id, role="member", user_id=bob.user_id)
        private = create_board(ada.actor, team.team_id, name="Secret board").entity_id
        edit_board(ada.actor, private, version=1, is_private=True)
        create_task(ada.actor, board_id=private, title="Secret of few")
    assert len(search(ada, "secret")["items"]) == 5
    assert shown(bob, "secret") == [
        "task Secret plan",
        "attachment secret.txt",
        "comment Secret plan",
    ]
    assert shown(bob, "ada")[0].startswith("person Ada")
    assert shown(bob, "forge") == ["board Forge", "team Forge"]
    for query in ("secret", "forge", "ada", "FOR-1", "1"):
        assert shown(eve, query) == []
    with ada.app.app_context():
        remove_member(ada.actor, team.team_id, bob.user_id)
    for query in ("secret", "forge", "ada", "FOR-1"):
        assert ask_unfed(bob, query) == []


def ask_unfed(person: Person, query: str) -> list[Any]:
    """What the API finds while nothing has been fed since."""
    found: list[Any] = person.api("GET", f"/search?q={quote(query)}").get_json()["items"]
    return found


def test_a_comment_is_found_at_once_and_a_deleted_one_is_not(ada: Person, team: Team) -> None:
    task = make_task(ada, team, "Talk")
    with ada.app.app_context():
        comment = create_comment(ada.actor, task, content="turpentine").entity_id
        file = attach(ada.actor, task, name="turpentine.txt")
    assert len(search(ada, "turpentine")["items"]) == 2
    with ada.app.app_context():
        delete_comment(ada.actor, comment)
        delete_attachment(ada.actor, file)
    assert ask_unfed(ada, "turpentine") == []
    assert len(ask_unfed(ada, "talk")) == 1
    ada.api("DELETE", f"/tasks/{task}")
    assert ask_unfed(ada, "talk") == ask_unfed(ada, "FOR-1") == []


def test_deleted_and_archived_boards_are_not_found(app: Flask, ada: Person, team: Team) -> None:
    with app.app_context():
        old, gone = (
            create_board(ada.actor, team.team_id, name=f"Quench {name}").entity_id
            for name in ("old", "gone")
        )
        for board_id in (old, gone):
            create_task(ada.actor, board_id=board_id, title="Quench it")
    assert len(search(ada, "quench")["items"]) == 4
    with app.app_context():
        delete_board(ada.actor, gone)
        archive_board(ada.actor, old)
    assert ask_unfed(ada, "quench") == []


def test_the_palette_gets_cards_texts_boards_and_people(
    app: Flask, ada: Person, bob: Person, team: Team, visitor: Visitor
) -> None:
    task = make_task(ada, team, "Überzug nähen")
    for number in range(9):
        make_task(ada, team, f"Rivet {number}")
    with app.app_context():
        create_comment(ada.actor, task, content="Linseed oil for the spring")
        add_member(ada.actor, team.team_id, role="member", user_id=bob.user_id)
        create_board(ada.actor, team.team_id, name="Spring cleaning")
    assert titles(visitor, "uberz") == ["Überzug nähen"]
    found = ask(visitor, "rivet")
    assert (len(found["tasks"]), found["more"]) == (8, True)
    assert not ask(visitor, "rivet 3")["more"]
    assert len(ask(visitor, " ".join(["rivet"] * 30))["tasks"]) == 8
    found = ask(visitor, "spring")
    assert [(board["name"], board["team"]) for board in found["boards"]] == [
        ("Spring cleaning", "Forge")
    ]
    assert [text["words"] for text in found["texts"]] == ["Linseed oil for the spring"]
    assert [board["name"] for board in ask(visitor, "")["boards"]] == ["Forge", "Spring cleaning"]
    assert ask(visitor, "?!") == {"tasks": [], "texts": [], "boards": [], "more": False}
    for name in ("bob", "BOB num"):
        people = ask(visitor, name, team.board_id)["people"]
        assert [person["id"] for person in people] == [bob.user_id]
    assert "people" not in ask(visitor, "bob")


def test_outsiders_find_nothing(ada: Person, eve: Person, team: Team) -> None:
    make_task(ada, team, "Secret plan")
    outsider = visit(eve)
    assert ask(outsider, "secret") == {"tasks": [], "texts": [], "boards": [], "more": False}
    assert "Secret" not in outsider.open("/find?q=secret").text
    assert outsider.open(f"/find?q=a&board={team.board_id}", **JSON).status == 404


def test_a_query_that_is_too_long_is_refused_with_a_sentence(visitor: Visitor, team: Team) -> None:
    page = visitor.open(f"/find?q={'x' * 1001}")
    assert page.status == 422
    assert "at most 1,000 characters" in page.text
    assert "x" * 1001 in page.html
    answer = visitor.open(f"/find?q={'x' * 1001}", **JSON).answer
    assert answer.status_code == 422
    assert "q" in answer.get_json()["error"]["fields"]
    assert visitor.open("/find?q=a%0Ab").status == 400
    assert visitor.open("/find?q=a&board=x", **JSON).status == 404


def test_the_page_works_without_javascript(ada: Person, team: Team, visitor: Visitor) -> None:
    task_id = make_task(ada, team, "Repair the <bellows>", texts={"tags": ["hot"]})
    for number in range(26):
        make_task(ada, team, f"Nail {number}")
    with ada.app.app_context():
        create_comment(ada.actor, task_id, content="Leather of <b>the</b> bellows")
        feed()
    empty = visitor.open("/find")
    assert empty.form("/find").method == "GET"
    assert "double quotes" in empty.text
    page = visitor.open("/find?q=bellows")
    assert "Repair the <bellows>" in page.text
    assert page.html.count("<mark>bellows</mark>") == 2
    assert "Leather of <b>the</b> bellows" in page.text
    assert f"/tasks/{task_id}#comment-" in page.html
    only = visitor.open("/find?q=bellows&type=comment")
    assert only.html.count("<mark>") == 1
    assert visitor.open("/find?q=bellows&type=none&after=x").html.count("<mark>") == 2
    assert "Nothing holds all of these words" in visitor.open("/find?q=anvil").text
    first = visitor.open("/find?q=nail")
    assert first.html.count("search-hit__title") == 25
    [more] = re.findall(r'href="(/find[^"]*after=[^"]*)"', first.html)
    rest = visitor.open(unescape(more))
    assert rest.html.count("search-hit__title") == 1
    assert "after=" not in rest.html
    assert 'href="/find"' in visitor.open("/boards").html
    partial = visitor.open("/find?q=nail", **{"HX-Request": "true"})
    assert partial.html.lstrip().startswith('<div class="search-results" id="search-results"')
