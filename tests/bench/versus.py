"""``python -m tests.bench.versus OTHER_CHECKOUT``: this checkout against another, in one alternating run.

Both run at the same time, each with its own stores, workers and two web processes, filled with the same data over
HTTP. Rounds take turns (A B, B A, A B ...), so that a busy machine is busy for both. What counts is the processor time
of a request: the time that it takes depends on the machine, the ratio of the two hardly does.  A is the other checkout,
B this one; a ratio above 1 means that B needs more.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import shutil
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from tests.bench.contestant import Contestant, ProgramWindow, running
from tests.bench.load import Flow, Load, request_bytes, run_closed_loop
from tests.bench.usage import cpu_by_process, memory_mb

ROOT = Path(__file__).parent.parent.parent
WARM_UP_REQUESTS = 12
LONGEST_SECONDS = 120.0
CONNECTIONS = 4
COLD_VIEWS = 12
SCRIPT = {"Accept": "application/json"}

# Milliseconds of processor time for each request: of the web server, and of everything.
Cost = tuple[float, float]


@dataclass(frozen=True)
class Trial:
    """One thing that is measured: its name, and how it is measured once."""

    name: str
    measure: Callable[[Contestant, int], Cost]


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit code is 1 where a median ratio passes the limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.versus")
    parser.add_argument("other", type=Path, help="the other checkout, with a .venv")
    parser.add_argument("--this", type=Path, default=ROOT, help="in place of this checkout")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--requests", type=int, default=80, help="for each trial and round")
    parser.add_argument("--limit", type=float, default=1.05, help="what a ratio may be at most")
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="taskforge-versus-"))
    try:
        with (
            running("a", wanted.other.resolve(), folder) as a,
            running("b", wanted.this.resolve(), folder) as b,
        ):
            for contestant in (a, b):
                print(f"Filling {contestant.name} ...", flush=True)
                contestant.fill()
            return report(measure(a, b, wanted.rounds, wanted.requests), wanted.limit)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Meter:
    """Counts the processor time of a contestant's processes from when it is made."""

    def __init__(self, contestant: Contestant) -> None:
        self._contestant = contestant
        self._before = cpu_by_process(contestant.all_pids)

    def milliseconds(self) -> Cost:
        """What the web server's workers used since, and what everything did."""
        after = cpu_by_process(self._contestant.all_pids)
        used = {pid: (now - self._before.get(pid, 0.0)) * 1000 for pid, now in after.items()}
        return sum(used.get(pid, 0.0) for pid in self._contestant.web_pids), sum(used.values())


Figures = dict[str, dict[str, list[float]]]


def measure(a: Contestant, b: Contestant, rounds: int, requests: int) -> Figures:
    """For each figure what every round measured, of a and of b."""
    found: Figures = defaultdict(lambda: {"a": [], "b": []})
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds} ...", flush=True)
        order = (a, b) if number % 2 == 0 else (b, a)
        for trial in TRIALS:
            for contestant in order:
                web, everything = trial.measure(contestant, requests)
                found[f"{trial.name}, web"][contestant.name].append(web)
                found[f"{trial.name}, all"][contestant.name].append(everything)
        for contestant in order:
            pids = [contestant.web_pid, *contestant.web_pids]
            found["memory of the web server, MB"][contestant.name].append(memory_mb(pids))
    return found


def report(figures: Figures, limit: float) -> int:
    """Print medians and ratios; 1 if one of the web server's is above the limit.

    A busy machine only ever adds to a figure: the ratio of the least ones ("least") is the steadiest.
    """
    titles = ("A", "B", "B/A", "min", "max", "least")
    print(f"\n{'CPU ms per request':<34}" + "".join(f"{title:>9}" for title in titles))
    above = 0
    for name, sides in figures.items():
        ratios = [b / a for a, b in zip(sides["a"], sides["b"], strict=True)]
        middle, least = median(ratios), min(sides["b"]) / min(sides["a"])
        is_above = not name.endswith(", all") and middle > limit
        above += is_above
        shown = (median(sides["a"]), median(sides["b"]), middle, min(ratios), max(ratios), least)
        values = "".join(f"{value:>9.3f}" for value in shown)
        print(f"{name:<34}{values}{'  above' if is_above else ''}")
    print(f"\n{above} of the web server's ratios are above {limit}.")
    return 1 if above else 0


def _closed_loop(
    make: Callable[[Contestant], Flow], status: int = 200
) -> Callable[[Contestant, int], Cost]:
    """A measurement of requests that follow each other without a pause."""

    def once(contestant: Contestant, requests: int) -> Cost:
        flow = make(contestant)
        _run(contestant, flow, WARM_UP_REQUESTS)
        gc.collect()
        used = _Meter(contestant)
        load = _run(contestant, flow, requests)
        web, everything = used.milliseconds()
        if load.statuses[status] != load.count:
            raise SystemExit(f"{contestant.name} answered {dict(load.statuses)}, not {status}.")
        return web / load.count, everything / load.count

    return once


