"""What each kind of request may ask of the stores, and how much it may send.

The trips are exact, so that one too many is seen when it is added, and one less is written down. What counts is a
request of somebody who was here before, on a connection that knows the statements.

A body is compressed, and the identifiers and addresses in it differ from run to run: its length does by up to 1 %. So
the most that it may have is at least 2 % above what was measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from taskforge.comments.service import create_comment
from taskforge.ids import new_id
from taskforge.tasks.board.cache import board_cache
from taskforge.tasks.bulk.batches import NewTask, create_tasks
from tests.factories import Person, Team, csrf_token, make_task, make_team
from tests.pages import HTMX
from tests.trips import count_round_trips

CARDS = 60
COMMENTS = 12
TURNS = 3  # the first ones prepare statements and fill caches
GZIP = {"Accept-Encoding": "gzip"}
SCRIPT = {"Accept": "application/json"}


@dataclass(frozen=True)
class Budget:
    """The round trips of a request to each store, its status, and the most bytes of its body."""

    postgresql: int
    redis: int
    mongodb: int
    max_bytes: int
    status: int = 200


BUDGETS = {
    # Who asks, and the board at its version. The session.
    "board": Budget(1, 1, 0, 12_000),
    # The same; columns; cards.
    "board_not_kept": Budget(3, 1, 0, 12_000),
    "board_unchanged": Budget(1, 1, 0, 0, status=304),
    "columns_unchanged": Budget(1, 1, 0, 0, status=304),
    "columns_of_a_changed_card": Budget(4, 1, 0, 2_500),
    # Who asks, and the task; operation, lock, and behind it membership and place; row, event, outbox and intents.
    # The session with the limit of writes; hint and wake-up.
    "move": Budget(3, 2, 0, 100),
    "create": Budget(4, 2, 0, 800),
    "comment": Budget(4, 2, 0, 850),
    "title": Budget(3, 2, 0, 100),
    "description": Budget(5, 7, 2, 800),
    # Who asks, and the task; the comments. The session.
    "task": Budget(2, 1, 0, 11_300),
    "task_unchanged": Budget(2, 1, 0, 0, status=304),
    "api_list": Budget(2, 1, 0, 3_000),
    # The same for a list of the tasks of all teams.
    "api_list_of_all_teams": Budget(2, 1, 0, 3_000),
    "api_list_by_query": Budget(2, 1, 0, 3_000),
    # Who asks, and the task; its comments. The limit of requests, and the texts.
    "api_task": Budget(1, 2, 0, 1_000),
    "api_comments": Budget(2, 1, 0, 1_000),
    "preview": Budget(2, 1, 0, 2_000),
    "boards": Budget(5, 2, 0, 4_000),
    # Who asks; the team, its members and boards; the columns and numbers of all boards. The session, who is there,
    # and unread news.
    # For who manages its people also the invitations, the links to join and the latest changes.
    "team": Budget(13, 3, 0, 6_100),
    "teams": Budget(3, 2, 0, 4_100),
    # Who asks; boards; tasks. The session, and for a page unread news.
    "palette": Budget(3, 1, 0, 1_000),
    "found": Budget(3, 2, 0, 4_750),
    "inbox": Budget(2, 2, 0, 4_150),
}
STORES = ("postgresql", "redis", "mongodb")


@dataclass
class World:
    """A board of 60 cards that its owner has open."""

    app: Flask
    ada: Person
    team: Team
    browser: FlaskClient
    token: str
    task_id: str
    neighbour: str

    @property
    def board(self) -> str:
        return f"/boards/{self.team.board_id}"

    @property
    def task(self) -> str:
        return f"/tasks/{self.task_id}"

    def get(self, address: str, **headers: str) -> TestResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.get(address, headers={**GZIP, **given})

    def ask_again(self, address: str, **headers: str) -> TestResponse:
        known = self.get(address, **headers).headers["ETag"]
        return self.get(address, If_None_Match=known, **headers)

    def post(self, address: str, headers: dict[str, str], **fields: str) -> TestResponse:
        form = {"csrf_token": self.token, "op": new_id(), **fields}
        return self.browser.post(address, data=form, headers={**GZIP, **headers})


@pytest.fixture
def world(app: Flask, ada: Person, bob: Person) -> World:
    team = make_team(ada, member=bob)
    card = {"priority": "high", "assignee_id": ada.user_id, "texts": {"tags": ["api"]}}
    with app.app_context():
        for column_id in team.columns.values():
            made = create_tasks(
                ada.actor,
                board_id=team.board_id,
                column_id=column_id,
                new_tasks=[NewTask(title=f"Task {number}", **card) for number in range(CARDS // 5)],
            )
    task_id = made.extra["task_ids"][0]
    neighbour = make_task(ada, team, status="done")
    with app.app_context():
        for number in range(COMMENTS):
            create_comment(ada.actor, task_id, content=f"Comment *{number}*")
    browser = ada.browser(in_redis=True)
    world = World(app, ada, team, browser, csrf_token(browser), task_id, neighbour)
    assert world.get(world.board).status_code == 200
    return world


def board_not_kept(world: World) -> TestResponse:
    board_cache.clear()
    return world.get(world.board)


def columns_of_a_changed_card(world: World) -> TestResponse:
    task_id = make_task(world.ada, world.team)
    return world.get(f"{world.board}/columns?task={task_id}", **HTMX)


def move(world: World) -> TestResponse:
    """There, before a neighbour; the way back is not counted."""
    world.post(f"{world.task}/move", SCRIPT, column_id=world.team.columns["todo"])
    place = {"column_id": world.team.columns["done"], "before_id": world.neighbour}
    return world.post(f"{world.task}/move", SCRIPT, **place)


def create(world: World) -> TestResponse:
    column_id = world.team.columns["backlog"]
    return world.post(f"{world.board}/tasks/create", HTMX, column_id=column_id, title="A new card")


def comment(world: World) -> TestResponse:
    return world.post(f"{world.task}/comments/create", HTMX, content="It *holds*.")


def edit(world: World, field: str, headers: dict[str, str]) -> TestResponse:
    return world.post(f"{world.task}/fields/{field}", headers, value=f"Text {new_id()}", version="")


def api_list(world: World) -> TestResponse:
    return world.ada.api("GET", f"/tasks?boardId={world.team.board_id}&limit=50", **GZIP)


REQUESTS: dict[str, Callable[[World], TestResponse]] = {
    "board": lambda world: world.get(world.board),
    "board_not_kept": board_not_kept,
    "board_unchanged": lambda world: world.ask_again(world.board),
    "columns_unchanged": lambda world: world.ask_again(f"{world.board}/columns", **HTMX),
    "columns_of_a_changed_card": columns_of_a_changed_card,
    "move": move,
    "create": create,
    "comment": comment,
    "task": lambda world: world.get(world.task),
    "task_unchanged": lambda world: world.ask_again(world.task),
    "title": lambda world: edit(world, "title", SCRIPT),
    "description": lambda world: edit(world, "description", HTMX),
    "api_list": api_list,
    "api_list_of_all_teams": lambda world: world.ada.api(
        "GET", "/tasks?status=done&limit=50", **GZIP
    ),
    "api_list_by_query": lambda world: world.ada.api(
        "GET", "/tasks?q=column:done+task+sort:-due&limit=50", **GZIP
    ),
    "api_task": lambda world: world.ada.api("GET", world.task, **GZIP),
    "api_comments": lambda world: world.ada.api("GET", f"{world.task}/comments", **GZIP),
    "preview": lambda world: world.get(f"{world.task}/peek", **HTMX),
    "boards": lambda world: world.get("/boards"),
    "team": lambda world: world.get(f"/teams/{world.team.team_id}"),
    "teams": lambda world: world.get("/teams"),
    "palette": lambda world: world.get("/find?q=task", **SCRIPT),
    "found": lambda world: world.get("/find?q=task"),
    "inbox": lambda world: world.get("/inbox"),
}


def test_no_request_asks_the_stores_for_more_than_its_budget(world: World) -> None:
    found, answers = {}, {}
    for name, budget in BUDGETS.items():
        for _ in range(TURNS):
            answer = answers[name] = REQUESTS[name](world)
        trips = count_round_trips(answer)
        asked = [trips.get(store, 0) for store in STORES]
        is_small = len(answer.data) <= budget.max_bytes
        found[name] = Budget(
            *asked, budget.max_bytes if is_small else len(answer.data), answer.status_code
        )
    assert found == BUDGETS
    unchanged = [answer for answer in answers.values() if answer.status_code == 304]
    assert len(unchanged) == 3
    assert not any("templates" in answer.headers["Server-Timing"] for answer in unchanged)


def test_a_card_is_small(world: World) -> None:
    html = world.browser.get(world.board).text
    cards = re.findall(r"<article.*?</article>", html, re.DOTALL)
    assert len(cards) == CARDS + 1
    assert len("".join(cards)) / len(cards) <= 1000
