"""What is in the measured system: people who are logged in, and boards of several sizes with comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from flask import Flask

from taskforge.accounts import session_records
from taskforge.boards import queries as board_queries
from taskforge.boards import service as boards
from taskforge.comments import service as comments
from taskforge.http.sessions import USER_FIELD
from taskforge.tasks.bulk.batches import MAX_TASKS, NewTask, create_tasks
from taskforge.teams.service import add_member
from tests.bench import floors
from tests.bench.window import Board, Window
from tests.factories import Person, csrf_token, make_person, make_team, new_secret

PEOPLE = 20
SIZES = (200, 1000, 5000, 50, 51, 52, 53)
QUICK_SIZES = (200, 50, 51)
COMMENTS = 12
COMMENTS_OF_OTHERS = 3


@dataclass(frozen=True)
class Filling:
    """The people, a logged-in browser of each, and the boards by their number of tasks."""

    people: list[Person]
    windows: list[Window]
    boards: dict[int, Board]


def fill(app: Flask, sizes: Sequence[int]) -> Filling:
    """Put people, a team and boards of these sizes into empty stores."""
    people = [make_person(app, f"Person{number}") for number in range(PEOPLE)]
    ada, *others = people
    team = make_team(ada, "The works")
    with app.app_context():
        for person in others:
            add_member(ada.actor, team.team_id, role="member", user_id=person.user_id)
    made = {}
    for size in sizes:
        print(f"Filling a board with {size} cards ...", flush=True)
        made[size] = _fill_board(app, people, team.team_id, size)
    _discuss(app, people, made[200])
    return Filling(people, [_open_window(person) for person in people], made)


def _open_window(person: Person) -> Window:
    browser = person.browser()
    secret = new_secret()
    name = person.app.config["SESSION_COOKIE_NAME"]
    with person.app.app_context():
        session_records.open_session(person.user_id, secret, kind="browser")
    browser.set_cookie(name, secret)
    with (
        browser.session_transaction() as session
    ):  # as a log-in leaves it: by this a change is counted in one trip
        session[USER_FIELD] = person.user_id
    return Window(f"{name}={secret}", csrf_token(browser))


def _fill_board(app: Flask, people: Sequence[Person], team_id: str, size: int) -> Board:
    """A board whose columns hold equally many cards."""
    chance = Random(size)
    with app.app_context():
        made = boards.create_board(people[0].actor, team_id, name=f"Board of {size}")
        columns = [row["column_id"] for row in board_queries.list_columns([made.entity_id])]
        task_ids: list[str] = []
        for number, column_id in enumerate(columns):
            left = [_new_task(people, chance, card) for card in range(number, size, len(columns))]
            while left:
                batch, left = left[:MAX_TASKS], left[MAX_TASKS:]
                change = create_tasks(
                    people[number].actor,
                    board_id=made.entity_id,
                    column_id=column_id,
                    new_tasks=batch,
                )
                task_ids += change.extra["task_ids"]
    return Board(made.entity_id, columns, task_ids)


def _new_task(people: Sequence[Person], chance: Random, number: int) -> NewTask:
    owner = chance.choice([None, *people])
    return NewTask(
        title=f"{chance.choice(floors.TITLES)} ({number})",
        priority=chance.choice(floors.PRIORITIES),
        assignee_id=owner.user_id if owner else None,
        texts={
            "description": "Some *text* to read.",
            "tags": chance.sample(floors.TAGS, k=chance.randrange(3)),
        },
    )


def _discuss(app: Flask, people: Sequence[Person], board: Board) -> None:
    """Comments on each task of a board, most of them on the first."""
    with app.app_context():
        for place, task_id in enumerate(board.tasks):
            for number in range(COMMENTS_OF_OTHERS if place else COMMENTS):
                author = people[(place + number) % PEOPLE].actor
                comments.create_comment(author, task_id, content=f"*Note* {number}: it holds.")
