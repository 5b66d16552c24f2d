"""The people of these tests: Ada leads a team that Max and Gus belong to; Olga has a team of her own."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import Person, Team, make_person, make_team


@pytest.fixture
def max_(app: Flask) -> Person:
    """A member of the team."""
    return make_person(app, "Max")


@pytest.fixture
def olga(app: Flask) -> Person:
    """An outsider, admin of another team."""
    person = make_person(app, "Olga")
    make_team(person, "Elsewhere")
    return person


@pytest.fixture
def team(ada: Person, max_: Person, gus: Person) -> Team:
    """Ada's team."""
    return make_team(ada, member=max_, guest=gus)
