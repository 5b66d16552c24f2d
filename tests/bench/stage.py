"""The measured system: a whole TaskForge in production mode that was filled, and the floors beside it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from taskforge import create_app
from taskforge.accounts import session_records
from taskforge.config import load_config
from taskforge.dev import postgres
from taskforge.dev.commands import HOST, ROOT, web_child
from taskforge.dev.servers import Home, describe_postgres
from taskforge.server.processes import Child, Process, free_port
from tests.bench import floors
from tests.bench.filling import Filling, fill
from tests.bench.load import Connection
from tests.bench.meter import Meter
from tests.bench.store import AUDIT_KEY, Size, Store, copy_store, kept_store, read_store
from tests.bench.window import Board, Window
from tests.chaos.judge import wait_until_done
from tests.chaos.system import System
from tests.factories import Person, new_secret

CONVERGE_SECONDS = 180.0
# What lies beside the boards that are measured: half a year of work on 20 boards.
STORE = Size(people=500, teams=5, boards_each=4, tasks=7_000, events=25_000)
FLOORS = "floors"
PRODUCTION = {
    "TASKFORGE_ENV": "production",
    "PUBLIC_URL": f"https://{HOST}",
    "ALLOWED_HOSTS": f"{HOST},localhost",  # the second by the test client, when people log in
    "TRUSTED_HOPS": "0",
    # The least that production takes.
    "ARGON2_TIME_COST": "5",
    "ARGON2_MEMORY_KIB": "7168",
    "AUDIT_KEY": AUDIT_KEY,  # the one that sealed the store's log
}
# Tools of development that libraries use where they find them: an environment of requirements.txt has none of them.
TOOLS = ("rich",)
# Counts the statements of all processes.
STATEMENT_STATISTICS = "shared_preload_libraries = 'pg_stat_statements'\n"


@dataclass
class Stage:
    """Everything that runs and everything that is in it.

    ``store`` lies beside the boards that were filled; ``leader`` is the session of whoever leads all its teams.
    """

    system: System
    filling: Filling
    store: Store
    leader: str
    floors_port: int
    floors_process: Process
    meter: Meter

    @property
    def people(self) -> list[Person]:
        """Everybody who may see the boards."""
        return self.filling.people

    @property
    def windows(self) -> list[Window]:
        """A logged-in browser of each of them."""
        return self.filling.windows

    @property
    def boards(self) -> dict[int, Board]:
        """The boards by their number of tasks at the start."""
        return self.filling.boards

    def count_events(self) -> int:
        """How long the audit log is."""
        return int(self.meter.ask("SELECT count(*) FROM audit_logs")[0][0])

    @contextmanager
    def another_web_server(self, **settings: str) -> Iterator[tuple[Process, int]]:
        """A freshly started web server beside the measured one, and its port."""
        port = free_port()
        home = self.system.home
        # Under its own name, or it would be taken for an earlier run of the measured one, which would be ended.
        child = replace(
            web_child({**self.system.environment, **settings}, port, home),
            pid_file=home.pid_file(f"web-{port}"),
            log=home.log(f"web-{port}"),
            marker="",
        )
        process = Process(child)
        try:
            yield process, port
        finally:
            process.ask_to_stop()
            process.wait_stopped()

    @contextmanager
    def another_floors_server(self) -> Iterator[tuple[Process, int]]:
        """The same for the floors."""
        with _floors(self.system) as found:
            yield found


@contextmanager
def set_up(folder: Path, sizes: Sequence[int], store: Size = STORE) -> Iterator[Stage]:
    """Start everything in an empty folder, on a copy of `store`, and fill boards of these sizes; ends it afterwards."""
    copy_store(kept_store(store), folder)
    _count_statements(folder)
    filled: list[Filling] = []
    beside, leader = read_store(folder), new_secret()

    def prepare(system: System) -> None:
        app = create_app(load_config(system.environment))
        filled.append(fill(app, sizes))
        with app.app_context():
            session_records.open_session(beside.people[0], leader, kind="api")

    with ExitStack() as stack:
        settings = {**PRODUCTION, "PYTHONPATH": str(_hide_tools(folder))}
        system = System.start(folder, Random(1), settings=settings, fill=prepare)
        stack.callback(system.stop)
        floors.fill(system.environment["DATABASE_URL"], system.environment["REDIS_URL"], 200)
        process, port = stack.enter_context(_floors(system))
        process.wait_until_ready()
        print("Waiting for the workers ...", flush=True)
        wait_until_done(system, CONVERGE_SECONDS)
        meter = Meter(system, {FLOORS: process.pid})
        stack.callback(meter.close)
        yield Stage(system, filled[0], beside, leader, port, process, meter)


def _hide_tools(folder: Path) -> Path:
    """A folder for PYTHONPATH in which no tool can be imported."""
    hidden = folder / "hidden"
    hidden.mkdir()
    for name in TOOLS:
        (hidden / f"{name}.py").write_text("raise ImportError\n")
    return hidden


def _count_statements(folder: Path) -> None:
    """Have PostgreSQL count statements from its first start on."""
    home = Home(folder)
    home.prepare()
    describe_postgres(home)
    with (postgres.find_place(folder).data / "postgresql.auto.conf").open("a") as settings:
        settings.write(STATEMENT_STATISTICS)


@contextmanager
def _floors(system: System) -> Iterator[tuple[Process, int]]:
    port = free_port()
    command = (
        sys.executable, "-m", "gunicorn", "--config", "python:tests.bench.floors_server",
        "--bind", f"{HOST}:{port}", "tests.bench.floors:app",
    )  # fmt: skip
    environment = {name: value for name, value in system.environment.items() if name != "PORT"}
    process = Process(
        Child(
            name=FLOORS,
            command=command,
            env={**os.environ, **environment},
            cwd=ROOT,
            log=system.home.log(FLOORS),
            is_ready=lambda: _listens(port),
        )
    )
    try:
        yield process, port
    finally:
        process.ask_to_stop()
        process.wait_stopped()


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
