"""What pages may ask of the stores: exact numbers, so that a statement too many is seen when it is added."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.comments.service import create_comment
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.tasks.board.cache import board_cache
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import HTMX
from tests.trips import count_round_trips

CARDS = 60


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    team = make_team(ada, member=bob)
    statuses = list(team.columns)
    for number in range(CARDS):
        fields = {"priority": "high", "assignee_id": ada.user_id, "texts": {"tags": ["api"]}}
        make_task(ada, team, f"Task {number}", status=statuses[number % 5], **fields)
    return team


@pytest.fixture
def browser(ada: Person, team: Team) -> FlaskClient:
    """A browser whose owner was seen a moment ago, with the board drawn."""
    browser = ada.browser()
    assert browser.get(f"/boards/{team.board_id}").status_code == 200
    return browser


def test_a_board_that_nobody_changed_costs_one_statement_and_one_redis_command(
    browser: FlaskClient, team: Team
) -> None:
    answer = browser.get(f"/boards/{team.board_id}")
    assert count_round_trips(answer) == {"postgresql": 1, "redis": 1}


def test_a_board_that_must_be_drawn_costs_three_statements(
    browser: FlaskClient, team: Team
) -> None:
    board_cache.clear()
    answer = browser.get(f"/boards/{team.board_id}")
    assert count_round_trips(answer) == {"postgresql": 3, "redis": 1}


@pytest.mark.parametrize("what", ["", "/columns"])
def test_asking_whether_a_board_changed_costs_one_statement_and_sends_nothing(
    browser: FlaskClient, team: Team, what: str
) -> None:
    address = f"/boards/{team.board_id}{what}"
    known = browser.get(address, headers=HTMX).headers["ETag"]
    answer = browser.get(address, headers={**HTMX, "If-None-Match": known})
    assert (answer.status_code, answer.data) == (304, b"")
    assert count_round_trips(answer) == {"postgresql": 1, "redis": 1}
    assert "templates" not in answer.headers["Server-Timing"]


def test_the_columns_of_a_moved_card_cost_four_statements(
    browser: FlaskClient, ada: Person, team: Team
) -> None:
    for _ in range(2):  # the first time the connection learns the statements
        task_id = make_task(ada, team)
        answer = browser.get(f"/boards/{team.board_id}/columns?task={task_id}", headers=HTMX)
    assert count_round_trips(answer) == {"postgresql": 4, "redis": 1}


def test_a_move_costs_three_round_trips_to_each_store_and_a_small_answer(
    browser: FlaskClient, ada: Person, team: Team
) -> None:
    task_id, neighbour = make_task(ada, team), make_task(ada, team, status="done")
    token = csrf_token(browser)
    for column, near in (("done", {"before_id": neighbour}), ("todo", {}), ("done", {})):
        fields = {"csrf_token": token, "op": new_id(), "column_id": team.columns[column], **near}
        answer = browser.post(
            f"/tasks/{task_id}/move", data=fields, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 200, answer.text
    # Who asks, and the task; operation, lock, and behind it membership and place; row, fact, outbox and whom to tell.
    # The session; the limit of writes; hint and doorbell.
    assert count_round_trips(answer) == {"postgresql": 3, "redis": 3}
    assert len(answer.data) <= 2000


def test_a_task_with_comments_that_was_read_before_costs_two_statements_and_no_mongodb(
    app: Flask, browser: FlaskClient, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    with app.app_context():
        for number in range(12):
            create_comment(Actor(user_id=ada.user_id), task_id, content=f"Comment *{number}*")
    browser.get(f"/tasks/{task_id}")
    answer = browser.get(f"/tasks/{task_id}")
    assert answer.text.count("Comment <em>") == 12
    # Who asks, and the task; the comments. The session; the task's text; the comments' texts; the unread count.
    assert count_round_trips(answer) == {"postgresql": 2, "redis": 4}


def test_a_board_is_small(browser: FlaskClient, team: Team) -> None:
    answer = browser.get(f"/boards/{team.board_id}", headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(answer.data).decode()
    cards = re.findall(r"<article.*?</article>", html, re.DOTALL)
    assert len(cards) == CARDS
    assert len("".join(cards)) / CARDS <= 1000
    assert len(answer.data) <= 12_000
