"""Counts over time: cumulative flow, throughput, created against done, burn-down. Pure.

Each takes the `Ways` of tasks up to the instant of the report, and the span of days that is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Any

from taskforge.reports.days import Span
from taskforge.reports.ways import DONE, TaskWay, Ways

Figures = dict[str, Any]


def cumulative_flow(ways: Ways, span: Span, *, by_column: bool) -> Figures:
    """How many tasks were in each column, or had each status, at the end of each day; today as it is at the instant.

    ``series`` are from left to right, those of a board's deleted columns only where a task was in them.
    """
    ends = span.ends_of_days(ways.at)
    changes: dict[str, list[int]] = {}
    for period in ways.periods:
        if period[6]:
            continue
        counted = changes.setdefault(period[3] if by_column else period[4], [0] * (len(ends) + 1))
        counted[bisect_right(ends, period[7])] += 1
        if period[8] is not None:
            counted[bisect_right(ends, period[8])] -= 1
    series = []
    for place_id, name, status, is_deleted in ways.places(by_column=by_column):
        counts = _accumulated(changes.get(place_id, [0] * (len(ends) + 1)))
        if not is_deleted or any(counts):
            series.append({"id": place_id, "name": name, "status": status, "counts": counts})
    return {"days": span.days[: len(ends)], "series": series, **_came_and_went(ways, span)}


def throughput(ways: Ways, span: Span, *, per: str) -> Figures:
    """How many tasks were finished in each day, week or month."""
    finished = [task for task in ways.tasks() if span.holds(task.finished_at)]
    counts = Counter(span.part_of(task.finished_at, per) for task in finished if task.finished_at)
    return {
        "per": per,
        "parts": [{"day": day, "finished": counts[day]} for day in span.parts(per)],
        "finished": len(finished),
        **stated(finished),
    }


def created_done(ways: Ways, span: Span, *, per: str) -> Figures:
    """How many tasks were created and how many finished in each day, week or month, and the sum of the difference."""
    tasks = ways.tasks()
    created = [task for task in tasks if span.holds(task.created_at)]
    finished = [task for task in tasks if span.holds(task.finished_at)]
    begun = Counter(span.part_of(task.created_at, per) for task in created)
    ended = Counter(span.part_of(task.finished_at, per) for task in finished if task.finished_at)
    parts, difference = [], 0
    for day in span.parts(per):
        difference += begun[day] - ended[day]
        parts.append(
            {"day": day, "created": begun[day], "finished": ended[day], "difference": difference}
        )
    return {
        "per": per,
        "parts": parts,
        "created": len(created),
        "created_and_deleted": sum(task.is_deleted for task in created),
        "finished": len(finished),
        **stated(finished),
    }


def burndown(ways: Ways, span: Span) -> Figures:
    """How many tasks there were, and how many were done, at the end of each day; and the straight way to none.

    ``start`` is how many were not done at the beginning of the first day, from where the straight way leads to 0 at the
    end of the last one. A day that has not begun at the instant has no counts.
    """
    ends = span.ends_of_days(ways.at)
    instants = [span.start, *ends]
    total, done = [0] * (len(instants) + 1), [0] * (len(instants) + 1)
    for period in ways.periods:
        if period[6]:
            continue
        begin = bisect_right(instants, period[7])
        end = None if period[8] is None else bisect_right(instants, period[8])
        for counted in (total, done) if period[4] == DONE else (total,):
            counted[begin] += 1
            if end is not None:
                counted[end] -= 1
    totals, dones = _accumulated(total), _accumulated(done)
    start = totals[0] - dones[0]
    days = [
        {"day": day, "total": all_, "done": finished, "remaining": all_ - finished}
        for day, all_, finished in zip(span.days, totals[1:], dones[1:], strict=False)
    ]
    return {
        "start": start,
        "days": days,
        "ideal": [start * (1 - step / len(span)) for step in range(1, len(span) + 1)],
        **_came_and_went(ways, span),
    }


def stated(finished: Sequence[TaskWay]) -> Figures:
    """What is to be known of the finished tasks that a figure counts: how many are odd, and why."""
    return {
        "in_trash": sum(task.is_deleted for task in finished),
        "reopened": sum(task.reopened > 0 for task in finished),
        "straight_to_done": sum(task.started_at == task.finished_at for task in finished),
    }


def _accumulated(changes: Sequence[int]) -> list[int]:
    """The sums of changes, without the last one, which is behind the end."""
    found, count = [], 0
    for change in changes[:-1]:
        count += change
        found.append(count)
    return found


def _came_and_went(ways: Ways, span: Span) -> Figures:
    """How many tasks were created, put into the trash and taken out of it in a span."""
    created = restored = deleted = 0
    last: tuple[str, bool] | None = None
    for period in ways.periods:
        is_first = last is None or last[0] != period[0]
        if span.holds(period[7]):
            created += is_first
            if not is_first and last is not None and last[1] != period[6]:
                deleted += period[6]
                restored += not period[6]
        last = (period[0], period[6])
    return {"created": created, "deleted": deleted, "restored": restored}
