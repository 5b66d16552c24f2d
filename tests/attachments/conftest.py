"""A task of a team with people whose roles differ, to which files are attached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories import Person, Team, make_task, make_team


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The application's context, for tests that call services."""
    with app.app_context():
        yield


@pytest.fixture
def crew(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team: Bob is a member of it, Gus a guest."""
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def task_id(ada: Person, crew: Team) -> str:
    """A task of Ada's, which nobody is assigned to."""
    return make_task(ada, crew, "Paint it")
