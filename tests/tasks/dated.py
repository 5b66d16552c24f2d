"""Tasks with dates, for tests: how they are made, read and changed, and in whose zone."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.factories import Person, Team
from tests.pages import Page, Visitor


def create(person: Person, team: Team, **fields: Any) -> Any:
    return person.api("POST", "/tasks", {"teamId": team.team_id, "title": "x", **fields})


def read(person: Person, task_id: str) -> Any:
    return person.api("GET", f"/tasks/{task_id}").json


def read_in(visitor: Visitor, zone: str) -> None:
    """Make the visitor's browser tell this zone, as its script does."""
    visitor.client.set_cookie("zone", quote(zone, safe="/"))


def fill(visitor: Visitor, task_id: str, name: str, value: str, **more: str) -> Page:
    return visitor.fill(f"/tasks/{task_id}/fields/{name}", f"/fields/{name}", value=value, **more)
