"""The lanes of a board are as one left them: for oneself, on this board, until no lanes are chosen."""

from __future__ import annotations

import pytest

from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import HTMX, visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    team = make_team(ada, member=bob)
    make_task(ada, team, "One")
    return team


def lanes(person: Person, team: Team, query: str = "") -> str:
    """By what the board is divided: what its page says."""
    html = visit(person).open(f"/boards/{team.board_id}{query}").html
    return html.split('data-lanes="')[1].split('"')[0]


def test_the_board_is_in_the_lanes_that_were_chosen_last(ada: Person, team: Team) -> None:
    assert lanes(ada, team) == ""
    assert lanes(ada, team, "?lanes=priority") == "priority"
    assert lanes(ada, team) == "priority"
    assert lanes(ada, team, "?lanes=tag") == "tag"
    assert lanes(ada, team, "?priority=high") == "tag"


def test_an_address_that_says_no_lanes_forgets_them(ada: Person, team: Team) -> None:
    lanes(ada, team, "?lanes=tag")
    assert lanes(ada, team, "?lanes=none") == ""
    assert lanes(ada, team) == ""


def test_what_are_no_lanes_changes_nothing(ada: Person, team: Team) -> None:
    lanes(ada, team, "?lanes=tag")
    assert lanes(ada, team, "?lanes=colour") == "tag"


def test_lanes_are_ones_own_and_of_one_board(ada: Person, bob: Person, team: Team) -> None:
    other = make_team(ada, "Other")
    lanes(ada, team, "?lanes=assignee")
    assert lanes(bob, team) == ""
    assert lanes(ada, other) == ""


def test_folded_columns_and_lanes_are_kept_beside_each_other(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    fold = f"/boards/{team.board_id}/columns/{team.columns['todo']}/fold"
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(visitor.client)}
    visitor.client.post(fold, data={"folded": "1"}, headers=headers)
    lanes(ada, team, "?lanes=tag")
    lanes(ada, team, "?lanes=none")
    assert "is-folded" in visitor.open(f"/boards/{team.board_id}").html


def test_a_choice_at_the_first_visit_makes_nothing_news(
    ada: Person, bob: Person, team: Team
) -> None:
    lanes(bob, team, "?lanes=tag")
    assert "Since your last visit" not in visit(bob).open(f"/boards/{team.board_id}").text


def test_an_open_page_gets_the_board_as_it_shows_it(ada: Person, team: Team) -> None:
    lanes(ada, team, "?lanes=tag")
    page = visit(ada).open(f"/boards/{team.board_id}/columns?lanes=none", **HTMX)
    assert 'class="lane"' not in page.html
