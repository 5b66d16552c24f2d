"""A team with every role, and what a test sees of its members."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories import Person, Team, make_team


@pytest.fixture
def full_team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team: Bob is a member of it, Gus a guest."""
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The application's context, for tests that call services."""
    with app.app_context():
        yield
