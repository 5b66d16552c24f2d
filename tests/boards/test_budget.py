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
from tests.stores.scene import relay_everything
from tests.trips import count_round_trips

CARDS = 60
SCRIPT = {"Accept": "application/json"}


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
    browser = ada.browser(in_redis=True)
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


def test_a_move_costs_three_statements_two_redis_trips_and_a_small_answer(
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
    # The session with the limit of writes; hint and wake-up.
    assert count_round_trips(answer) == {"postgresql": 3, "redis": 2}
    assert len(answer.data) <= 2000


@pytest.mark.parametrize(
    ("headers", "status", "cost"),
    # Who asks, and the board; operation, lock and place; card, audit event and outbox; for what is rendered the card
    # with its column.
    [
        (SCRIPT, 200, {"postgresql": 3, "redis": 2}),
        (HTMX, 200, {"postgresql": 4, "redis": 2}),
        ({}, 303, {"postgresql": 3, "redis": 2}),
    ],
    ids=["script", "partial", "browser"],
)
def test_a_new_card_costs_at_most_four_statements(
    browser: FlaskClient, team: Team, headers: dict[str, str], status: int, cost: dict[str, int]
) -> None:
    token = csrf_token(browser)
    for number in range(3):  # the first time the connection learns the statements
        fields = {"column_id": team.columns["todo"], "title": f"Card {number}", "op": new_id()}
        answer = browser.post(
            f"/boards/{team.board_id}/tasks/create",
            data={"csrf_token": token, **fields},
            headers=headers,
        )
        assert answer.status_code == status, answer.text
    assert count_round_trips(answer) == cost


def test_a_new_card_for_somebody_costs_the_names_of_the_members(
    browser: FlaskClient, bob: Person, team: Team
) -> None:
    token = csrf_token(browser)
    for number in range(3):
        line = {"column_id": team.columns["todo"], "title": f"Card {number} @Bob", "op": new_id()}
        answer = browser.post(
            f"/boards/{team.board_id}/tasks/create",
            data={"csrf_token": token, **line},
            headers=SCRIPT,
        )
        assert answer.status_code == 200, answer.text
    assert count_round_trips(answer)["postgresql"] == 4


@pytest.mark.parametrize(
    ("headers", "status", "cost"),
    # Who asks, and the task; operation, lock and participants; comment, counter, audit event, outbox and intents; for
    # what is rendered the comment.
    [(HTMX, 200, {"postgresql": 4, "redis": 2}), ({}, 303, {"postgresql": 3, "redis": 2})],
    ids=["partial", "browser"],
)
def test_a_comment_costs_at_most_four_statements(
    browser: FlaskClient,
    ada: Person,
    team: Team,
    headers: dict[str, str],
    status: int,
    cost: dict[str, int],
) -> None:
    task_id, token = make_task(ada, team), csrf_token(browser)
    for number in range(3):
        fields = {"csrf_token": token, "op": new_id(), "content": f"Comment {number}"}
        answer = browser.post(f"/tasks/{task_id}/comments/create", data=fields, headers=headers)
        assert answer.status_code == status, answer.text
    assert count_round_trips(answer) == cost


def test_a_new_step_costs_five_statements(browser: FlaskClient, ada: Person, team: Team) -> None:
    task_id, token = make_task(ada, team), csrf_token(browser)
    for number in range(3):
        fields = {"csrf_token": token, "op": new_id(), "text": f"Step {number}"}
        answer = browser.post(f"/tasks/{task_id}/checklist/add", data=fields, headers=HTMX)
        assert answer.status_code == 200, answer.text
    assert count_round_trips(answer)["postgresql"] == 5


@pytest.mark.parametrize(
    ("address", "body", "cost"),
    # As in the browser, and the answer, which is the whole task.
    [
        ("tasks", {"teamId": "{team}", "boardId": "{board}", "title": "Card"}, (4, 2)),
        ("tasks/{task}/move", {"columnId": "{column}"}, (4, 3)),
        ("tasks/{task}/comments", {"content": "Done."}, (4, 2)),
    ],
    ids=["create", "move", "comment"],
)
def test_changes_by_the_api_cost_at_most_four_statements(
    ada: Person, team: Team, address: str, body: dict[str, str], cost: tuple[int, int]
) -> None:
    values = {"team": team.team_id, "board": team.board_id, "task": make_task(ada, team)}
    with ada.app.app_context():
        relay_everything()
    client = ada.app.test_client()
    for status in ("done", "todo", "done"):
        values["column"] = team.columns[status]
        answer = client.post(
            f"/api/{address.format(**values)}",
            json={name: value.format(**values) for name, value in body.items()},
            headers={"X-Session-Id": ada.secret, "Idempotency-Key": new_id()},
        )
        assert answer.status_code in (200, 201), answer.text
    trips = count_round_trips(answer)
    # Both limits; hint and wake-up; of the moved task its text, put there by the first answer.
    assert (trips["postgresql"], trips["redis"]) == cost


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
    # Who asks, the task, and the unread count; the comments. The session. No text is read: the panel is kept.
    assert count_round_trips(answer) == {"postgresql": 2, "redis": 1}
    preview = [browser.get(f"/tasks/{task_id}/peek", headers=HTMX) for _ in range(2)][1]
    assert count_round_trips(preview) == {"postgresql": 2, "redis": 1}


def test_a_board_is_small(browser: FlaskClient, team: Team) -> None:
    answer = browser.get(f"/boards/{team.board_id}", headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(answer.data).decode()
    cards = re.findall(r"<article.*?</article>", html, re.DOTALL)
    assert len(cards) == CARDS
    assert len("".join(cards)) / CARDS <= 1000
    assert len(answer.data) <= 12_000