def _run(contestant: Contestant, flow: Flow, requests: int) -> Load:
    return run_closed_loop(
        contestant.port, flow, connections=CONNECTIONS, seconds=LONGEST_SECONDS, most=requests
    )


def _page(address: Callable[[Contestant], str]) -> Callable[[Contestant], Flow]:
    def make(contestant: Contestant) -> Flow:
        requests = [window.get(address(contestant)) for window in contestant.windows]
        return lambda connection, turn: requests[connection % len(requests)]

    return make


def _api_list(contestant: Contestant) -> Flow:
    address = f"/api/tasks?boardId={contestant.boards[200].board_id}&limit=50"
    requests = [request_bytes("GET", address, window.headers) for window in contestant.windows]
    return lambda connection, turn: requests[connection % len(requests)]


def _moves(contestant: Contestant) -> Flow:
    """Each connection moves a card of its own from column to column, as dragging does."""
    board = contestant.boards[50]

    def flow(connection: int, turn: int) -> bytes:
        window = contestant.windows[connection % len(contestant.windows)]
        return _move(
            contestant, window, board.tasks[connection + 1], board.columns[(connection + turn) % 5]
        )

    return flow


def _move(contestant: Contestant, window: ProgramWindow, task_id: str, column_id: str) -> bytes:
    place = {
        "column_id": column_id,
        "op": str(uuid.uuid4()),
        "before_id": "",
        "after_id": "",
        "version": "",
    }
    return window.post(f"/tasks/{task_id}/move", urlencode(place), **SCRIPT)


def _creates(contestant: Contestant) -> Flow:
    board = contestant.boards[51]

    def flow(connection: int, turn: int) -> bytes:
        window = contestant.windows[connection % len(contestant.windows)]
        card = {
            "column_id": board.columns[0],
            "title": f"Card {connection} {turn}",
            "op": str(uuid.uuid4()),
        }
        return window.post(
            f"/boards/{board.board_id}/tasks/create", urlencode(card), HX_Request="true"
        )

    return flow


def _titles(contestant: Contestant) -> Flow:
    """Each connection writes over the title of a task of its own."""
    board = contestant.boards[50]

    def flow(connection: int, turn: int) -> bytes:
        window = contestant.windows[connection % len(contestant.windows)]
        title = {"value": f"Title {turn} of {connection}", "version": "", "op": str(uuid.uuid4())}
        address = f"/tasks/{board.tasks[10 + connection]}/fields/title"
        return window.post(address, urlencode(title), **SCRIPT)

    return flow


def _cold_board(contestant: Contestant, _requests: int) -> Cost:
    """The board's page after a change of the board, each time: the change itself is not counted."""
    board, window = contestant.boards[200], contestant.windows[0]
    costs = []
    for turn in range(COLD_VIEWS):
        _send(contestant, _move(contestant, window, board.tasks[0], board.columns[(turn + 1) % 5]))
        costs.append(_cost_of(contestant, window.get(f"/boards/{board.board_id}")))
    return median(web for web, _ in costs), median(everything for _, everything in costs)


def _fresh_process(contestant: Contestant, _requests: int) -> Cost:
    """The first board page of web processes that have answered nothing yet, but for a look whether they are up."""
    contestant.renew_web_workers()
    page = contestant.windows[0].get(f"/boards/{contestant.boards[200].board_id}")
    return _cost_of(contestant, page)


def _cost_of(contestant: Contestant, request: bytes) -> Cost:
    used = _Meter(contestant)
    _send(contestant, request)
    return used.milliseconds()


def _send(contestant: Contestant, request: bytes) -> None:
    load = run_closed_loop(contestant.port, lambda *_: request, connections=1, seconds=0)
    if load.statuses[http.client.OK] != 1:
        raise SystemExit(f"{contestant.name} answered {dict(load.statuses)}.")


TRIALS = (
    Trial("board, warm", _closed_loop(_page(lambda one: f"/boards/{one.boards[200].board_id}"))),
    Trial("board, cold", _cold_board),
    Trial("board, fresh process", _fresh_process),
    Trial("open task", _closed_loop(_page(lambda one: f"/tasks/{one.boards[200].tasks[0]}"))),
    Trial("API list of 50", _closed_loop(_api_list)),
    Trial("move", _closed_loop(_moves)),
    Trial("edit title", _closed_loop(_titles)),
    Trial("create", _closed_loop(_creates)),
)


if __name__ == "__main__":
    began = time.monotonic()
    code = main(sys.argv[1:])
    print(f"{time.monotonic() - began:.0f} s.")
    raise SystemExit(code)
