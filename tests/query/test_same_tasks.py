"""The language selects what a naive evaluation in Python selects, on random boards, for readers everywhere."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from taskforge import clock
from taskforge.ids import new_id
from taskforge.stores import sql
from taskforge.tasks.query.compiler import compile_query
from taskforge.tasks.query.parser import parse
from tests.factories import Person, Team, make_person, make_team
from tests.query.naive import draw_query
from tests.query.world import PRIORITIES, STATUSES, TAGS, TITLES, Reader, Task

ZONES = [ZoneInfo(name) for name in ("UTC", "Pacific/Auckland", "America/Los_Angeles")]
# Around midnights, a change to summer time, the ends of a month and of a year.
NOWS = [
    datetime.fromisoformat(at)
    for at in ("2026-03-08T09:30Z", "2026-06-30T23:10Z", "2026-12-31T12:00Z", "2026-11-29T00:00Z")
]
WORLDS, TASKS, QUERIES = 30, 20, 25
_FILL = text("INSERT INTO tasks SELECT * FROM jsonb_populate_recordset(NULL::tasks, :rows)")
_EMPTY = text("DELETE FROM tasks")


def draw_task(rng: Random, now: datetime, people: list[str]) -> Task:
    def moment() -> tuple[datetime, bool] | None:
        at = now + timedelta(hours=rng.randint(-400, 400))
        if rng.random() < 0.3:
            return None
        return (at, True) if rng.random() < 0.5 else (at.replace(hour=0, minute=0), False)

    return {
        "title": rng.choice(TITLES),
        "status": rng.choice(STATUSES),
        "priority": rng.choice(PRIORITIES),
        "assignee_id": rng.choice([*people, None]),
        "created_by": rng.choice(people),
        "due": moment(),
        "start": moment(),
        "created": (now - timedelta(hours=rng.randint(0, 400)), True),
        "updated": (now - timedelta(hours=rng.randint(0, 400)), True),
        "estimate": rng.choice([None, Decimal("0.5"), Decimal(3), Decimal(8)]),
        "tags": rng.sample(TAGS, k=rng.randint(0, 2)),
        "comment_count": rng.randint(0, 1),
        "attachment_count": rng.randint(0, 1),
        "checklist_total": rng.randint(0, 1),
    }


def as_row(task: Task, team: Team) -> dict[str, Any]:
    row = {name: value for name, value in task.items() if name not in STORED}
    for name, column in STORED.items():
        row[column] = task[name][0].isoformat() if task[name] else None
    for name in ("due", "start"):
        row[f"{name}_has_time"] = task[name][1] if task[name] else None
    row["estimate"] = None if task["estimate"] is None else str(task["estimate"])
    fixed = {"version": 1, "doc_version": 1, "doc_sha": "\\x00", "files": [], "files_version": 0}
    place = {"team_id": team.team_id, "board_id": team.board_id, "rank": "a0", "checklist_done": 0}
    return {**row, **fixed, **place}


STORED = {"due": "due_at", "start": "start_at", "created": "created_at", "updated": "updated_at"}


def test_sql_and_python_select_the_same_tasks(app: Flask, ada: Person) -> None:
    bob, gus = make_person(app, "Bob", "Jones"), make_person(app, "Gus", "Jones")
    team = make_team(ada, member=bob, guest=gus)
    with app.app_context():
        names = {
            row["user_id"]: row["display_name"]
            for row in sql.rows(text("SELECT user_id, display_name FROM users"))
        }
        prefix = sql.scalar(text("SELECT key_prefix FROM boards"))

    @settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**64))
    def check(seed: int) -> None:
        rng = Random(seed)
        now, zone = rng.choice(NOWS), rng.choice(ZONES)
        reader = Reader(ada.user_id, now, zone, names, team.columns, prefix)
        people = [ada.user_id, bob.user_id, gus.user_id]
        board = [draw_task(rng, now, people) for _ in range(TASKS)]
        for number, task in enumerate(board, start=1):
            task |= {"task_id": new_id(), "number": number}
            task["column_id"] = team.columns[task["status"]]
        said = [draw_query(rng, reader.today) for _ in range(QUERIES)]
        with app.app_context(), clock.frozen(now), clock.read_in(zone):
            found = select_by_sql([one.text for one in said], ada, board, team)
        for number, one in enumerate(said):
            naive = {task["task_id"] for task in board if one.fits(task, reader)}
            assert found[number] == naive, one.text

    check()


def select_by_sql(
    texts: list[str], person: Person, board: list[Task], team: Team
) -> list[set[str]]:
    """What each query selects, all of them in one statement."""
    sql.execute_now(_EMPTY)
    sql.execute_now(_FILL, {"rows": json.dumps([as_row(task, team) for task in board])})
    columns, parameters = [], {}
    for number, one in enumerate(texts):
        query = parse(one)
        assert parse(str(query)) == query
        made = compile_query(query, person.actor, at=clock.reader_time(), start=1 + len(parameters))
        columns.append(f"({made.sql}) AS fits_{number}")
        parameters |= made.parameters
    statement = text(f"SELECT k.task_id, {', '.join(columns)} FROM tasks k")
    rows = sql.rows(statement, parameters)
    return [
        {row["task_id"] for row in rows if row[f"fits_{number}"]} for number in range(len(texts))
    ]
