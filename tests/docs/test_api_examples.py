"""The commands of docs/api.md do what the page says, against the real web server.

The commands are read here, not given to a shell, so that the test needs neither curl nor jq.
"""

from __future__ import annotations

import http.client
import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from taskforge.api.schemas import tasks as task_schemas
from taskforge.config import Config
from taskforge.errors import TaskForgeError

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text()
FENCE = re.compile(r"^```(\w+) ?(\w*)\n(.*?)^```$", re.M | re.S)
ASSIGNMENT = re.compile(r"(\w+)=\$\((.*?) \| jq -r (\S+)\)", re.S)


@dataclass
class Reader:
    """Somebody who types the page's commands one after the other."""

    variables: dict[str, str]
    status: int = 0
    answer: Any = None
    commands: int = field(default=0)

    def type(self, command: str) -> None:
        """Run a command: an assignment, or a request by curl."""
        command = command.replace("\\\n", " ").strip()
        assignment = ASSIGNMENT.fullmatch(command)
        if command.startswith("URL="):
            return
        self.ask(assignment[2] if assignment else command)
        if assignment:
            assert self.status in (200, 201), self.answer
            self.variables[assignment[1]] = picked(self.answer, shlex.split(assignment[3])[0])

    def ask(self, command: str) -> None:
        """Send the request that a curl command describes."""
        words = shlex.split(re.sub(r"\$(\w+)", lambda found: self.variables[found[1]], command))
        assert words[:2] == ["curl", "-s"]
        method, address, body, headers = "", "", None, {}
        rest = iter(words[2:])
        for word in rest:
            if word == "-X":
                method = next(rest)
            elif word == "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = next(rest)
            else:
                address = word
        self.send(method or ("POST" if body else "GET"), address, body, headers)

    def send(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> None:
        """Send a request and keep its answer."""
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        encoded = body.encode() if body is not None else None
        connection.request(method, address.removeprefix(f"http://{parts.netloc}"), encoded, headers)
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        self.status, self.answer = response.status, json.loads(raw) if raw else None
        self.commands += 1


def picked(answer: Any, path: str) -> str:
    """What jq would pick by a path such as ``.items[0].id``."""
    for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        answer = answer[name] if name else answer[int(number)]
    return str(answer)


def holds(answer: Any, shown: Any) -> bool:
    """Whether an answer holds what the page shows of it; ``…`` stands for anything."""
    if shown == "…":
        return answer is not None
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(
            name in answer and holds(answer[name], value) for name, value in shown.items()
        )
    if isinstance(shown, list):
        return len(answer) == len(shown) and all(map(holds, answer, shown))
    return bool(answer == shown)


def test_the_walk_through_the_api_works_as_written(live_server: str) -> None:
    reader = Reader({"URL": live_server})
    for kind, note, text in FENCE.findall(PAGE):
        if kind == "sh":
            reader.type(text)
        elif note.isdigit():
            assert reader.status == int(note), reader.answer
            assert holds(reader.answer, json.loads(text)), reader.answer
    assert reader.commands > 12


def test_the_page_lists_every_error_that_the_code_knows() -> None:
    listed = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| \d{3} \| (.*?) \|", PAGE, re.M))))
    known = {kind.code for kind in kinds_of(TaskForgeError) if not kind.__name__.startswith("_")}
    assert listed == known


def kinds_of(kind: type[TaskForgeError]) -> list[type[TaskForgeError]]:
    """A kind of error and all kinds below it."""
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in kinds_of(below))]


def test_the_page_says_how_many_requests_are_allowed() -> None:
    assert f"{Config.rate_limit_per_minute} requests a minute" in PAGE
    assert f"{Config.rate_limit_writes_per_minute} of them changes" in PAGE


def test_lists_leave_out_what_the_page_says() -> None:
    whole, listed = (
        set(schema().fields) for schema in (task_schemas.Task, task_schemas.TaskSummary)
    )
    left_out = whole - listed - {"syncing", "details_available"}
    assert left_out == {"description", "custom_fields", "checklist", "attachments"}
