"""`make bench`: the figures of docs/performance.md, measured beside the floors in one run, as ratios.

``make bench`` takes about five minutes; ``make bench ARGS=--quick`` looks at the board page and a move only.
Exits with 1 when a gate is missed. Times differ from machine to machine, ratios hardly do.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.browsers import measure_browsers
from tests.bench.gates import Figures, judge, print_table
from tests.bench.live import measure_live, measure_refetch
from tests.bench.load import run_closed_loop
from tests.bench.scenarios import Scenario, list_quick_scenarios, list_scenarios
from tests.bench.stage import QUICK_SIZES, SIZES, Stage, set_up, write_json
from tests.bench.start import measure_start
from tests.bench.usage import cpu_seconds, memory_mb

WARM_UP_SECONDS = 0.3


def main(arguments: Sequence[str]) -> int:
    """Measure, print, judge; the exit code."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="for each scenario and round")
    parser.add_argument("--quick", action="store_true", help="the board page and a move only")
    parser.add_argument("--json", type=Path, default=Path(".data/bench.json"))
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="taskforge-bench-"))
    try:
        with set_up(folder, QUICK_SIZES if wanted.quick else SIZES) as stage:
            figures = measure(stage, wanted.rounds, wanted.seconds, quick=wanted.quick)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_json(wanted.json, figures)
    missed = judge(figures)
    return 1 if missed else 0


def measure(stage: Stage, rounds: int, seconds: float, *, quick: bool) -> Figures:
    """All figures of one run, by name."""
    scenarios = list_quick_scenarios(stage) if quick else list_scenarios(stage)
    figures: Figures = {"scenarios": _measure_all(stage, scenarios, rounds, seconds)}
    print_table(figures["scenarios"])
    if quick:
        return figures
    figures["memoryMb"] = round(memory_mb([stage.web_pid, *stage.web_pids]), 1)
    figures["live"] = [measure_live(stage, watchers) for watchers in (2, 200)]
    figures["refetch"] = measure_refetch(stage, 200)
    figures["browsers"] = measure_browsers(stage)
    figures["start"] = measure_start(stage)
    return figures


def _measure_all(
    stage: Stage, scenarios: Sequence[Scenario], rounds: int, seconds: float
) -> dict[str, dict[str, Any]]:
    """The medians of all rounds; every round takes all scenarios in turn, so that none has a quiet machine alone."""
    found: dict[str, list[dict[str, float]]] = {scenario.name: [] for scenario in scenarios}
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds} ...", flush=True)
        for scenario in scenarios:
            found[scenario.name].append(_measure(stage, scenario, seconds))
    return {
        scenario.name: {
            "title": scenario.title,
            "isFloor": scenario.is_floor,
            **{
                name: median(turn[name] for turn in found[scenario.name])
                for name in found[scenario.name][0]
            },
        }
        for scenario in scenarios
    }


def _measure(stage: Stage, scenario: Scenario, seconds: float) -> dict[str, float]:
    port = stage.floors_port if scenario.is_floor else stage.system.port
    pids = stage.floor_pids if scenario.is_floor else stage.web_pids
    run_closed_loop(port, scenario.flow, connections=scenario.connections, seconds=WARM_UP_SECONDS)
    facts = stage.count_facts(scenario.fact) if scenario.fact else 0
    gc.collect()
    before = cpu_seconds(pids)
    load = run_closed_loop(port, scenario.flow, connections=scenario.connections, seconds=seconds)
    used = cpu_seconds(pids) - before
    done = stage.count_facts(scenario.fact) - facts if scenario.fact else load.count
    good = load.statuses[scenario.status]
    if good != load.count:
        raise SystemExit(
            f"{scenario.name}: answers were {dict(load.statuses)}, not {scenario.status}."
        )
    return {
        "perSecond": load.rate,
        "p50Ms": load.quantile_ms(0.5),
        "p95Ms": load.quantile_ms(0.95),
        "p99Ms": load.quantile_ms(0.99),
        "cpuMs": used / load.count * 1000,
        "bytes": load.received / load.count,
        "effective": done / load.count,
    }


if __name__ == "__main__":
    os.environ.pop("PORT", None)
    began = time.monotonic()
    code = main(sys.argv[1:])
    print(f"{time.monotonic() - began:.0f} s.")
    raise SystemExit(code)
