"""What tests of tasks start from: a team of two, some cards, who may not change them, and texts out of reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.messaging.redis_client import redis_client
from taskforge.stores import mongo, sql
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import Form, Page, Visitor, visit
from tests.stores.scene import relay_everything


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


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    """Ada's team, to which Bob belongs."""
    return make_team(ada, member=bob)


@pytest.fixture
def ids(ada: Person, team: Team) -> list[str]:
    """Four cards in the backlog, in this order."""
    return [make_task(ada, team, title) for title in ("One", "Two", "Three", "Four")]


@pytest.fixture(params=[403, 404], ids=["guest", "nobody"])
def barred(request: pytest.FixtureRequest, ada: Person, gus: Person) -> Barred:
    """A guest, who sees the tasks (403), and a stranger, for whom there are none (404)."""
    team = make_team(ada, guest=gus) if request.param == 403 else make_team(ada)
    return Barred(gus, visit(gus), team, request.param)


@pytest.fixture
def lose_texts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it, and no store can be asked for a text any more."""

    def away(*_args: object) -> None:
        raise mongo.DocumentsUnavailable("away")

    def lose() -> None:
        with app.app_context():
            relay_everything()
            sql.execute_now(text("DELETE FROM outbox_redo"))
            redis_client().flushdb()
        monkeypatch.setattr(mongo, "find", away)

    return lose
