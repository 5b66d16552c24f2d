"""The measured system: a whole TaskForge with people, boards of several sizes, comments, and the floors beside it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import text

from taskforge import create_app
from taskforge.accounts import session_records
from taskforge.boards import queries as board_queries
from taskforge.boards import service as boards
from taskforge.comments import service as comments
from taskforge.config import load_config
from taskforge.dev.commands import HOST, ROOT, web_child
from taskforge.server.processes import Child, Process, free_port
from taskforge.stores import sql
from taskforge.tasks.bulk.batches import MAX_TASKS, NewTask, create_tasks
from taskforge.teams.service import add_member
from tests.bench import floors
from tests.bench.load import Connection
from tests.bench.usage import children_of
from tests.bench.window import Board, Window
from tests.chaos.judge import wait_until_done
from tests.chaos.system import System
from tests.factories import Person, csrf_token, make_person, make_team, new_secret

PEOPLE = 20
SIZES = (200, 1000, 5000, 50, 51, 52, 53)
QUICK_SIZES = (200, 50)
COMMENTS = 12
CONVERGE_SECONDS = 180.0


@dataclass
class Stage:
    """Everything that runs and everything that is in it."""

    system: System
    app: Flask
    floors_port: int
    floors_process: Process
    people: list[Person]
    windows: list[Window]
    boards: dict[int, Board] = field(default_factory=dict)

    @property
    def web_pids(self) -> list[int]:
        """The web server's worker processes."""
        return children_of(self.web_pid)

    @property
    def web_pid(self) -> int:
        """The process that keeps the web server's workers."""
        process = self.system.slots["web"].process
        assert process is not None
        return process.pid

    @property
    def floor_pids(self) -> list[int]:
        """The worker processes of the floors' web server."""
        return children_of(self.floors_process.pid)

    def count_facts(self, event: str) -> int:
        """How many changes of a kind the audit log holds: what was done, whatever was answered."""
        with self.app.app_context():
            statement = text("SELECT count(*) FROM audit_logs WHERE event = :event")
            return int(sql.scalar(statement, {"event": event}))

    @contextmanager
    def another_web_server(self) -> Iterator[tuple[Process, int]]:
        """A freshly started web server beside the measured one, and its port."""
        port = free_port()
        home = self.system.home
        # Under its own name, or it would be taken for an earlier run of the measured one, which would be ended.
        child = replace(
            web_child(self.system.environment, port, home),
            pid_file=home.pid_file("web-again"),
            log=home.log("web-again"),
            marker="",
        )
        process = Process(child)
        try:
            yield process, port
        finally:
            process.ask_to_stop()
            process.wait_stopped()


@contextmanager
def set_up(folder: Path, sizes: Sequence[int]) -> Iterator[Stage]:
    """Start everything in an empty folder and fill boards of these sizes; ends it afterwards."""
    system = System.start(folder, Random(1))
    process = None
    try:
        app = create_app(load_config(system.environment))
        people = [make_person(app, f"Person{number}") for number in range(PEOPLE)]
        windows = [_open_window(person) for person in people]
        environment = {
            key: str(value) for key, value in system.environment.items() if key != "PORT"
        }
        floors.fill(environment["DATABASE_URL"], environment["REDIS_URL"], 200)
        port = free_port()
        process = Process(_floors_child(environment, port, folder))
        process.wait_until_ready()
        stage = Stage(system, app, port, process, people, windows)
        _fill(stage, sizes)
        yield stage
    finally:
        if process is not None:
            process.ask_to_stop()
            process.wait_stopped()
        system.stop()


def _open_window(person: Person) -> Window:
    browser = person.browser()
    secret = new_secret()
    with person.app.app_context():
        session_records.open_session(person.user_id, secret, kind="browser")
    name = person.app.config["SESSION_COOKIE_NAME"]
    browser.set_cookie(name, secret)
    return Window(f"{name}={secret}", csrf_token(browser))


def _fill(stage: Stage, sizes: Sequence[int]) -> None:
    ada, *others = stage.people
    team = make_team(ada, "The works")
    with stage.app.app_context():
        for person in others:
            add_member(ada.actor, team.team_id, role="member", user_id=person.user_id)
    for size in sizes:
        print(f"Filling a board with {size} cards ...", flush=True)
        stage.boards[size] = _fill_board(stage, team.team_id, size)
    with stage.app.app_context():
        commented = stage.boards[200].tasks[0]
        for number in range(COMMENTS):
            person = stage.people[number % PEOPLE]
            comments.create_comment(person.actor, commented, content=f"*Note* {number}: it holds.")
    print("Waiting for the workers ...", flush=True)
    wait_until_done(stage.system, CONVERGE_SECONDS)


def _fill_board(stage: Stage, team_id: str, size: int) -> Board:
    """A board whose columns hold equally many cards."""
    chance = Random(size)
    with stage.app.app_context():
        made = boards.create_board(stage.people[0].actor, team_id, name=f"Board of {size}")
        columns = [row["column_id"] for row in board_queries.list_columns([made.entity_id])]
        task_ids: list[str] = []
        for number, column_id in enumerate(columns):
            left = [_new_task(stage, chance, card) for card in range(number, size, len(columns))]
            while left:
                batch, left = left[:MAX_TASKS], left[MAX_TASKS:]
                change = create_tasks(
                    stage.people[number].actor,
                    board_id=made.entity_id,
                    column_id=column_id,
                    new_tasks=batch,
                )
                task_ids += change.extra["task_ids"]
    return Board(made.entity_id, columns, task_ids)


def _new_task(stage: Stage, chance: Random, number: int) -> NewTask:
    owner = chance.choice([None, *stage.people])
    return NewTask(
        title=f"{chance.choice(floors.TITLES)} ({number})",
        priority=chance.choice(floors.PRIORITIES),
        assignee_id=owner.user_id if owner else None,
        texts={
            "description": "Some *text* to read.",
            "tags": chance.sample(floors.TAGS, k=chance.randrange(3)),
        },
    )


def _floors_child(environment: dict[str, str], port: int, folder: Path) -> Child:
    command = (
        sys.executable, "-m", "gunicorn", "--worker-class", "asgi", "--asgi-lifespan", "off", "--workers", "2",
        "--keep-alive", "15", "--bind", f"{HOST}:{port}", "tests.bench.floors:app",
    )  # fmt: skip
    return Child(
        name="floors",
        command=command,
        env={**os.environ, **environment},
        cwd=ROOT,
        log=folder / "floors.log",
        is_ready=lambda: _listens(port),
    )


def _listens(port: int) -> bool:
    try:
        Connection(0, port).socket.close()
    except OSError:
        return False
    return True


def write_json(path: Path, figures: Any) -> None:
    """Keep figures for later."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")
