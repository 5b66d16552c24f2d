"""The gates of docs/performance.md: each a ratio of two figures of the same run, and the most or least it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]

# Requests a second of the fastest peer in the reference run of docs/performance.md, as a share of the floors' there.
KANBOARD_PER_FLOOR_I = 1 / 28
MOVES_PER_FLOOR = 1 / 44


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
    Gate("board, warm: CPU against floor i", "board", "cpuMs", "i", 2.0),
    Gate("board, warm: CPU against floor c", "board", "cpuMs", "c", 0.30),
    Gate("move: CPU against one statement", "move-c8", "cpuMs", "floor-move-c8", 2.5),
    Gate("moves that were made, 1 at a time", "move-c1", "effective", None, 1.0, at_least=True),
    Gate("moves that were made, 8 at once", "move-c8", "effective", None, 1.0, at_least=True),
    Gate("moves that were made, 32 at once", "move-c32", "effective", None, 1.0, at_least=True),
    Gate("cards that were created", "create", "effective", None, 1.0, at_least=True),
    Gate("board of 5,000 against 200: median", "board-5000-c1", "p50Ms", "board-c1", 1.5),
    Gate("move on 5,000 against 1,000: median", "move-5000-c1", "p50Ms", "move-c1", 1.2),
    Gate("page of 200 cards, bytes", "board", "bytes", None, 26_000),
    Gate("answer to a move, bytes", "move-c8", "bytes", None, 2_000),
)
COLUMNS = (
    ("per s", "perSecond", 9, 0), ("p50 ms", "p50Ms", 8, 1), ("p95 ms", "p95Ms", 8, 1), ("p99 ms", "p99Ms", 8, 1),
    ("CPU ms", "cpuMs", 8, 2), ("bytes", "bytes", 9, 0),
)  # fmt: skip


def judge(figures: Figures) -> list[str]:
    """Print how the gates stand and what else was measured; the titles of the gates that are missed."""
    scenarios = figures["scenarios"]
    missed = []
    print("\nGates (ratios of this run)")
    for gate in GATES:
        if gate.name not in scenarios or (gate.against and gate.against not in scenarios):
            continue
        base = scenarios[gate.against][gate.figure] if gate.against else 1.0
        ratio = scenarios[gate.name][gate.figure] / base
        holds = ratio >= gate.limit if gate.at_least else ratio <= gate.limit
        sign = "≥" if gate.at_least else "≤"
        print(
            f"  {'holds ' if holds else 'MISSED'}  {gate.title:<42} {ratio:>10.2f}  ({sign} {gate.limit:g})"
        )
        if not holds:
            missed.append(gate.title)
    _print_rest(figures)
    return missed


def print_table(scenarios: dict[str, dict[str, Any]]) -> None:
    """Print what each scenario measured."""
    print(f"\n{'':<42}" + "".join(f"{title:>{width}}" for title, _, width, _ in COLUMNS))
    for name, found in scenarios.items():
        mark = "floor " if found["isFloor"] else ""
        label = f"{mark}{name.removeprefix('floor-')}: {found['title']}"[:41]
        values = "".join(f"{found[key]:>{width},.{digits}f}" for _, key, width, digits in COLUMNS)
        print(f"{label:<42}{values}")


def _print_rest(figures: Figures) -> None:
    if "memoryMb" not in figures:
        return
    start, browsers = figures["start"], figures["browsers"]
    scenarios = figures["scenarios"]
    print("\nMore")
    views = scenarios["board"]["perSecond"] / scenarios["i"]["perSecond"] / KANBOARD_PER_FLOOR_I
    moves = (
        scenarios["move-c32"]["perSecond"]
        / scenarios["floor-move-c32"]["perSecond"]
        / MOVES_PER_FLOOR
    )
    print(
        f"  board views, derived from the floor: about {views:.0f} x the fastest peer of the reference run"
    )
    print(f"  durable moves, derived likewise:     about {moves:.0f} x")
    print(f"  memory of the web server after load: {figures['memoryMb']} MB (PSS)")
    print(
        f"  start to the first answer {start['startSeconds']} s; first board page of a process"
        f" {start['firstBoardMs']} ms, CPU {start['firstBoardCpuMs']} ms"
    )
    for live in figures["live"]:
        print(
            f"  live hints, {live['watchers']} watchers: median {live['medianMs']} ms,"
            f" p95 {live['p95Ms']} ms, longest {live['longestMs']} ms ({live['hints']} hints)"
        )
    asked = figures["refetch"]
    print(
        f"  {asked['watchers']} boards asking at once for what moved: median {asked['medianMs']} ms,"
        f" longest {asked['longestMs']} ms"
    )
    if browsers:
        print(
            f"  dragged card stored after {browsers['storedMedianMs']} ms (p95 {browsers['storedP95Ms']}), on the"
            f" other screen after {browsers['seenMedianMs']} ms (p95 {browsers['seenP95Ms']})"
        )
    else:
        print("  no Chromium: nothing measured in browsers")
