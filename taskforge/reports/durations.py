"""How long things take: cycle and lead time, time in column, the age of what is in progress, workload. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from taskforge.reports.days import Span
from taskforge.reports.figures import Figures, stated
from taskforge.reports.statistics import percentile, percentiles
from taskforge.reports.ways import DOING, DONE, IN_PROGRESS, TaskWay, Ways, summarise

MAX_POINTS = 5_000  # tasks that a report lists


def cycle_time(ways: Ways, span: Span) -> Figures:
    """The cycle and lead times of the tasks that were finished in a span, latest first, and their percentiles."""
    finished = _finished(ways, span)
    return {
        "points": [
            {
                "task_id": task.task_id,
                "finished_at": task.finished_at,
                "cycle_seconds": task.cycle_seconds,
                "lead_seconds": task.lead_seconds,
                "reopened": task.reopened,
                "is_deleted": task.is_deleted,
            }
            for task in finished[:MAX_POINTS]
        ],
        "omitted": max(0, len(finished) - MAX_POINTS),
        "finished": len(finished),
        "cycle": percentiles([task.cycle_seconds for task in finished]),
        "lead": percentiles([task.lead_seconds for task in finished]),
        **stated(finished),
    }


def ageing(ways: Ways, span: Span) -> Figures:
    """The tasks in progress at the instant, oldest first, against the cycle times of those finished in a span.

    ``exceeds`` is the highest of the percentiles that the age of a task is above, None where it is above none.
    """
    tasks = ways.tasks()
    cycle = percentiles([one.cycle_seconds for one in tasks if span.holds(one.finished_at)])
    now = [one for one in tasks if not one.is_deleted and one.status in IN_PROGRESS]
    now.sort(key=lambda one: (one.started_at or ways.at, one.task_id))
    points: list[Figures] = [
        {
            "task_id": one.task_id,
            "column_id": one.column_id,
            "status": one.status,
            "assignee_id": one.assignee_id,
            "age_seconds": age,
            "in_column_seconds": (ways.at - one.arrived_at).total_seconds(),
            "exceeds": max((share for share, value in cycle.items() if age > value), default=None),
        }
        for one in now
        if (age := _age(one, ways.at)) is not None
    ]
    return {
        "points": points[:MAX_POINTS],
        "omitted": max(0, len(points) - MAX_POINTS),
        DOING: len(points),
        "cycle": cycle,
        "finished": sum(span.holds(one.finished_at) for one in tasks),
        "columns": [
            {"id": one.column_id, "name": one.name, "status": one.status}
            for one in ways.columns
            if one.status in IN_PROGRESS and not one.is_deleted
        ],
    }


def time_in_column(ways: Ways, span: Span, *, by_column: bool) -> Figures:
    """How long the tasks that were finished in a span had been in each column, or had had each status, before.

    Time in the trash is not counted, and neither is what came after the last end. A task counts for a column that it
    was in at all.
    """
    spent: dict[str, list[float]] = {}
    number = 0
    for _, periods in ways.by_task():
        task = summarise(periods)
        if task.finished_at is None or not span.holds(task.finished_at):
            continue
        number += 1
        own: dict[str, float] = {}
        for period in periods:
            if period.is_deleted or period.left_at is None or period.entered_at >= task.finished_at:
                continue
            key = period.column_id if by_column else period.status
            lasted = (period.left_at - period.entered_at).total_seconds()
            own[key] = own.get(key, 0.0) + lasted
        for key, seconds in own.items():
            spent.setdefault(key, []).append(seconds)
    whole = sum(map(sum, spent.values()))
    return {
        "finished": number,
        "rows": [
            {
                "id": key,
                "name": name,
                "status": status,
                "tasks": len(spent.get(key, ())),
                "share": sum(spent.get(key, ())) / whole if whole else 0.0,
                **_times(spent.get(key, [])),
            }
            for key, name, status, is_deleted in ways.places(by_column=by_column)
            if not is_deleted or key in spent
        ],
    }


def workload(ways: Ways, span: Span) -> Figures:
    """What each person has at the instant, and has finished in a span; most in progress first.

    ``user_id`` is None for tasks that are nobody's. A finished task counts for whom it was assigned to when it was
    finished.
    """
    found: dict[str | None, dict[str, Any]] = {}
    for _, periods in ways.by_task():
        task = summarise(periods)
        if span.holds(task.finished_at):
            finisher = next(
                one for one in periods if one.entered_at == task.finished_at and one.status == DONE
            )
            _person(found, finisher.assignee_id)["finished"] += 1
        if task.is_deleted or task.status == DONE:
            continue
        person = _person(found, task.assignee_id)
        if task.status not in IN_PROGRESS:
            person["not_started"] += 1
            continue
        person[DOING] += 1
        age = _age(task, ways.at)
        if age is not None:
            person["oldest_seconds"] = max(person["oldest_seconds"] or 0.0, age)
    people = sorted(
        found.values(),
        key=lambda one: (
            -one[DOING],
            -one["not_started"],
            -one["finished"],
            one["user_id"] or "",
        ),
    )
    return {"people": people}


def _person(found: dict[str | None, dict[str, Any]], user_id: str | None) -> dict[str, Any]:
    empty = {"not_started": 0, DOING: 0, "finished": 0, "oldest_seconds": None}
    return found.setdefault(user_id, {"user_id": user_id, **empty})


def _finished(ways: Ways, span: Span) -> list[TaskWay]:
    found = [task for task in ways.tasks() if span.holds(task.finished_at)]
    return sorted(found, key=lambda task: (task.finished_at, task.task_id), reverse=True)


def _age(task: TaskWay, at: datetime) -> float | None:
    return None if task.started_at is None else (at - task.started_at).total_seconds()


def _times(seconds: Sequence[float]) -> Figures:
    ordered = sorted(seconds)
    if not ordered:
        return {"mean_seconds": None, "median_seconds": None, "p85_seconds": None}
    return {
        "mean_seconds": sum(ordered) / len(ordered),
        "median_seconds": percentile(ordered, 50),
        "p85_seconds": percentile(ordered, 85),
    }
