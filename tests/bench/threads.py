"""How many threads a web process should have: servers that differ in nothing else take turns, with live streams open.

``python -m tests.bench.threads`` prints for each number of threads and each kind of request how many are answered in a
second of processor time of all processes, and within how many milliseconds 95 of 100 are.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median

from taskforge.server.processes import Process
from tests.bench.filling import QUICK_SIZES
from tests.bench.live import watch
from tests.bench.load import run_closed_loop
from tests.bench.measuring import WARM_UP_SECONDS
from tests.bench.meter import WEB
from tests.bench.scenario import Scenario
from tests.bench.scenarios import list_quick_scenarios
from tests.bench.stage import FLOORS, Stage, set_up
from tests.bench.usage import cpu_of_tree

ASKED = ("board", "mixed", "task", "move-c8", "create")
STREAMS = 100
Server = tuple[Process, int]
# By what is asked for and number of threads, of each round: answers in a second of processor time, and p95 in ms.
Figures = dict[tuple[str, int], list[tuple[float, float]]]


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.threads")
    parser.add_argument("--threads", type=int, nargs="+", default=[2, 4, 5, 8])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="for each of them and round")
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="taskforge-threads-"))
    try:
        with set_up(folder, QUICK_SIZES) as stage, ExitStack() as stack:
            servers = {number: _start(stage, number, stack) for number in wanted.threads}
            figures = measure(stage, servers, wanted.rounds, wanted.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _print(figures, wanted.threads)


def measure(stage: Stage, servers: Mapping[int, Server], rounds: int, seconds: float) -> Figures:
    """What every round measured; the next one takes the servers backwards."""
    scenarios = [each for each in list_quick_scenarios(stage) if each.name in ASKED]
    found: Figures = defaultdict(list)
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds} ...", flush=True)
        order = list(servers) if number % 2 == 0 else list(reversed(servers))
        for scenario in scenarios:
            for threads in order:
                figure = _measure_once(stage, scenario, servers[threads], seconds)
                found[scenario.name, threads].append(figure)
    return found


def _start(stage: Stage, threads: int, stack: ExitStack) -> Server:
    """A web server with so many threads, one connection more, and open boards."""
    settings = {"WEB_THREADS": str(threads), "DATABASE_POOL_SIZE": str(threads + 1)}
    process, port = stack.enter_context(stage.another_web_server(**settings))
    process.wait_until_ready()
    for number in range(STREAMS):
        stack.enter_context(closing(watch(stage, stage.boards[50], number, port)))
    return process, port


def _measure_once(
    stage: Stage, scenario: Scenario, server: Server, seconds: float
) -> tuple[float, float]:
    process, port = server
    warm_up = run_closed_loop(
        port, scenario.flow, connections=scenario.connections, seconds=WARM_UP_SECONDS
    )
    warm_up.demand(*scenario.statuses)
    stage.meter.settle()
    stage.meter.remember_newest_fact()
    gc.collect()
    before, own = stage.meter.read(), cpu_of_tree(process.pid)
    load = run_closed_loop(port, scenario.flow, connections=scenario.connections, seconds=seconds)
    stage.meter.settle()
    load.demand(*scenario.statuses)
    used = (stage.meter.read() - before).cpu
    # The web server that the stage has itself, and the floors, had nothing to do.
    rest = sum(value for role, value in used.items() if role not in (WEB, FLOORS))
    return load.count / (cpu_of_tree(process.pid) - own + rest), load.quantile_ms(0.95)


def _print(figures: Figures, threads: Sequence[int]) -> None:
    print(f"\n{'answers a CPU second / p95 ms':<32}" + "".join(f"{each:>16}" for each in threads))
    for name in ASKED:
        cells = []
        for each in threads:
            rates, waits = zip(*figures[name, each], strict=True)
            cells.append(f"{median(rates):>8,.0f} /{median(waits):>6,.1f}")
        print(f"{name:<32}" + "".join(cells))


if __name__ == "__main__":
    main(sys.argv[1:])
