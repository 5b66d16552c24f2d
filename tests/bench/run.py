"""`make bench`: the figures of docs/performance.md, measured beside the floors in one run, as ratios.

``make bench`` takes about a quarter of an hour, ``make bench ARGS=--quick`` one or two minutes, with a few scenarios on
small boards. The store beside them is made by the first run, and kept.
Exits with 1 when a gate is missed. Times differ from machine to machine, ratios hardly do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.browsers import measure_browsers
from tests.bench.filling import QUICK_SIZES, SIZES
from tests.bench.first_loads import measure_first_loads
from tests.bench.gates import Figures, judge
from tests.bench.growth import measure_growth
from tests.bench.live import measure_live, measure_refetch
from tests.bench.measuring import measure_all, measure_idle
from tests.bench.meter import OWN
from tests.bench.report import print_gates, print_rest, print_table
from tests.bench.scenario import Scenario
from tests.bench.scenarios import list_quick_scenarios, list_scenarios
from tests.bench.stage import Stage, set_up, write_json
from tests.bench.start import measure_start
from tests.bench.trips import measure_trips

QUICK_ROUNDS = 2
QUICK_SECONDS = 0.8


def main(arguments: Sequence[str]) -> int:
    """Measure, print, judge; the exit code."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="for each scenario and round")
    parser.add_argument(
        "--long-log",
        type=int,
        default=250_000,
        help="audit events of the longer log (0: leave out)",
    )
    parser.add_argument("--quick", action="store_true", help="a few scenarios, in about a minute")
    parser.add_argument("--json", type=Path, default=Path(".data/bench.json"))
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="taskforge-bench-"))
    try:
        with set_up(folder, QUICK_SIZES if wanted.quick else SIZES) as stage:
            figures = _measure(stage, wanted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_json(wanted.json, figures)
    verdicts = judge(figures)
    print_gates(verdicts)
    if not wanted.quick:
        print_rest(figures)
    return 0 if all(verdict.holds for verdict in verdicts) else 1


def _measure(stage: Stage, wanted: argparse.Namespace) -> Figures:
    """All figures of one run, by name."""
    if wanted.quick:
        return _measure_scenarios(stage, list_quick_scenarios(stage), QUICK_ROUNDS, QUICK_SECONDS)
    scenarios = list_scenarios(stage)
    first_loads = measure_first_loads(
        stage
    )  # before anything was changed that would be shown as new
    figures = _measure_scenarios(stage, scenarios, wanted.rounds, wanted.seconds)
    memory = stage.meter.memory_mb()
    figures["memory"] = {
        **memory,
        "own": sum(memory[role] for role in OWN),
        "connections": stage.meter.count_connections(),
    }
    figures["live"] = [measure_live(stage, watchers) for watchers in (2, 200)]
    figures["refetch"] = measure_refetch(stage, 200)
    figures["browsers"] = measure_browsers(stage)
    figures |= first_loads
    figures |= measure_start(stage)
    if wanted.long_log:
        grown = measure_growth(stage, wanted.long_log, wanted.rounds, wanted.seconds)
        print_table(grown, figures["idle"])
        figures |= grown
    return figures


def _measure_scenarios(
    stage: Stage, scenarios: Sequence[Scenario], rounds: int, seconds: float
) -> Figures:
    trips = measure_trips(stage, scenarios)
    idle = measure_idle(stage)
    found = measure_all(stage, scenarios, rounds, seconds)
    for name, by_store in trips.items():
        found[name]["trips"] = "+".join(str(count) for count in by_store.values())
    print_table(found, idle)
    return {**found, "idle": idle}


if __name__ == "__main__":
    os.environ.pop("PORT", None)
    began = time.monotonic()
    code = main(sys.argv[1:])
    print(f"{time.monotonic() - began:.0f} s.")
    raise SystemExit(code)
