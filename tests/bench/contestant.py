"""One of two checkouts that are measured against each other: started by its own launcher, asked over HTTP only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.bench.load import request_bytes, run_closed_loop
from tests.bench.usage import children_of, descendants_of, name_of
from tests.bench.window import Board, Window
from tests.compare.client import Ask, Client

PEOPLE = 4
SIZES = (200, 50, 51)
COMMENTS = 12
PASSWORD = "a long enough sentence"
START_SECONDS = 300.0
SETTLE_SECONDS = 180.0
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".data", ".venv", ".env", "__pycache__", "test-results", ".*_cache", ".hypothesis"
)
JSON = (("Content-Type", "application/json"),)
TITLES = (
    "Order the charcoal before Friday",
    "Mend the left bellows & test it",
    "Write down who has the keys",
    "Ask for a second offer",
    "Draw the hinge again, larger",
)
TAGS = ("tools", "web", "shop", "idea", "urgent work")
PRIORITIES = ("low", "medium", "high", "urgent")
SETTINGS = {
    "RATE_LIMIT_PER_MINUTE": "1000000",
    "RATE_LIMIT_WRITES_PER_MINUTE": "1000000",
    "ARGON2_TIME_COST": "1",
    "ARGON2_MEMORY_KIB": "64",
    "WEB_WORKERS": "2",
}


@dataclass(frozen=True)
class ProgramWindow(Window):
    """A window whose session a program shares."""

    session_id: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request to the API carries."""
        return {"X-Session-Id": self.session_id}


