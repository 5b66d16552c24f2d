"""Terms of the query language in a search: what they select, what words are beside them, and what is said of errors."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from taskforge.comments.service import create_comment
from taskforge.search.feed import feed
from taskforge.search.typed import find_misspelt_term, read_typed
from taskforge.tasks.query.errors import QueryError
from tests.factories import Person, Team, make_task, make_team
from tests.pages import Visitor, visit
from tests.search.feeding import feed_search
from tests.trips import counting_statements

JSON = {"Accept": "application/json"}


@pytest.fixture
def team(app: Flask, ada: Person, bob: Person) -> Team:
    """Five tasks of two people, one with a comment."""
    made = make_team(ada, "Forge", member=bob)
    feed_search(app)
    make_task(ada, made, "Frost in May", texts={"tags": ["cold"]})
    task = make_task(ada, made, "Frost on the window", assignee_id=bob.user_id)
    make_task(ada, made, "Glaze", texts={"description": "No frost, no thaw"}, priority="high")
    make_task(ada, made, "Frost and thaw", assignee_id=bob.user_id, priority="urgent")
    make_task(ada, made, "Sand", assignee_id=ada.user_id)
    with app.app_context():
        create_comment(bob.actor, task, content="The frost is gone")
    return made


def ask(person: Person, query: str, **more: object) -> Any:
    with person.app.app_context():
        feed()
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return person.api("GET", f"/search?q={quote(query)}{rest}")


def found(person: Person, query: str, **more: object) -> list[str]:
    answer = ask(person, query, **more)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [f"{item['type']} {item['title']}" for item in answer.get_json()["items"]]


def test_words_are_ranked_as_ever_among_what_the_terms_select(
    ada: Person, bob: Person, team: Team
) -> None:
    assert found(ada, "frost assignee:bob") == found(bob, "assignee:me frost") == [
        "task Frost and thaw", "task Frost on the window", "comment Frost on the window",
    ]  # fmt: skip
    assert found(ada, "frost assignee:bob -thaw") == [
        "task Frost on the window", "comment Frost on the window",
    ]  # fmt: skip
    assert found(ada, "frost -assignee:bob") == ["task Frost in May", "task Glaze"]
    assert found(ada, "fro priority:>=high") == ["task Frost and thaw", "task Glaze"]
    assert found(ada, '"frost and" is:open') == ["task Frost and thaw"]
    assert found(ada, "(window or may) text:frost is:open") == [
        "task Frost on the window", "task Frost in May", "comment Frost on the window",
    ]  # fmt: skip
    assert found(ada, "FOR-1 is:open") == ["task Frost in May"]
    assert found(ada, "FOR-1 is:done") == found(ada, "forge is:open") == []
    assert found(ada, "frost assignee:bob", type="comment") == ["comment Frost on the window"]
    assert found(ada, "frost assignee:bob", type="board") == []


def test_terms_alone_list_tasks_the_newest_first(ada: Person, eve: Person, team: Team) -> None:
    newest_first = ["Sand", "Frost and thaw", "Glaze", "Frost on the window", "Frost in May"]
    everything = [f"task {title}" for title in newest_first]
    assert (
        found(ada, "is:open")
        == found(ada, "created:>=yesterday")
        == found(ada, "board:forge")
        == everything
    )
    assert found(ada, "tag:cold,hot or priority:urgent") == [everything[1], everything[4]]
    assert found(ada, "is:open", type="comment") == found(eve, "is:open") == []
    pages, cursor = [], ""
    while cursor is not None:
        answer = ask(ada, "is:open", limit=2, **({"cursor": cursor} if cursor else {})).get_json()
        pages += [item["title"] for item in answer["items"]]
        cursor = answer["nextCursor"]
    assert pages == newest_first
    pages = []
    cursor = ""
    while cursor is not None:
        answer = ask(
            ada, "frost is:open", limit=2, **({"cursor": cursor} if cursor else {})
        ).get_json()
        pages += [item["id"] for item in answer["items"]]
        cursor = answer["nextCursor"]
    assert pages == [item["id"] for item in ask(ada, "frost is:open").get_json()["items"]]
    assert len(pages) == 5


def test_what_is_no_term_stays_words() -> None:
    for text in (
        "http://x", "12:30", "TF-12", "foo:bar", "-x", "(a or b", '"is:open" x', "this:that", "due://x", "@ada", "a:",
    ):  # fmt: skip
        assert read_typed(text) == read_typed(text).__class__(text)
    asked = read_typed('@ada foo:bar 12:30 -is:done http://x/y?a:b "x y" C++')
    assert asked.words == '@ada foo:bar 12:30 http://x/y?a:b "x y" C++'
    assert str(asked.selection) == "-is:done"
    assert find_misspelt_term("asignee:me frost") == (
        "“asignee:” is no term, so that it was looked for as a word. Did you mean assignee?"
    )
    assert find_misspelt_term("http://x is:open 12:30") is None


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("frost is:opne", "opne", "Did you mean open?"),
        ("frost (is:open", "(", "This bracket is not closed."),
        ("frost due:", "due:", "A value is missing at the end."),
        ("frost sort:due", "sort:due", "A search has an order of its own"),
    ],
)
def test_an_error_points_at_the_word(
    ada: Person, visitor: Visitor, text: str, at: str, said: str
) -> None:
    with pytest.raises(QueryError):
        read_typed(text)
    answer = ask(ada, text)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid_query")
    assert text[error["position"] : error["position"] + error["length"]] == at
    page = visitor.open(f"/find?q={quote(text)}&type=comment")
    assert page.status == 422
    assert page.form("/find").fields == {"q": text, "type": "comment"}
    assert said in page.text
    assert f"<mark>{at}</mark>" in page.html
    assert visitor.open(f"/find?q={quote(text)}", **JSON).status == 422


def test_the_page_says_what_terms_leave_out_and_whom_nobody_knows(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    for number in range(26):
        make_task(ada, team, f"Nail {number}")
    assert ask(ada, "nail").status_code == 200
    page = visitor.open("/find?q=is:open+nail")
    assert "boards, teams and people are not searched" in page.text
    assert "type=board" not in page.html
    [more] = re.findall(r'href="(/find[^"]*after=[^"]*)"', page.html)
    assert visitor.open(unescape(more)).html.count("search-hit__title") == 1
    assert "No card fits this" in visitor.open("/find?q=is:done").text
    for query, note in (
        ("assignee:bop", "Nobody whom you see goes by “bop”. Did you mean Bob"),
        ("board:forgee", "No board that you see is called “forgee”. Did you mean Forge?"),
        ("column:zzz assignee:me", "No column that you see is called “zzz”. Nothing fits it."),
        (
            "asignee:me",
            "“asignee:” is no term, so that it was looked for as a word. Did you mean assignee?",
        ),
    ):
        assert note in visitor.open(f"/find?q={quote(query)}").text
    for query in ("assignee:bob,none,me", "board:FOR team:forge", "column:inprogress"):
        assert "you see" not in visitor.open(f"/find?q={quote(query)}").text
    menu = visitor.open(f"/boards/{team.board_id}/filter?q=-assignee:bop").text
    assert "Nobody whom you see goes by “bop”." in menu


def test_many_unknown_names_are_looked_up_at_once_and_not_all_said(
    ada: Person, team: Team, visitor: Visitor
) -> None:
    query = "+".join(f"assignee:zz{number}" for number in range(6))
    with counting_statements(ada.app) as statements:
        page = visitor.open(f"/find?q={query}")
    assert page.text.count("Nobody whom you see") == 3
    assert sum("p.display_name AS name" in statement for statement in statements) == 1


def test_the_palette_and_the_completion_know_terms(
    ada: Person, eve: Person, team: Team, visitor: Visitor
) -> None:
    with ada.app.app_context():
        feed()
    found = visitor.open("/find?q=frost+assignee:bob", **JSON).answer.get_json()
    assert [task["title"] for task in found["tasks"]] == ["Frost and thaw", "Frost on the window"]
    assert found["boards"] == []
    listed = visitor.open("/find?q=is:open", **JSON).answer.get_json()
    assert len(listed["tasks"]) == 5

    def complete(text: str, who: Visitor = visitor) -> list[str]:
        answer = who.open(f"/find/completions?text={quote(text)}", **JSON).answer
        return [item["text"] for item in answer.get_json()["items"]]

    assert complete("frost assi") == ["assignee:", "has:assignee"]
    assert complete("assignee:bo") == ["bob"]
    assert complete("tag:co") == ["cold"]
    assert complete("board:f") == complete("team:f") == ["Forge"]
    assert "Backlog" in complete("column:")
    assert complete("sort:d") == complete("@bo") == []
    assert complete("board:f", visit(eve)) == complete("assignee:bo", visit(eve)) == []
