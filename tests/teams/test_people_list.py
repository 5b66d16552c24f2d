"""The people on the page of a large team: a page of them, and those with a part of a name."""

from __future__ import annotations

import pytest

from tests.factories import Person, Team, make_team
from tests.large_teams import add_people
from tests.pages import visit


@pytest.fixture
def large(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team with 60 people, of whom Bob is a member and Gus a guest."""
    team = make_team(ada, "Large", member=bob, guest=gus)
    add_people(ada, team, 57)
    return team


def row_of(person: Person) -> str:
    return f'id="member-{person.user_id}"'


def test_a_page_has_50_people_and_leads_to_the_others(
    ada: Person, gus: Person, large: Team
) -> None:
    browser = visit(ada)
    first = browser.open(f"/teams/{large.team_id}")
    assert (first.html.count('class="row" id="member-'), row_of(ada) in first.html) == (50, True)
    assert "People 60" in first.text
    address = first.html.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = browser.open(address)
    assert (second.html.count('class="row" id="member-'), row_of(gus) in second.html) == (10, True)
    assert "More people" not in second.text
    assert "All people" in second.text


def test_the_answer_to_a_change_shows_the_same_people(
    ada: Person, gus: Person, large: Team
) -> None:
    page = f"/teams/{large.team_id}"
    answer = visit(ada).fill(
        f"{page}?q=gus", f"/members/{gus.user_id}/change-role?q=gus", role="member"
    )
    assert answer.location == f"{page}?q=gus#members"


def test_people_are_found_by_a_part_of_their_name(ada: Person, bob: Person, large: Team) -> None:
    page = visit(ada).open(f"/teams/{large.team_id}?q=BÓB")
    assert (page.html.count('class="row" id="member-'), row_of(bob) in page.html) == (1, True)
    assert "People 60" in page.text
    nobody = visit(ada).open(f"/teams/{large.team_id}?q=nobody")
    assert nobody.status == 200
    assert "Nobody is found" in nobody.text


def test_a_small_team_has_nothing_to_look_for(ada: Person, team: Team) -> None:
    page = visit(ada).open(f"/teams/{team.team_id}")
    assert 'name="q"' not in page.html
    assert "More people" not in page.text


def test_words_that_can_not_be_looked_for_are_kept_and_explained(ada: Person, large: Team) -> None:
    words = "x" * 101
    page = visit(ada).open(f"/teams/{large.team_id}?q={words}")
    assert page.status == 200
    assert f'value="{words}"' in page.html
    assert "at most 100" in page.text
    assert row_of(ada) in page.html


def test_a_place_of_somebody_who_has_left_is_no_error(
    ada: Person, eve: Person, large: Team
) -> None:
    page = visit(ada).open(f"/teams/{large.team_id}?after={eve.user_id}")
    assert page.status == 200
    assert "All people" in page.text


def test_a_guest_sees_names_by_pages_and_no_addresses(
    gus: Person, bob: Person, large: Team
) -> None:
    page = visit(gus).open(f"/teams/{large.team_id}?q=bob")
    assert row_of(bob) in page.html
    assert bob.email not in page.html
