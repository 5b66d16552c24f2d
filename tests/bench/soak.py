"""`make soak`: half an hour of mixed load at half of what the machine can do; then nothing may have grown.

``make soak ARGS="--minutes 30"``. From minute 5 to the end the memory of every process stays within a tenth, queues
and tables do not grow, and every key of Redis has a time to live. Exits with 1 when something grew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import redis

from taskforge.messaging.queues import QUEUES
from tests.bench import flows
from tests.bench.filling import QUICK_SIZES
from tests.bench.load import Flow, run_closed_loop
from tests.bench.soak_verdicts import Sample, judge
from tests.bench.stage import Stage, set_up, write_json
from tests.bench.usage import children_of, memory_mb, memory_of_tree

CONNECTIONS = 8
# Of each second the clients ask for half, as fast as they can: half of what the machine can do.
BUSY_SECONDS = 0.5
SAMPLES = 90
WAITING = {
    "outbox": "SELECT count(*) FROM outbox",
    "notification intents": "SELECT (SELECT count(*) FROM notification_intents WHERE delivered_at IS NULL)"
    " + (SELECT count(*) FROM notification_fan_outs)",
    "unsealed facts": "SELECT (SELECT count(*) FROM audit_logs) - (SELECT count(*) FROM audit_chain)",
}
KEPT_ROWS = {
    "operations": "SELECT count(*) FROM operations",
    "outbox_redo": "SELECT count(*) FROM outbox_redo",
}
COUNT_WRITES = "SELECT count(*) FROM audit_logs"
STATUSES = (200, 204, 304)


def main(arguments: Sequence[str]) -> int:
    """Run, judge, print; the exit code."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--settle-minutes", type=float, default=5, help="until caches are full")
    parser.add_argument("--json", type=Path, default=Path(".data/soak.json"))
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="taskforge-soak-"))
    try:
        with set_up(folder, QUICK_SIZES) as stage:
            samples = run(stage, wanted.minutes * 60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_json(wanted.json, [{**asdict(each), "endless": sorted(each.endless)} for each in samples])
    problems = judge(samples, since_seconds=wanted.settle_minutes * 60)
    print("\n".join(problems) or "Nothing grew.")
    return 1 if problems else 0


def run(stage: Stage, seconds: float) -> list[Sample]:
    """The load, and how things stood `SAMPLES` times meanwhile."""
    flow, samples = _mixed(stage), []
    began = time.monotonic()
    asked: Counter[int] = Counter()
    while (passed := time.monotonic() - began) < seconds:
        load = run_closed_loop(
            stage.system.port, flow, connections=CONNECTIONS, seconds=BUSY_SECONDS
        )
        load.demand(*STATUSES)
        asked += load.statuses
        time.sleep(max(BUSY_SECONDS, load.seconds))
        if passed >= len(samples) * seconds / SAMPLES:
            samples.append(_look(stage, passed))
            _print(samples[-1], asked.total())
    return samples


def _mixed(stage: Stage) -> Flow:
    """What people do all day: mostly looking at boards and tasks, a tenth of it changes something."""
    board, small, other = (stage.boards[size] for size in QUICK_SIZES)
    view = flows.page(stage, f"/boards/{board.board_id}")
    task = flows.tasks(stage, board)
    listed = flows.api(stage, f"/api/tasks?boardId={board.board_id}&limit=50")
    move = flows.moves(stage, [board, small])
    rounds = [view, task, view, move, view, task, listed, view, task, view] * 5
    rounds[7], rounds[27] = flows.creates(stage, other), flows.comments(stage, small)
    turns: Counter[int] = Counter()

    def flow(connection: int, _turn: int) -> bytes:
        turns[connection] += 1
        turn = turns[connection] + 7 * connection
        return rounds[turn % len(rounds)](connection, turn)

    return flow


def _look(stage: Stage, seconds: float) -> Sample:
    def count(question: str) -> int:
        return int(stage.meter.ask(question)[0][0])

    with redis.Redis.from_url(stage.system.environment["REDIS_URL"]) as client:
        queues = {f"queue {name}": int(client.llen(f"rq:queue:{name}")) for name in QUEUES}
        endless = {key.decode() for key in client.scan_iter(count=1000) if client.ttl(key) == -1}
    return Sample(
        seconds=seconds,
        memory=_memory(stage),
        waiting={**{name: count(question) for name, question in WAITING.items()}, **queues},
        rows={name: count(question) for name, question in KEPT_ROWS.items()},
        writes=count(COUNT_WRITES),
        endless=frozenset(endless),
    )


def _memory(stage: Stage) -> dict[str, float]:
    found = {}
    for name, slot in stage.system.slots.items():
        assert slot.process is not None
        if name == "web":
            found["web master"] = memory_mb([slot.process.pid])
            for number, pid in enumerate(sorted(children_of(slot.process.pid)), start=1):
                found[f"web worker {number}"] = memory_mb([pid])
        else:
            found[name] = memory_of_tree(slot.process.pid)
    return found


def _print(sample: Sample, answers: int) -> None:
    memory = "  ".join(f"{name} {size:.0f}" for name, size in sample.memory.items())
    done = f"{answers:,} answers  {sample.writes:,} changes  {sum(sample.waiting.values())} waiting"
    print(f"{sample.seconds / 60:5.1f} min  {done} | MB: {memory}", flush=True)


if __name__ == "__main__":
    os.environ.pop("PORT", None)
    raise SystemExit(main(sys.argv[1:]))
