"""Measures scenarios in alternating rounds: rates, latencies, and the cost of a request in every process."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.bench.load import Load, run_closed_loop
from tests.bench.meter import MONGODB, POSTGRESQL, REDIS, ROLES, WEB, WORKERS, Cost
from tests.bench.scenario import Scenario
from tests.bench.scenarios import BURSTS
from tests.bench.stage import FLOORS, Stage

WARM_UP_SECONDS = 0.3
IDLE_SECONDS = 3.0

Found = dict[str, float]


def measure_all(
    stage: Stage, scenarios: Sequence[Scenario], rounds: int, seconds: float
) -> dict[str, dict[str, Any]]:
    """The medians of all rounds, as of `measure_in_turn`."""
    return measure_in_turn([(stage, scenario) for scenario in scenarios], rounds, seconds)


def measure_in_turn(
    scenarios: Sequence[tuple[Stage, Scenario]], rounds: int, seconds: float
) -> dict[str, dict[str, Any]]:
    """The medians of all rounds of scenarios, each on its stage.

    Every round takes all scenarios in turn, the next one backwards, so that none has a quiet machine alone.
    """
    found: dict[str, list[Found]] = {scenario.name: [] for _, scenario in scenarios}
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds} ...", flush=True)
        for stage, scenario in scenarios if number % 2 == 0 else reversed(scenarios):
            try:
                found[scenario.name].append(measure_once(stage, scenario, seconds))
            except Exception as error:
                error.add_note(f"while measuring: {scenario.title}")
                raise
    return {
        scenario.name: {
            "title": scenario.title,
            "isFloor": scenario.is_floor,
            **_medians(found[scenario.name]),
        }
        for _, scenario in scenarios
    }


def measure_once(stage: Stage, scenario: Scenario, seconds: float) -> Found:
    """One round of a scenario."""
    port = stage.floors_port if scenario.is_floor else stage.system.port
    warm_up = run_closed_loop(
        port, scenario.flow, connections=scenario.connections, seconds=WARM_UP_SECONDS
    )
    warm_up.demand(*scenario.statuses)
    stage.meter.settle()
    stage.meter.remember_newest_fact()
    gc.collect()
    load, cost, settling = Load(), Cost({}, {}), 0.0
    for turn in range(BURSTS if scenario.burst else 1):
        if scenario.before:
            scenario.before(turn)
            stage.meter.settle()
        before = stage.meter.read()
        load += run_closed_loop(
            port,
            scenario.flow,
            connections=scenario.burst or scenario.connections,
            seconds=0.0 if scenario.burst else seconds,
        )
        settling += stage.meter.settle()
        cost += stage.meter.read() - before
    load.demand(*scenario.statuses)
    done = stage.meter.count_facts(scenario.fact) if scenario.fact else load.count
    return {
        "perSecond": load.rate,
        "p50Ms": load.quantile_ms(0.5),
        "p95Ms": load.quantile_ms(0.95),
        "bytes": load.received / load.count,
        "effective": done / load.count,
        "settleSeconds": settling,
        **cost_of_each(cost, load.count, is_floor=scenario.is_floor),
    }


def cost_of_each(cost: Cost, count: int, *, is_floor: bool = False) -> Found:
    """Milliseconds of processor time by role and what the stores were asked, for one request of `count`.

    A floor has a web server of its own, and no workers; the stores are the same.
    """
    cpu = dict(cost.cpu)
    floors = cpu.pop(FLOORS, 0.0)
    if is_floor:
        cpu |= {WEB: floors, WORKERS: 0.0}
    each = {f"cpuMs {role}": cpu.get(role, 0.0) / count * 1000 for role in ROLES}
    return {
        **each,
        "cpuMs": sum(each.values()),
        **{f"asked {store}": cost.asked[store] / count for store in (POSTGRESQL, REDIS, MONGODB)},
    }


def measure_idle(stage: Stage) -> Found:
    """What every process uses in a second in which nobody asks for anything."""
    stage.meter.settle()
    before = stage.meter.read()
    time.sleep(IDLE_SECONDS)
    used = cost_of_each(stage.meter.read() - before, 1)
    return {name: value / IDLE_SECONDS for name, value in used.items()}


def _medians(turns: Sequence[Found]) -> Found:
    return {name: median(turn[name] for turn in turns) for name in turns[0]}
