"""Reminders on their page, by words or a suggestion, and by the API."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from taskforge import clock
from tests.factories import Person, Team, make_task, make_team
from tests.pages import visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def address(app: Flask, ada: Person, team: Team) -> str:
    with app.app_context():
        task_id = make_task(ada, team, due_at=date.today() + timedelta(days=9))
    return f"/tasks/{task_id}/reminders"


@pytest.mark.usefixtures("same_day")
def test_a_reminder_is_made_by_words_and_removed(bob: Person, address: str) -> None:
    visitor = visit(bob)
    assert address in visitor.open(address.removesuffix("/reminders")).html
    page = visitor.open(address)
    for words in ("Tomorrow morning", "On the day it is due", "The day before it is due"):
        assert words in page.text
    answer = visitor.fill(address, address, at="tomorrow 15:00")
    assert (answer.status, answer.location) == (303, address)
    (stored,) = bob.api("GET", address).json["items"]
    at = datetime.fromisoformat(stored["at"])
    assert (at.date() - clock.now().date(), at.hour) == (timedelta(days=1), 15)
    assert visitor.fill(address, f"/reminders/{stored['reminderId']}/remove").status == 303
    assert bob.api("GET", address).json["items"] == []


@pytest.mark.parametrize("words", ["", "nonsense", "2020-01-01 10:00"])
def test_what_is_no_time_ahead_is_refused_with_what_was_typed(
    bob: Person, address: str, words: str
) -> None:
    page = visit(bob).fill(address, address, at=words)
    assert page.status == 422
    assert 'id="at-error"' in page.html


def test_the_api_makes_lists_and_removes(ada: Person, bob: Person, address: str) -> None:
    when = (clock.now() + timedelta(days=2)).isoformat()
    made = bob.api("POST", address, {"at": when})
    assert made.status_code == 201
    again = bob.api("POST", address, {"at": when})
    assert again.json["reminderId"] == made.json["reminderId"]
    assert ada.api("GET", address).json["items"] == []
    one = f"/reminders/{made.json['reminderId']}"
    assert ada.api("DELETE", one).status_code == 404
    assert bob.api("DELETE", one).status_code == 204
    assert bob.api("DELETE", one).status_code == 404
    for wrong in ({}, {"at": "soon"}, {"at": "2020-01-01T00:00:00Z"}):
        assert bob.api("POST", address, wrong).status_code == 422
