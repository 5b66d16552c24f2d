"""Those who may not change a team's tasks, whom every change has to refuse."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.factories import Person, Team, csrf_token, make_team
from tests.pages import Form, Page, Visitor, visit


@dataclass(frozen=True)
class Barred:
    """Somebody at a browser who may not change the tasks of Ada's team; `status` is what they are told."""

    person: Person
    visitor: Visitor
    team: Team
    status: int

    def send(self, form: Form, **changes: str) -> Page:
        """Send a form that was shown to somebody who may."""
        return self.visitor.send(form, csrf_token=csrf_token(self.visitor.client), **changes)


@pytest.fixture(params=[403, 404], ids=["guest", "nobody"])
def barred(request: pytest.FixtureRequest, ada: Person, gus: Person) -> Barred:
    """A guest, who sees the tasks (403), and a stranger, for whom there are none (404)."""
    team = make_team(ada, guest=gus) if request.param == 403 else make_team(ada)
    return Barred(gus, visit(gus), team, request.param)
