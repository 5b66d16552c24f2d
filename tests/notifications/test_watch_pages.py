"""The button of a task, the choice for a board, and the same by the API."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import Person, Team, make_task, make_team
from tests.pages import HTMX, Visitor, visit


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


def test_a_task_is_watched_by_a_button(app: Flask, ada: Person, bob: Person, team: Team) -> None:
    with app.app_context():
        task_id = make_task(ada, team)
    address, watch = f"/tasks/{task_id}", f"/tasks/{task_id}/watch"
    visitor = visit(bob)
    assert visitor.open(address).form(watch).fields["watching"] == "1"
    answer = visitor.fill(address, watch)
    assert (answer.status, answer.location) == (303, address)
    page = visitor.open(address)
    assert page.form(watch).fields["watching"] == "0"
    assert "Watching" in page.text
    assert visit(ada).open(address).form(watch).fields["watching"] == "0"  # she created it
    assert bob.api("GET", f"/tasks/{task_id}/watch").json == {
        "taskId": task_id,
        "isWatching": True,
    }
    assert bob.api("DELETE", f"/tasks/{task_id}/watch").json["isWatching"] is False
    assert visit(bob).open(address).form(watch).fields["watching"] == "1"
    assert bob.api("POST", f"/tasks/{task_id}/watch").json["isWatching"] is True


def test_htmx_gets_the_button_as_it_is_now(app: Flask, ada: Person, team: Team) -> None:
    with app.app_context():
        task_id = make_task(ada, team)
    visitor = visit(ada)
    fields = visitor.open(f"/tasks/{task_id}").form(f"/tasks/{task_id}/watch").fields
    answer = visitor.client.post(f"/tasks/{task_id}/watch", data=fields, headers=HTMX)
    assert answer.status_code == 200
    assert 'aria-pressed="false"' in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("choice", "state"),
    [("watching", (True, False)), ("muted", (False, True)), ("watched", (False, False))],
)
def test_a_board_is_watched_or_muted_on_a_page_of_its_own(
    bob: Person, team: Team, choice: str, state: tuple[bool, bool]
) -> None:
    address = f"/boards/{team.board_id}/watch"
    visitor: Visitor = visit(bob)
    assert address in visitor.open(f"/boards/{team.board_id}").html
    assert visitor.open(address).form(address).fields["choice"] == "watched"
    answer = visitor.fill(address, address, choice=choice)
    assert (answer.status, answer.location) == (303, f"/boards/{team.board_id}")
    assert visitor.open(address).form(address).fields["choice"] == choice
    stored = bob.api("GET", address).json
    assert (stored["isWatching"], stored["isMuted"]) == state
    assert visitor.fill(address, address, choice="odd").status == 422


def test_one_choice_of_a_board_is_not_taken_back_with_the_other(bob: Person, team: Team) -> None:
    watch, mute = f"/boards/{team.board_id}/watch", f"/boards/{team.board_id}/mute"
    assert bob.api("POST", mute).json["isMuted"] is True
    assert bob.api("DELETE", watch).json["isMuted"] is True
    assert bob.api("POST", watch).json == {
        "boardId": team.board_id, "isWatching": True, "isMuted": False,
    }  # fmt: skip
    assert bob.api("DELETE", mute).json["isWatching"] is True
    assert bob.api("DELETE", watch).json["isWatching"] is False
