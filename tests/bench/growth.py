"""Whether a move costs more when the audit log is long: two systems at once, whose logs differ, take turns."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench import flows
from tests.bench.filling import QUICK_SIZES
from tests.bench.measuring import measure_in_turn
from tests.bench.scenario import Scenario
from tests.bench.stage import STORE, Stage, set_up

SHORT_LOG, LONG_LOG = "move-short-log", "move-long-log"
BOARD = 50


def measure_growth(
    stage: Stage, events: int, rounds: int, seconds: float
) -> dict[str, dict[str, Any]]:
    """What a move costs every process, with the log of `stage` and with one of `events` audit events (medians)."""
    folder = Path(tempfile.mkdtemp(prefix="taskforge-bench-long-"))
    try:
        with set_up(folder, QUICK_SIZES, replace(STORE, events=events)) as long:
            return measure_in_turn(
                [(stage, _moves(stage, SHORT_LOG)), (long, _moves(long, LONG_LOG))],
                rounds,
                seconds,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _moves(stage: Stage, name: str) -> Scenario:
    """All of them on one board, so that nothing but the log differs."""
    return Scenario(
        name,
        f"move, beside {stage.count_events():,} audit events",
        flows.moves(stage, [stage.boards[BOARD]]),
        fact="task.moved",
    )