@dataclass
class Contestant:
    """A checkout that runs, with what was put into it."""

    name: str
    port: int
    launcher: subprocess.Popen[bytes]
    windows: list[ProgramWindow] = field(default_factory=list)
    boards: dict[int, Board] = field(default_factory=dict)

    @property
    def web_pid(self) -> int:
        """The process that keeps the web server's workers."""
        return next(pid for pid in children_of(self.launcher.pid) if "gunicorn" in name_of(pid))

    @property
    def web_pids(self) -> list[int]:
        """The web server's worker processes."""
        return children_of(self.web_pid)

    @property
    def all_pids(self) -> list[int]:
        """Everything that runs: stores, web server, workers."""
        return descendants_of(self.launcher.pid)

    def renew_web_workers(self) -> None:
        """Replace the web server's worker processes by fresh ones, which have asked for nothing yet."""
        old = set(self.web_pids)
        os.kill(self.web_pid, signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS
        while len(self.web_pids) < 2 or old & set(self.web_pids) or not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: no fresh web workers")
            time.sleep(0.1)
        # Each of them has connected to the stores then.
        ready = request_bytes("GET", "/readyz")
        run_closed_loop(self.port, lambda *_: ready, connections=8, seconds=0.3)

    def _answers(self) -> bool:
        with suppress(OSError):
            return Client(self._base).send(Ask("GET", "/readyz")).status == 200
        return False

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_up(self) -> bool:
        """Wait until it serves; False when its launcher gave up."""
        while self.launcher.poll() is None:
            if self._answers():
                return True
            time.sleep(0.2)
        return False

    def fill(self) -> None:
        """People, a team, boards with cards, a task that was talked about: the same for every checkout."""
        clients = [Client(self._base) for _ in range(PEOPLE)]
        self.windows = [_sign_up(client, number) for number, client in enumerate(clients)]
        first, *others = clients
        team_id = _api(first, "POST", "/api/teams", name="The works")["teamId"]
        for number, client in enumerate(others, start=1):
            _take_in(first, team_id, client, number)
        people = [_api(client, "GET", "/api/users/me")["userId"] for client in clients]
        for size in SIZES:
            self.boards[size] = _fill_board(first, team_id, people, size)
        talked_about = self.boards[200].tasks[0]
        for number in range(COMMENTS):
            client = clients[number % PEOPLE]
            content = f"*Note* {number}: it holds."
            _api(client, "POST", f"/api/tasks/{talked_about}/comments", content=content)
        self._settle(first, self.boards[SIZES[-1]].tasks[-1])

    def _settle(self, client: Client, task_id: str) -> None:
        """Wait until the last task is everywhere. Raises `TimeoutError`."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while _api(client, "GET", f"/api/tasks/{task_id}")["syncing"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: the workers did not finish")
            time.sleep(0.2)


@contextmanager
def running(name: str, checkout: Path, folder: Path) -> Iterator[Contestant]:
    """A copy of a checkout, with data of its own, that runs for the length of a block."""
    home = folder / name
    shutil.copytree(checkout, home, ignore=NOT_COPIED, symlinks=True)
    (home / ".venv").symlink_to((checkout / ".venv").resolve())
    port = _free_port()
    environment = {**os.environ, **SETTINGS, "PORT": str(port)}
    contestant = _start(name, home, port, environment, folder / f"{name}.log")
    try:
        yield contestant
    finally:
        contestant.launcher.send_signal(signal.SIGINT)
        contestant.launcher.wait(60)


def _start(name: str, home: Path, port: int, environment: dict[str, str], log: Path) -> Contestant:
    """Start a checkout by its launcher, again where that is less patient than a busy machine needs.

    Raises:
        TimeoutError: with the end of its log.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with log.open("ab") as output:
            command = [home / ".venv/bin/python", "taskforge/dev"]
            launcher = subprocess.Popen(
                command, cwd=home, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        contestant = Contestant(name, port, launcher)
        if contestant.wait_until_up():
            return contestant
    raise TimeoutError(f"{name} did not start: {log.read_text()[-1000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sign_up(client: Client, number: int) -> ProgramWindow:
    _api(client, "POST", "/api/auth/register", email=_email(number), password=PASSWORD,
         firstName=f"Person{number}", lastName=f"Number{number}")  # fmt: skip
    client.log_in(_email(number), PASSWORD)
    opened = _api(
        Client(client.base), "POST", "/api/auth/login", email=_email(number), password=PASSWORD
    )
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return ProgramWindow(cookie, client.token, opened["sessionId"])


def _take_in(admin: Client, team_id: str, client: Client, number: int) -> None:
    """Add somebody to a team; where a checkout asks them first, they accept."""
    wanted = {"email": _email(number), "role": "member"}
    answer = _api(admin, "POST", f"/api/teams/{team_id}/members", **wanted)
    if "invitationId" in answer:
        _api(client, "POST", f"/api/invitations/{answer['invitationId']}/accept")


def _fill_board(client: Client, team_id: str, people: Sequence[str], size: int) -> Board:
    """A board whose columns hold equally many cards."""
    chance = Random(size)
    made = _api(client, "POST", f"/api/teams/{team_id}/boards", name=f"Board of {size}")
    board = _api(client, "GET", f"/api/boards/{made['boardId']}")
    columns = [column["columnId"] for column in board["columns"]]
    tasks = []
    for number in range(size):
        task = {
            "teamId": team_id,
            "boardId": board["boardId"],
            "columnId": columns[number % len(columns)],
            "title": f"{chance.choice(TITLES)} ({number})",
            "priority": chance.choice(PRIORITIES),
            "assigneeId": chance.choice([None, *people]),
            "description": "Some *text* to read.",
            "tags": chance.sample(TAGS, k=chance.randrange(3)),
        }
        tasks.append(_api(client, "POST", "/api/tasks", **task)["taskId"])
    return Board(board["boardId"], columns, tasks)


def _api(client: Client, method: str, address: str, **body: Any) -> Any:
    headers = (*JSON, ("Idempotency-Key", str(uuid.uuid4()))) if method == "POST" else ()
    raw = json.dumps(body) if method == "POST" else None
    answer = client.send(Ask(method, address, "json", raw=raw, headers=headers))
    if answer.status >= 400:
        raise ConnectionError(f"{method} {address}: {answer.status} {answer.text}")
    return json.loads(answer.body)


def _email(number: int) -> str:
    return f"person{number}@example.org"
