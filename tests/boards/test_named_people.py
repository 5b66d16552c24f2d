"""A filter takes people by the names by which quick-add and comments know them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask

from tests.factories import Person, Team, make_person, make_task, make_team
from tests.pages import Visitor


@pytest.fixture
def zoe(app: Flask) -> Person:
    return make_person(app, "Zoë", "O’Neil")


@pytest.fixture
def team(ada: Person, zoe: Person) -> Team:
    return make_team(ada, member=zoe)


@pytest.mark.parametrize(
    "query", ["assignee=zoe", "assignee=@ZOË", "assignee=o'neil", "q=@zoe", "q=@zoë.oneil fix"]
)
def test_a_name_in_an_address_shows_their_cards(
    ada: Person, zoe: Person, team: Team, visitor: Visitor, query: str
) -> None:
    theirs = make_task(ada, team, "Fix it", assignee_id=zoe.user_id)
    other = make_task(ada, team, "Fix that")
    answer = visitor.open(f"/boards/{team.board_id}?{quote(query, safe='=&')}")
    assert answer.status == 303
    assert f"assignee={zoe.user_id}" in answer.location
    page = visitor.open(answer.location)
    assert f"card-{theirs}" in page.html
    assert f"card-{other}" not in page.html


def test_a_name_that_means_nobody_is_said(
    ada: Person, zoe: Person, team: Team, visitor: Visitor
) -> None:
    page = visitor.open(f"/boards/{team.board_id}?assignee=zo&assignee={zoe.user_id}")
    assert page.status == 200
    assert "Nobody in this team goes by @zo." in page.text
    page = visitor.open(f"/boards/{team.board_id}?q=@zo")
    assert page.status == 200
    assert "Nobody in this team goes by @zo." in page.text


def test_a_stranger_learns_no_names(eve: Person, team: Team) -> None:
    assert eve.browser().get(f"/boards/{team.board_id}?assignee=zoe").status_code == 404


@pytest.mark.parametrize("query", ["assignee=zoe", "q=@zoe", "q=@ZOË fix"])
@pytest.mark.parametrize("part", ["", "/columns"])
def test_a_name_means_the_same_in_the_parts_that_a_script_asks_for(
    ada: Person, zoe: Person, team: Team, query: str, part: str
) -> None:
    theirs = make_task(ada, team, "Fix it", assignee_id=zoe.user_id)
    other = make_task(ada, team, "Fix that")
    address = f"/boards/{team.board_id}{part}?{quote(query, safe='=&')}"
    answer = ada.browser().get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert f"card-{theirs}" in answer.text
    assert f"card-{other}" not in answer.text


def test_the_filters_menu_turns_a_name_into_a_choice_and_says_what_it_does_not_know(
    zoe: Person, team: Team, visitor: Visitor
) -> None:
    menu = visitor.open(f"/boards/{team.board_id}/filter?q={quote('@zoe fix')}")
    assert f'value="{zoe.user_id}" checked' in menu.html
    assert 'name="q" value="fix"' in menu.html
    menu = visitor.open(f"/boards/{team.board_id}/filter?q=@zo")
    assert "Nobody in this team goes by @zo." in menu.text
    assert 'name="q" value="@zo"' in menu.html
    again = visitor.open(f"/boards/{team.board_id}")
    assert "goes by" not in again.text


def test_a_stranger_learns_no_names_from_parts_either(eve: Person, team: Team) -> None:
    for part in ("", "/columns", "/filter"):
        answer = eve.browser().get(
            f"/boards/{team.board_id}{part}?q=@zoe", headers={"HX-Request": "true"}
        )
        assert answer.status_code == 404
