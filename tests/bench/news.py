"""How soon somebody's open page says that they were mentioned: through the web server, the worker and Redis, and back.

    .venv/bin/python -m tests.bench.news [--rounds 100] [--pause 0.5]

One person comments and mentions another, whose page without a board listens to their inbox. The time is from sending
the comment until the stream has said it, and until the page has the words that it shows.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from tests.bench.filling import QUICK_SIZES
from tests.bench.load import SILENCE_SECONDS
from tests.bench.stage import Stage, set_up
from tests.bench.store import Size
from tests.bench.window import Window

HEARD, SHOWN = "heard", "shown"
READER = "person0"
SMALL = Size(people=50, teams=2, boards_each=2, tasks=200, events=1_000)


def measure_news(stage: Stage, rounds: int, pause_seconds: float) -> dict[str, dict[str, float]]:
    """Milliseconds until a mention is heard and shown: median, p95 and the longest of so many, some time apart.

    Raises:
        TimeoutError: one was not heard.
    """
    reader, *authors = stage.windows
    task_ids = stage.boards[50].tasks
    waits: dict[str, list[float]] = {HEARD: [], SHOWN: []}
    chance = Random(1)
    with _listening(stage, reader) as heard:
        for turn in range(rounds):
            time.sleep(pause_seconds * (0.5 + chance.random()))
            began = time.perf_counter()
            _comment(stage, authors[turn % len(authors)], task_ids[turn % len(task_ids)])
            ids = next(heard)
            waits[HEARD].append(time.perf_counter() - began)
            _fetch_words(stage, reader, ids)
            waits[SHOWN].append(time.perf_counter() - began)
    return {name: _summary(seconds) for name, seconds in waits.items()}


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.news")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two, on average")
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="taskforge-news-"))
    try:
        with set_up(folder, QUICK_SIZES, SMALL) as stage:
            for name, figures in measure_news(stage, wanted.rounds, wanted.pause).items():
                print(f"{name}: " + ", ".join(f"{key} {value:g}" for key, value in figures.items()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


@contextmanager
def _listening(stage: Stage, window: Window) -> Iterator[Iterator[list[str]]]:
    """Open somebody's stream of news; the ids of what has come, message by message."""
    connection = _connect(stage)
    connection.request("GET", "/live/inbox", headers={"Cookie": window.cookie})
    answer = connection.getresponse()
    if answer.status != 200:
        raise ConnectionError(f"the stream was refused: {answer.status}")
    while not answer.readline().startswith(b"retry:"):
        pass
    try:
        yield _ids_in(answer)
    finally:
        connection.close()


def _ids_in(answer: http.client.HTTPResponse) -> Iterator[list[str]]:
    for line in answer:
        if line.startswith(b"data:") and (ids := json.loads(line[5:]).get("ids")):
            yield ids
    raise ConnectionError("the stream ended")


def _comment(stage: Stage, author: Window, task_id: str) -> None:
    """Mention the reader in a comment."""
    fields = {"content": f"@{READER} see {uuid.uuid4()}", "op": str(uuid.uuid4())}
    _ask(stage, author, "POST", f"/tasks/{task_id}/comments/create", urlencode(fields))


def _fetch_words(stage: Stage, reader: Window, ids: Sequence[str]) -> None:
    """Ask for what the page shows, as its script does."""
    said = json.loads(_ask(stage, reader, "GET", f"/inbox/news?ids={','.join(ids)}"))
    if len(said["lines"]) != len(ids):
        raise ValueError(f"not all is said: {said}")


def _ask(stage: Stage, window: Window, method: str, path: str, body: str | None = None) -> bytes:
    headers = {"Cookie": window.cookie, "Accept": "application/json"}
    if body is not None:
        headers |= {
            "X-CSRFToken": window.token,
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
        }
    connection = _connect(stage)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 201):
            raise ConnectionError(f"{path} was refused: {answer.status} {said[:200]!r}")
        return said
    finally:
        connection.close()


def _connect(stage: Stage) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", stage.system.port, timeout=SILENCE_SECONDS)


def _summary(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(1000 * one for one in seconds)
    return {
        "median": round(ordered[len(ordered) // 2], 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
        "longest": round(ordered[-1], 1),
        "count": len(ordered),
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
