"""The lanes of a board are as one left them: for oneself, on this board, until no lanes are chosen."""

from __future__ import annotations

import re

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


def choose(person: Person, team: Team, kind: str) -> None:
    """Choose lanes as the board's script does."""
    client = visit(person).client
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(client)}
    answer = client.post(f"/boards/{team.board_id}/lanes", data={"lanes": kind}, headers=headers)
    assert answer.json == {"lanes": kind}


def test_the_board_is_in_the_lanes_that_were_chosen_last(ada: Person, team: Team) -> None:
    assert lanes(ada, team) == ""
    choose(ada, team, "priority")
    assert lanes(ada, team) == "priority"
    choose(ada, team, "tag")
    assert lanes(ada, team) == "tag"
    assert lanes(ada, team, "?priority=high") == "tag"
    choose(ada, team, "none")
    assert lanes(ada, team) == ""


@pytest.mark.parametrize("named", ["priority", "none", "off", "colour", ""])
def test_an_address_shows_its_lanes_and_keeps_nothing(ada: Person, team: Team, named: str) -> None:
    choose(ada, team, "tag")
    shown = {"priority": "priority", "none": ""}.get(named, "tag")
    assert lanes(ada, team, f"?lanes={named}") == shown
    partial = visit(ada).open(f"/boards/{team.board_id}?lanes={named}", **HTMX)
    assert f'data-lanes="{shown}"' in partial.html
    visit(ada).open(f"/boards/{team.board_id}/columns?lanes={named}", **HTMX)
    assert lanes(ada, team) == "tag"


def test_without_a_script_a_form_keeps_them_and_leads_back(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    shown = f"/boards/{team.board_id}?priority=medium"
    data = {
        "lanes": "priority",
        "next": f"{shown}&lanes=tag",
        "csrf_token": csrf_token(visitor.client),
    }
    answer = visitor.client.post(f"/boards/{team.board_id}/lanes", data=data)
    assert answer.location == shown
    kept = visitor.open(shown)
    assert 'data-lanes="priority"' in kept.html
    buttons = re.findall(r'formaction="([^"]+)" name="lanes"', kept.html)
    assert buttons == [f"/boards/{team.board_id}/lanes"] * 4


def test_what_are_no_lanes_is_refused_and_changes_nothing(ada: Person, team: Team) -> None:
    choose(ada, team, "tag")
    client = visit(ada).client
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(client)}
    for odd in ("colour", "", "tag" * 9):
        answer = client.post(f"/boards/{team.board_id}/lanes", data={"lanes": odd}, headers=headers)
        assert answer.status_code == 422
    assert lanes(ada, team) == "tag"


def test_lanes_are_ones_own_and_of_one_board(ada: Person, bob: Person, team: Team) -> None:
    other = make_team(ada, "Other")
    choose(ada, team, "assignee")
    assert lanes(bob, team) == ""
    assert lanes(ada, other) == ""


def test_folded_columns_and_lanes_are_kept_beside_each_other(ada: Person, team: Team) -> None:
    visitor = visit(ada)
    fold = f"/boards/{team.board_id}/columns/{team.columns['todo']}/fold"
    headers = {"Accept": "application/json", "X-CSRFToken": csrf_token(visitor.client)}
    visitor.client.post(fold, data={"folded": "1"}, headers=headers)
    choose(ada, team, "tag")
    choose(ada, team, "none")
    assert "is-folded" in visitor.open(f"/boards/{team.board_id}").html


def test_a_choice_at_the_first_visit_makes_nothing_news(
    ada: Person, bob: Person, team: Team
) -> None:
    choose(bob, team, "tag")
    assert "since your last visit" not in visit(bob).open(f"/boards/{team.board_id}").text


def test_an_open_page_gets_the_board_as_it_shows_it(ada: Person, team: Team) -> None:
    choose(ada, team, "tag")
    page = visit(ada).open(f"/boards/{team.board_id}/columns?lanes=none", **HTMX)
    assert 'class="lane"' not in page.html
