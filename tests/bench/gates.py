"""The gates: each a ratio of two figures of the same run, and the most or least that it may be.

A floor stands for the machine. The limits were set by a run beside other boards: where TaskForge took so many times
the floor's processor time, it was so many times as fast as the fastest of them; from this follows how many times the
floor it may take at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.bench.scenarios import FIRST_VIEWS

Figures = dict[str, Any]
CPU = "cpuMs"


@dataclass(frozen=True)
class Gate:
    """`figure` of `name` against that of `against` (None: against 1) must not pass `limit`."""

    title: str
    name: str
    figure: str
    against: str | None
    limit: float
    at_least: bool = False


GATES = (
    Gate("board unchanged / i, CPU of all", "board", CPU, "i", 3.5),
    Gate("asked again (304) / j, CPU of all", "board-304", CPU, "j", 1.9),
    Gate("first view after a change / unchanged", FIRST_VIEWS, CPU, "board", 2.0),
    Gate("9 views, 1 move / its floor, CPU of all", "mixed", CPU, "floor-mixed", 1.8),
    Gate("move / one statement, CPU of all", "move-c8", CPU, "floor-move-c8", 7.5),
    Gate("create / one statement, CPU of all", "create", CPU, "floor-create", 3.5),
    Gate("open a task / t, CPU of all", "task", CPU, "t", 1.9),
    Gate("list / l, CPU of all", "api-list", CPU, "l", 1.8),
    *(
        Gate(f"{name}: made, of those answered", name, "effective", None, 1.0, at_least=True)
        for name in ("move-c1", "move-c8", "move-c32", "move-boards", "create", "comment")
    ),
    Gate("board of 5,000 / 200, median", "board-5000-c1", "p50Ms", "board-c1", 1.2),
    Gate("move on 5,000 / 1,000, median", "move-5000-c1", "p50Ms", "move-c1", 1.05),
    Gate("board of 200, bytes", "board", "bytes", None, 26_000),
    Gate("answer to a move, bytes", "move-c8", "bytes", None, 2_000),
    Gate("memory of all own processes, MB", "memory", "own", None, 300),
    Gate("connections to PostgreSQL", "memory", "connections", None, 14),
    Gate("start to first answer / the floors'", "start", "seconds", "floors-start", 1.6),
    *(
        gate
        for what in ("first-load-bench", "first-load-demo")
        for gate in (
            Gate(f"{what}: bytes", what, "bytes", None, 85_000),
            Gate(f"{what}: requests", what, "requests", None, 7),
            Gate(f"{what}: layout shift", what, "layout_shift", None, 0),
        )
    ),
)


@dataclass(frozen=True)
class Verdict:
    """How a gate stands in a run."""

    gate: Gate
    value: float
    holds: bool


def judge(figures: Figures) -> list[Verdict]:
    """How the gates stand whose figures were measured."""
    return [_judge(gate, figures) for gate in GATES if _is_measured(gate, figures)]


def _is_measured(gate: Gate, figures: Figures) -> bool:
    return gate.name in figures and (gate.against is None or gate.against in figures)


def _judge(gate: Gate, figures: Figures) -> Verdict:
    base = figures[gate.against][gate.figure] if gate.against else 1.0
    value = figures[gate.name][gate.figure] / base
    return Verdict(gate, value, value >= gate.limit if gate.at_least else value <= gate.limit)
