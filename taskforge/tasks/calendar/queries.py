"""Reads of a board's calendar: the first tasks of each day, how many there are, and those without a date.

Two statements, whatever the number of tasks: each looks at the tasks of the board that fit, and looks names up for
those that are shown. Days are the reader's: where each begins is given, so that PostgreSQL needs no time zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text

from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN, task_rows
from taskforge.tasks.board.filters import CardFilter, filtered
from taskforge.tasks.calendar.span import Span
from taskforge.tasks.queries import IS_OPEN, TASKS, join_task, moment_has_time

MAX_UNDATED = 20
_HAS_TIME = moment_has_time("due_at")


def _dated(fitting: str) -> str:
    return f"""
    WITH dated AS (
        SELECT k.task_id, {_HAS_TIME} AS has_time, k.due_at, k.number, {IS_OPEN} AS is_open,
               CASE WHEN {_HAS_TIME}
                    THEN width_bucket(k.due_at, CAST(:starts AS timestamptz[])) - 1
                    ELSE CAST(k.due_at AT TIME ZONE 'UTC' AS date) - CAST(:first AS date)
               END AS day
        FROM   {TASKS}
        WHERE  k.board_id = :board_id AND k.deleted_at IS NULL AND {fitting}
               AND k.due_at >= CAST(:since AS timestamptz) AND k.due_at < CAST(:until AS timestamptz)
    ), placed AS (
        SELECT task_id, day, count(*) OVER (PARTITION BY day) AS day_count,
               row_number() OVER (PARTITION BY day ORDER BY is_open DESC, has_time, due_at, number) AS place
        FROM   dated
        WHERE  day >= 0 AND day < CAST(:days AS integer)
    )
    SELECT {REFERENCE}, {SHOWN}, p.day, p.day_count
    FROM   placed p
           {join_task("p.task_id")}
           {NAMED_BY}
    WHERE  p.place <= CAST(:limit AS bigint)
    ORDER  BY p.day, p.place
    """


def _undated(fitting: str) -> str:
    return f"""
    SELECT {REFERENCE}, {SHOWN}, k.undated
    FROM   (SELECT k.*, count(*) OVER () AS undated
            FROM   {TASKS}
            WHERE  k.board_id = :board_id AND {IS_OPEN} AND k.due_at IS NULL AND {fitting}
            ORDER  BY k.number DESC
            LIMIT  CAST(:limit AS bigint)) k
           {NAMED_BY}
    ORDER  BY k.number DESC
    """


_ONE = text(f"""
    SELECT {REFERENCE}, {SHOWN}
    FROM   {TASKS}
           {NAMED_BY}
    WHERE  k.board_id = :board_id AND k.task_id = CAST(:task_id AS uuid) AND k.deleted_at IS NULL
""")


@dataclass(frozen=True)
class Calendar:
    """The first tasks of each day that has any, how many it has, and open tasks without a date, latest first."""

    tasks: Mapping[date, Sequence[Mapping[str, Any]]]
    counts: Mapping[date, int]
    undated: Sequence[Mapping[str, Any]]
    undated_count: int


def read_calendar(board_id: str, chosen: CardFilter, span: Span, *, each: int) -> Calendar:
    """The calendar of a board, with at most `each` tasks a day; the caller has checked access."""
    parameters = {**chosen.parameters(), "board_id": board_id}
    tasks: dict[date, list[Mapping[str, Any]]] = {}
    counts: dict[date, int] = {}
    for row in task_rows(filtered(_dated, chosen), {**parameters, **_bounds(span), "limit": each}):
        day = span.first + timedelta(days=row["day"])
        tasks.setdefault(day, []).append(row)
        counts[day] = row["day_count"]
    undated = task_rows(filtered(_undated, chosen), {**parameters, "limit": MAX_UNDATED})
    return Calendar(tasks, counts, undated, undated[0]["undated"] if undated else 0)


def find_entry(board_id: str, task_id: str) -> Mapping[str, Any] | None:
    """One task of a board as a calendar shows it; the caller has checked access."""
    return next(iter(task_rows(_ONE, {"board_id": board_id, "task_id": task_id})), None)


def _bounds(span: Span) -> dict[str, Any]:
    """The instants at which the days begin, and the ones between which all that can be theirs lies."""
    starts, day = span.starts, timedelta(days=1)
    first = datetime.combine(span.first, time(), UTC)
    return {
        "starts": starts,
        "first": span.first,
        "days": span.day_count,
        "since": min(starts[0], first),
        "until": max(starts[-1], first + span.day_count * day),
    }
