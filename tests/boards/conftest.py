"""Who the tests of boards look through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories import Person, Team, make_team


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team, in which Bob is a member and Gus a guest."""
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The application's context, for tests that call services."""
    with app.app_context():
        yield
