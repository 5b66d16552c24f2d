"""The gates: each a figure of a run, and the most or least that it may be.

What is compared with another board is derived from one measurement beside it, `PEER`: how many times as fast as the
board named there TaskForge was (``ratio``), while a request cost ``cost`` milliseconds of processor time in all
processes. The other's cost is then ``ratio * cost``, and a gate that asks for ``times`` its speed allows TaskForge a
``times``-th part of it. That machine's milliseconds are turned into this run's by the floors: an answer of static
bytes took 0.5 ms there (floor a), and one with a statement and COMMIT 0.9 ms more (the floors of moving and creating).
So a limit is a multiple of floors of the same run:

    create: 0.53 * 40 ms = 21.2 ms; 2.5 times as fast: 8.5 ms; against 1.4 ms there: 6.1 times the floor here

docs/performance.md has the table. All other gates are plain figures or ratios within the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.finding import VIEWS
from tests.bench.growth import LONG_LOG, SHORT_LOG
from tests.bench.scenarios import FIRST_VIEWS

Figures = dict[str, Any]
CPU = "cpuMs"
# Milliseconds of processor time of the floors on the machine on which the other boards were measured.
STATIC, MOVE, CREATE = "a", "floor-move-c8", "floor-create"
FLOORS_THERE = {STATIC: 0.5, MOVE: 0.5 + 0.9, CREATE: 0.5 + 0.9}


@dataclass(frozen=True)
class Peer:
    """How TaskForge stood beside the fastest other board: so many times as fast, at so much processor time.

    Where a range was measured, ``ratio`` is its lower end. ``floors`` stand for the machine: their shares of a request.
    """

    ratio: float
    cost: float
    floors: Mapping[str, float]

    def limit(self, times: float) -> float:
        """How many times the floors a request may cost that is to be so many times as fast as there."""
        there = sum(FLOORS_THERE[name] * share for name, share in self.floors.items())
        return self.ratio * self.cost / times / there


READS = {STATIC: 1.0}
PEER = {
    "board": Peer(14.5, 3.6 + 0.5, READS),
    "board-304": Peer(1.06, 2.4 + 0.4, READS),
    "mixed": Peer(2.6, 17 + 7 + 6 + 0.3, {STATIC: 0.9, MOVE: 0.1}),
    "move-c8": Peer(5.1, 8 + 5 + 7.5 + 3, {MOVE: 1.0}),
    "create": Peer(0.53, 17 + 6 + 11 + 6, {CREATE: 1.0}),
    "task": Peer(0.74, 10 + 1, READS),
    "api-list": Peer(0.46, 8 + 5, READS),
}


@dataclass(frozen=True)
class Gate:
    """`figure` of `name` against the same of `against`, the sum of scenarios by their share, must not pass `limit`."""

    title: str
    name: str
    figure: str
    against: Mapping[str, float]
    limit: float
    at_least: bool = False


def _as_fast(title: str, name: str, times: float) -> Gate:
    peer = PEER[name]
    return Gate(f"{title} / floors, CPU of all", name, CPU, peer.floors, peer.limit(times))


def _ratio(title: str, name: str, figure: str, against: str, limit: float) -> Gate:
    return Gate(title, name, figure, {against: 1.0}, limit)


def _plain(title: str, name: str, figure: str, limit: float, *, at_least: bool = False) -> Gate:
    return Gate(title, name, figure, {}, limit, at_least)


GATES = (
    _as_fast("board unchanged, 20 times a peer", "board", 20),
    _as_fast("asked again (304), twice", "board-304", 2),
    _as_fast("9 views, 1 move, 10 times", "mixed", 10),
    _as_fast("move, 10 times", "move-c8", 10),
    _as_fast("create, 2.5 times", "create", 2.5),
    _as_fast("open a task, twice", "task", 2),
    _as_fast("list of 50, 1.5 times", "api-list", 1.5),
    _ratio("first view after a change / unchanged", FIRST_VIEWS, CPU, "board", 2.0),
    *(
        _plain(f"{name}: made, of those answered", name, "effective", 1.0, at_least=True)
        for name in ("move-c1", "move-c8", "move-c32", "move-boards", "create", "comment")
    ),
    _ratio("move with a long log / with a short one, CPU", LONG_LOG, CPU, SHORT_LOG, 1.1),
    _ratio("board of 5,000 / 200, median", "board-5000-c1", "p50Ms", "board-c1", 1.2),
    _ratio("move on 5,000 / 1,000, median", "move-5000-c1", "p50Ms", "move-c1", 1.2),
    _ratio("search / one statement, CPU", "search", CPU, "s", 12.0),
    _ratio("report of half a year / one statement, CPU", "report", CPU, "r", 6.0),
    *(
        _ratio(f"{view} of 5,000 / 200, median", f"{view}-5000", "p50Ms", f"{view}-200", 2.0)
        for view in VIEWS
    ),
    _plain("board of 200, bytes", "board", "bytes", 26_000),
    _plain("answer to a move, bytes", "move-c8", "bytes", 2_000),
    _plain("memory of all own processes, MB", "memory", "own", 300),
    _plain("connections to PostgreSQL", "memory", "connections", 14),
    _ratio("start to first answer / the floors'", "start", "seconds", "floors-start", 1.6),
    *(
        gate
        for what in ("first-load-bench", "first-load-demo")
        for gate in (
            _plain(f"{what}: bytes", what, "bytes", 85_000),
            _plain(f"{what}: requests", what, "requests", 7),
            _plain(f"{what}: layout shift", what, "layout_shift", 0),
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
    return all(gate.figure in figures.get(name, {}) for name in (gate.name, *gate.against))


def _judge(gate: Gate, figures: Figures) -> Verdict:
    parts = (figures[name][gate.figure] * share for name, share in gate.against.items())
    value = figures[gate.name][gate.figure] / (sum(parts) if gate.against else 1.0)
    return Verdict(gate, value, value >= gate.limit if gate.at_least else value <= gate.limit)
