"""A new board may be begun elsewhere: the list of boards opens the form of a team, with the name in it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import Person, Team, make_person, make_team
from tests.pages import visit


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(app)


@pytest.fixture
def team(ada: Person) -> Team:
    make_team(ada, "Anvils")
    return make_team(ada, "Bellows")


def opened(person: Person, query: str) -> list[str]:
    """What is between the start of each open form and the end of its name field."""
    parts = visit(person).open(f"/boards?{query}").html.split('<details class="tile tile--new"')[1:]
    return [
        part.split("autocomplete")[0] for part in parts if " open>" in part.split("<summary")[0]
    ]


def test_the_form_of_the_team_is_open_with_the_name(ada: Person, team: Team) -> None:
    (form,) = opened(ada, f"new={team.team_id}&name=Autumn+%3Cfair%3E")
    assert f'id="new-board-{team.team_id}"' in form
    assert 'value="Autumn &lt;fair&gt;"' in form


def test_without_a_team_of_ones_own_the_first_form_is_open(ada: Person, team: Team) -> None:
    for query in ("new=", "new=nonsense", "new=01890000-0000-7000-8000-000000000000"):
        (form,) = opened(ada, query)
        assert f'id="new-board-{team.team_id}"' not in form


def test_nothing_is_open_where_nothing_was_begun_or_nobody_may(
    app: Flask, ada: Person, team: Team
) -> None:
    assert opened(ada, "name=Autumn") == []
    gus = make_person(app, "Gus")
    make_team(ada, "Guarded", guest=gus)
    assert opened(gus, "new=") == []
