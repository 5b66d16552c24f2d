"""What `make bench` prints: one table of what was measured, one of the gates, and a few sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.gates import Figures, Verdict
from tests.bench.meter import MONGODB, OWN, POSTGRESQL, REDIS, ROLES, STORES

NAME_WIDTH = 46
SHORT = {POSTGRESQL: "PG", MONGODB: "Mongo", REDIS: "Redis"}
COLUMNS = (
    ("per s", "perSecond", 8, 0),
    ("p50", "p50Ms", 7, 1),
    ("p95", "p95Ms", 7, 1),
    *((SHORT.get(role, role), f"cpuMs {role}", 8, 2) for role in ROLES),
    ("all", "cpuMs", 8, 2),
    ("PG", f"asked {POSTGRESQL}", 7, 1),
    ("Redis", f"asked {REDIS}", 7, 1),
    ("Mongo", f"asked {MONGODB}", 7, 1),
)
HEAD = (
    f"{'':<{NAME_WIDTH}}{'':>8}{'ms':>14} |{'CPU ms of one request, by process':^48} |{'asked by all':^21} |"
    f"{'own trips':>10}{'bytes':>8}"
)


def print_table(scenarios: Mapping[str, Mapping[str, Any]], idle: Mapping[str, float]) -> None:
    """Print what each scenario measured, and what an idle second costs.

    "Asked by all" counts statements and commands of every process, "own trips" those round trips for which the
    answer had to wait (PostgreSQL + Redis + MongoDB).
    """
    print(f"\n{HEAD}")
    print(f"{'':<{NAME_WIDTH}}" + _cells({key: title for title, key, _, _ in COLUMNS}))
    for name, found in scenarios.items():
        mark = "floor " if found["isFloor"] else ""
        label = f"{mark}{name.removeprefix('floor-')}: {found['title']}"[: NAME_WIDTH - 1]
        print(
            f"{label:<{NAME_WIDTH}}{_cells(found)}{found.get('trips', ''):>10}{found['bytes']:>8,.0f}"
        )
    print(f"{'a second in which nobody asks':<{NAME_WIDTH}}{_cells(idle)}")


def print_gates(verdicts: Sequence[Verdict]) -> None:
    """Print how the gates stand."""
    print("\nGates (ratios and figures of this run)")
    for verdict in verdicts:
        gate = verdict.gate
        mark, sign = "holds " if verdict.holds else "MISSED", "≥" if gate.at_least else "≤"
        print(f"  {mark}  {gate.title:<46} {verdict.value:>10,.2f}  ({sign} {gate.limit:,g})")


def print_rest(figures: Figures) -> None:
    """Print what else was measured."""
    print("\nMore")
    memory = figures["memory"]
    each = ", ".join(f"{role} {memory[role]:.0f}" for role in (*OWN, *STORES))
    print(f"  memory after load, MB (PSS): {each}")
    print(f"  first board page of a process: {figures['start']['firstBoardMs']:.0f} ms,"
          f" CPU {figures['start']['firstBoardCpuMs']:.0f} ms; start {figures['start']['seconds']:.2f} s")  # fmt: skip
    for live in figures["live"]:
        print(
            f"  live hints, {live['watchers']} watchers: median {live['medianMs']} ms, p95 {live['p95Ms']} ms,"
            f" longest {live['longestMs']} ms; CPU of a move with them {live['cpuMs']:.1f} ms"
        )
    asked = figures["refetch"]
    print(
        f"  {asked['watchers']} boards asking at once for what moved: median {asked['medianMs']} ms,"
        f" longest {asked['longestMs']} ms"
    )
    for name in ("first-load-bench", "first-load-demo"):
        if name in figures:
            _print_load(name, figures[name])
    if browsers := figures["browsers"]:
        print(
            f"  dragged card stored after {browsers['storedMedianMs']} ms (p95 {browsers['storedP95Ms']}), on the"
            f" other screen after {browsers['seenMedianMs']} ms (p95 {browsers['seenP95Ms']})"
        )
    else:
        print("  no Chromium: nothing measured in browsers")


def _print_load(name: str, load: Mapping[str, Any]) -> None:
    what = f"{load['cards']:.0f} cards, {load['bytes']:,.0f} bytes, {load['requests']:.0f} requests"
    when = f"all visible after {load['visible_ms']:.0f} ms, main thread {load['main_thread_ms']:.0f} ms"
    print(f"  {name}: {what}; {when}, layout shift {load['layout_shift']}")


def _cells(found: Mapping[str, Any]) -> str:
    cells = []
    for position, (_, key, width, digits) in enumerate(COLUMNS):
        bar = " |" if position in (3, 9) else ""
        value = found.get(key, "")
        text = value if isinstance(value, str) else f"{value:,.{digits}f}"
        cells.append(f"{bar}{text:>{width}}")
    return "".join(cells) + " |"
