"""What tests of the history share: a team and the address of its activity, and a life in which years pass quickly."""

from __future__ import annotations

import pytest

from taskforge.boards import columns, models
from taskforge.history import snapshots
from taskforge.tasks.editing import writer
from tests.factories import Person, Team, make_team


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks are made short again, and snapshots taken, within few steps."""
    for module in (writer, columns, models):
        monkeypatch.setattr(module, "MAX_RANK_LENGTH", 2)
    monkeypatch.setattr(snapshots, "EVENTS_BETWEEN", 20)


@pytest.fixture
def team(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team, with Bob as a member and Gus as a guest."""
    return make_team(ada, member=bob, guest=gus)


@pytest.fixture
def address(team: Team) -> str:
    """Where the activity of the team is shown."""
    return f"/teams/{team.team_id}/activity"
