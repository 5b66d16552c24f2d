"""Figures computed in the slow and obvious way, straight from the audit log, to compare reports with.

Nothing of `taskforge.reports` is used: each figure asks for the state of all tasks at an instant, which is made anew
from the first event on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from taskforge.stores import sql

MINUTE = timedelta(minutes=1)
DONE, PROGRESS = ("done",), ("in_progress", "in_review")


@dataclass
class Log:
    """The events of a board in the order of their numbers, each with the instant from which it counts."""

    events: list[dict[str, Any]]

    def until(self, at: datetime) -> Log:
        return Log([event for event in self.events if event["at"] <= at])

    def states(self, task_id: str) -> list[tuple[datetime, dict[str, Any]]]:
        """The states of a task, each with the instant at which it began."""
        found: list[tuple[datetime, dict[str, Any]]] = []
        state: dict[str, Any] = {"deleted": False}
        for event in self.events:
            if event["entity_id"] == task_id and event["event"] != "task.purged":
                state = {**state, **(event["new_state"] or {})}
                found.append((event["at"], state))
        return found

    def task_ids(self) -> list[str]:
        return [one["entity_id"] for one in self.events if one["event"] == "task.created"]

    def living(self, at: datetime) -> list[dict[str, Any]]:
        """The tasks that were on the board just before an instant, with their fields."""
        found = []
        for task_id in self.task_ids():
            earlier = [state for began, state in self.states(task_id) if began < at]
            if earlier and not earlier[-1]["deleted"]:
                found.append(earlier[-1])
        return found


def read_log(board_id: str) -> Log:
    rows = sql.rows(
        text(
            "SELECT * FROM audit_logs WHERE board_id = :id AND entity_type = 'task' ORDER BY board_seq"
        ),
        {"id": board_id},
    )
    latest, events = datetime(1, 1, 1, tzinfo=UTC), []
    for row in rows:
        latest = max(latest, row["action_timestamp"])
        events.append({**row, "at": latest})
    return Log(events)


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The first minute of a day in a zone, looked for minute by minute, as a clock on the wall shows it."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while at.astimezone(zone).date() < day:
        at += MINUTE
    return at


def count_by(log: Log, day: date, zone: ZoneInfo, field: str) -> dict[str, int]:
    """How many tasks had each value of a field at the end of a day."""
    counts: dict[str, int] = {}
    for state in log.living(first_instant(day + timedelta(days=1), zone)):
        counts[state[field]] = counts.get(state[field], 0) + 1
    return counts


def life_of(log: Log, task_id: str) -> Mapping[str, Any]:
    """When a task was created, started and finished, whether it was reopened, and its last state."""
    states = [(at, state) for at, state in log.states(task_id)]
    on_board = [(at, state["status"]) for at, state in states if not state["deleted"]]
    started = [at for at, status in on_board if status in (*PROGRESS, *DONE)]
    finished = None
    if on_board[-1][1] in DONE:
        last_other = max(
            [place for place, (_, status) in enumerate(on_board) if status not in DONE], default=-1
        )
        finished = on_board[last_other + 1][0]
    pairs = pairwise(on_board)
    return {
        "task_id": task_id,
        "created": states[0][0],
        "started": started[0] if started else None,
        "finished": finished,
        "reopened": sum(one[1] in DONE and other[1] not in DONE for one, other in pairs),
        "state": states[-1][1],
    }


def nearest_rank(values: Sequence[float], share: int) -> float:
    """The value at which at least that share of all values is reached."""
    return next(
        value
        for value in sorted(values)
        if sum(one <= value for one in values) >= ceil(share * len(values) / 100)
    )


def seconds_in(log: Log, task_id: str, until: datetime, field: str) -> dict[str, float]:
    """How long a task had each value of a field before an instant, outside the trash."""
    states = log.states(task_id)
    spent: dict[str, float] = {}
    for (at, state), (following, _) in pairwise(states):
        if not state["deleted"] and at < until:
            lasted = (min(following, until) - at).total_seconds()
            spent[state[field]] = spent.get(state[field], 0.0) + lasted
    return {key: seconds for key, seconds in spent.items() if seconds}
