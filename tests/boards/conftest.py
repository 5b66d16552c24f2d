"""Who the tests of boards look through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from taskforge.boards.service import create_board
from tests.boards.crew import Crew
from tests.factories import Person, Team, make_task, make_team


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team, in which Bob is a member and Gus a guest."""
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The application's context, for tests that call services."""
    with app.app_context():
        yield


@pytest.fixture
def crew(ada: Person, bob: Person, gus: Person) -> Crew:
    """Ada's team with Bob, a member, and Gus, a guest."""
    team = make_team(ada, member=bob, guest=gus)
    task_id = make_task(ada, team, "Secret plans")
    with ada.app.app_context():
        other_id = create_board(ada.actor, team.team_id, name="Open house").entity_id
    return Crew(team, task_id, other_id)
