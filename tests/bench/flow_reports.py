"""What a report costs on a board with a long past, and how long the relay needs to read it.

    REPORTS_BENCH=100000 .venv/bin/python -m pytest -s -p no:xdist tests/bench/flow_reports.py

Each task has five events over a year: created, three moves, and done. For each report it says the processor time of
this process and of PostgreSQL, the best of three, in milliseconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask

from taskforge.reports import projection
from taskforge.reports.catalogue import REPORTS, report_of_board
from tests.factories import Person, make_team
from tests.stores.scene import read, write

EVENTS = int(os.environ.get("REPORTS_BENCH", "10000"))
STATUSES = ("backlog", "todo", "in_progress", "in_review", "done")
TICKS = os.sysconf("SC_CLK_TCK")
BACKENDS = "SELECT array_agg(pid) FROM pg_stat_activity WHERE application_name = 'taskforge'"
RANGE = {"from": "2025-06-01", "to": "2026-06-01"}


def test_what_reports_cost(app: Flask, ada: Person) -> None:
    team = make_team(ada)
    with app.app_context():
        fill(team.team_id, team.board_id, team.columns)
        began, spent = time.monotonic(), spent_seconds()
        while projection.has_due():
            projection.keep_transitions(seconds=60)
        spent = spent_seconds() - spent
        size = read("SELECT pg_total_relation_size('task_transitions') / 1024")
        rows = read("SELECT count(*) FROM task_transitions")
        print(
            f"\n{EVENTS} events, {rows} periods, {size} kB; read in {time.monotonic() - began:.1f} s"
        )
        print(
            f"{'processor ms':>20} {'here':>6} {'PostgreSQL':>10}   (reading: {spent * 1000:.0f} in all)"
        )
        for name in REPORTS:
            here, there = best(
                partial(report_of_board, ada.actor, REPORTS[name], team.board_id, RANGE)
            )
            print(f"{name:>20} {here * 1000:6.0f} {there * 1000:10.0f}")


def best(work: Callable[[], object]) -> tuple[float, float]:
    """The least processor time of three tries, here and in PostgreSQL."""
    tries = []
    for _ in range(3):
        here, all_ = time.process_time(), spent_seconds()
        work()
        here = time.process_time() - here
        tries.append((here, max(0.0, spent_seconds() - all_ - here)))
    return min(tries)


def spent_seconds() -> float:
    """The processor time of this process and of PostgreSQL's processes that serve it; of these in ticks of 10 ms."""
    ticks = 0
    for pid in read(BACKENDS):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / TICKS


def fill(team_id: str, board_id: str, columns: dict[str, str]) -> None:
    """Write the events of `EVENTS` / 5 tasks into the audit log, in the order of their instants, and no tasks."""
    steps = ", ".join(
        f"({step}, '{status}', '{columns[status]}', 'task.{'moved' if step else 'created'}')"
        for step, status in enumerate(STATUSES)
    )
    write(f"""
        INSERT INTO audit_logs (event_id, event, entity_type, entity_id, entity_version, action, action_timestamp,
                                new_state, team_id, board_id, board_seq)
        SELECT gen_random_uuid(), event, 'task', task_id, step + 1, 'move', at,
               jsonb_build_object('status', status, 'column_id', column_id), '{team_id}', '{board_id}',
               100 + row_number() OVER (ORDER BY at, task_id, step)
        FROM   (SELECT t.task_id, s.*,
                       timestamptz '2025-06-01' + (t.n * interval '1 year' / {EVENTS // 5})
                           + s.step * (1 + abs(hashint4(t.n)) % 5) * interval '7 hours' AS at
                FROM   (SELECT n, gen_random_uuid() AS task_id FROM generate_series(1, {EVENTS // 5}) n) t
                       CROSS JOIN (VALUES {steps}) AS s (step, status, column_id, event)) e
    """)
    write(f"UPDATE boards SET seq = 100 + {EVENTS} WHERE board_id = '{board_id}'")
    write("ANALYZE audit_logs")
