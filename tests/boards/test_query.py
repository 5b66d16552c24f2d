"""A board is filtered by a query: in columns, lanes and parts, for each reader; what is wrong is said at its word."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask

from taskforge import clock
from tests.boards.test_filter import offered, titles
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import HTMX, Page, visit


@pytest.fixture
def grace(app: Flask) -> Person:
    return make_person(app, "Grace", "Hopper")


@pytest.fixture
def team(same_day: None, ada: Person, grace: Person) -> Team:
    team = make_team(ada, member=grace)
    today = clock.now().date()
    late = {"due_at": today - timedelta(days=1), "texts": {"tags": ["legal"]}}
    make_task(ada, team, "Mine", assignee_id=ada.user_id, priority="high")
    make_task(ada, team, "Late", assignee_id=grace.user_id, **late)
    make_task(grace, team, "Quick win", status="done", due_at=today)
    return team


def board(person: Person, team: Team, query: str, part: str = "", **headers: str) -> Page:
    return visit(person).open(f"/boards/{team.board_id}{part}?q={quote(query)}", **headers)


def chips(page: Page) -> list[str]:
    return [
        unescape(one) for one in re.findall(r'filter-chip".*?<bdi>([^<]*)</bdi>', page.html, re.S)
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("assignee:me or is:overdue", ["Mine", "Late"]),
        ('-tag:legal is:open "mine"', ["Mine"]),
        ("assignee:grace", ["Late"]),
        ("assignee:none due:today", ["Quick win"]),
        ("column:backlog -assignee:hopper", ["Mine"]),
        ("legal", ["Late"]),
    ],
)
def test_a_query_shows_the_cards_that_fit(
    ada: Person, team: Team, query: str, found: list[str]
) -> None:
    page = board(ada, team, query)
    assert titles(page) == found
    hidden = map(int, re.findall(r"<span>(\d+) hidden", page.html))
    assert sum(hidden) == 3 - len(found)
    assert titles(board(ada, team, query, "/columns", **HTMX)) == found
    for kind in ("assignee", "priority", "tag"):
        lanes = visit(ada).open(f"/boards/{team.board_id}?q={quote(query)}&lanes={kind}")
        assert sorted(titles(lanes)) == sorted(found)
    past = board(ada, team, query, "/history")
    assert all(title in past.text for title in found)
    assert ("Late" in past.text) == ("Late" in found)


def test_a_board_that_is_kept_for_one_reader_is_not_anothers(
    ada: Person, grace: Person, team: Team
) -> None:
    for _ in range(2):
        assert titles(board(ada, team, "assignee:me")) == ["Mine"]
        assert titles(board(grace, team, "assignee:me")) == ["Late"]
        assert titles(board(ada, team, "creator:me is:done")) == []
        assert titles(board(grace, team, "creator:me is:done")) == ["Quick win"]


def test_each_part_is_a_chip_that_leads_to_the_board_without_it(ada: Person, team: Team) -> None:
    page = visit(ada).open(f"/boards/{team.board_id}?priority=high&q=is:open+-legal+sort")
    assert chips(page) == ["High", "is:open", "-legal", "sort"]
    links = [unescape(link) for link in re.findall(r'filter-chip" href="([^"]*)"', page.html)]
    assert links[0].endswith("?q=is:open+-legal+sort")
    assert links[2].endswith("?priority=high&q=is:open+sort")
    assert titles(visit(ada).open(links[3])) == ["Mine"]


def test_the_menu_counts_what_fits_the_query(ada: Person, grace: Person, team: Team) -> None:
    counted = offered(board(ada, team, "is:open -legal", "/filter"))
    assert (counted["priority:High"], counted["priority:Medium"]) == (1, 0)
    assert "tag:legal" not in counted
    assert counted["assignee:Grace Hopper"] == 0


def test_what_can_not_be_read_is_marked_and_filters_nothing(ada: Person, team: Team) -> None:
    for part in ("", "/filter"):
        page = board(ada, team, "is:open statsu:<b>", part)
        assert page.status == 200
        assert "is:open <mark>statsu</mark>:&lt;b&gt;" in page.html
        assert "There is no term “statsu:”. Did you mean status?" in page.text
    assert len(titles(board(ada, team, "is:open statsu:<b>"))) == 3
    menu = board(ada, team, "is:open statsu:<b>", "/filter")
    assert 'value="is:open statsu:&lt;b&gt;" maxlength' in menu.html
    assert "leave “sort:” out" in board(ada, team, "sort:due").text


def test_a_new_card_that_does_not_fit_is_said_to_be_hidden(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    page = visitor.open(f"/boards/{team.board_id}?q=tag:legal")
    address = f"http://localhost/boards/{team.board_id}?q=tag:legal"
    form = page.form(f"/boards/{team.board_id}/tasks/create")
    answer = visitor.send(form, title="Elsewhere", headers={**HTMX, "HX-Current-URL": address})
    assert "filter" in answer.text.lower()


@pytest.mark.parametrize(
    ("text", "at", "start", "found"),
    [
        ("", 0, 0, ["column:", "assignee:", "priority:"]),
        ("st", 2, 0, ["start:", "status:"]),
        ("a over", 6, 2, ["due:overdue", "is:overdue"]),
        ("status:d", 8, 7, ["done"]),
        ("status:todo,in", 14, 12, ["in_progress", "in_review"]),
        ("-assignee:gr", 12, 10, ["grace"]),
        ("@hop", 4, 1, ["grace"]),
        ('tag:"le', 7, 4, ["legal"]),
        ("column:in", 9, 7, ['"In progress"', '"In review"']),
        ("priority:>=h x", 12, 11, ["high"]),
        ("(is:o", 5, 4, ["open"]),
        ("due:2..to", 9, 7, ["today", "tomorrow"]),
        ("is:open", 7, 3, []),
        ("nothing:x", 9, 8, []),
        ("so", 2, 0, []),
        ("p", 1, 0, []),
    ],
)
def test_completion_offers_what_may_stand_there(
    ada: Person, team: Team, text: str, at: int, start: int, found: list[str]
) -> None:
    address = f"/boards/{team.board_id}/filter/completions?text={quote(text)}&at={at}"
    answer = ada.browser().get(address).get_json()
    texts = [one["text"] for one in answer["items"]]
    assert texts[: len(found) or None] == found
    assert (answer["start"], answer["length"]) == (start, at - start)


def test_a_table_is_filtered_by_the_same_query(ada: Person, team: Team) -> None:
    page = board(ada, team, "assignee:me or due:<today", "/table")
    assert "Mine" in page.text
    assert "Late" in page.text
    assert "Quick win" not in page.text
    wrong = board(ada, team, "is:opne", "/table")
    assert "<mark>opne</mark>" in wrong.html
    menu = board(ada, team, "is:open", "/table/filter")
    assert 'name="q" value="is:open"' in menu.html
