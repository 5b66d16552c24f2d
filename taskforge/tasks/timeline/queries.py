"""Reads of a board's timeline: the tasks whose bars lie in some weeks, and how many lie elsewhere.

A bar reaches from the start to the due date. A task that has only one of them is there; an open one that has started
and has no due date reaches to today. Days are the reader's: each bound is given as the instant at which the day begins
where they are, for moments with a time, and as its first instant in UTC, for days; so PostgreSQL needs no time zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from taskforge import clock
from taskforge.stores import sql
from taskforge.tasks.access import NAMED_BY, REFERENCE, SHOWN, task_rows
from taskforge.tasks.board.filters import CardFilter, filtered
from taskforge.tasks.queries import IS_OPEN, TASKS, moment_has_time
from taskforge.tasks.timeline.span import TimelineSpan

ROWS_PER_PAGE = 100


def _before(name: str, bound: str) -> str:
    """SQL of whether a moment of the task `k` lies before a bound; NULL without a moment."""
    instant = f"CAST(:{bound}_instant AS timestamptz)"
    day = f"CAST(:{bound}_day AS timestamptz)"
    return f"(k.{name} < CASE WHEN {moment_has_time(name)} THEN {instant} ELSE {day} END)"


# Either date may be the earlier one: the rule that a task starts before it is due came later than tasks.
_BEGINS_BEFORE_END = f"({_before('start_at', 'end')} IS TRUE OR {_before('due_at', 'end')} IS TRUE)"
_ENDS_IN_OR_BEHIND = f"""(
    {_before("start_at", "first")} IS FALSE OR {_before("due_at", "first")} IS FALSE
    OR (k.start_at IS NOT NULL AND k.due_at IS NULL AND {IS_OPEN} AND CAST(:is_past AS boolean) IS FALSE))"""
_IN_SPAN = f"({_BEGINS_BEFORE_END} AND {_ENDS_IN_OR_BEHIND})"
_IS_DATED = "(k.start_at IS NOT NULL OR k.due_at IS NOT NULL)"
_ON_BOARD = "k.board_id = :board_id AND k.deleted_at IS NULL"
_ORDER = "COALESCE(k.start_at, k.due_at), COALESCE(k.due_at, k.start_at), k.number"
_IS_EARLIER = f"{_IS_DATED} AND NOT {_ENDS_IN_OR_BEHIND}"
_IS_LATER = f"{_IS_DATED} AND NOT {_BEGINS_BEFORE_END}"


def _counts(fitting: str) -> str:
    return f"""
    SELECT count(*) FILTER (WHERE {_IN_SPAN}) AS shown,
           count(*) FILTER (WHERE {_IS_EARLIER}) AS earlier,
           max(GREATEST(k.start_at, k.due_at)) FILTER (WHERE {_IS_EARLIER}) AS earlier_at,
           count(*) FILTER (WHERE {_IS_LATER}) AS later,
           min(LEAST(k.start_at, k.due_at)) FILTER (WHERE {_IS_LATER}) AS later_at,
           count(*) FILTER (WHERE {IS_OPEN} AND NOT {_IS_DATED}) AS undated
    FROM   {TASKS}
    WHERE  {_ON_BOARD} AND {fitting}
    """


def _page(fitting: str, behind: str = "") -> str:
    return f"""
    SELECT {REFERENCE}, {SHOWN}
    FROM   (SELECT k.*
            FROM   {TASKS}
            WHERE  {_ON_BOARD} AND {_IN_SPAN} AND {fitting} {behind}
            ORDER  BY {_ORDER}
            LIMIT  CAST(:limit AS bigint)) k
           {NAMED_BY}
    ORDER  BY {_ORDER}
    """


def _next_page(fitting: str) -> str:
    place = f"SELECT {_ORDER} FROM {TASKS} WHERE k.task_id = CAST(:after AS uuid) AND {_ON_BOARD}"
    return _page(fitting, f"AND ({_ORDER}) > ({place})")


@dataclass(frozen=True)
class Timeline:
    """The first tasks in some weeks, by start and then by due date; how many there are, and how many lie elsewhere.

    ``earlier_at`` is when the last of the earlier ones ends, ``later_at`` when the first of the later ones begins.
    ``undated_count`` counts the open ones without a date.
    """

    tasks: Sequence[Mapping[str, Any]]
    count: int
    earlier_count: int
    earlier_at: datetime | None
    later_count: int
    later_at: datetime | None
    undated_count: int


def read_timeline(
    board_id: str, chosen: CardFilter, span: TimelineSpan, *, today: date
) -> Timeline:
    """The timeline of a board with its first `ROWS_PER_PAGE` tasks; the caller has checked access."""
    bounds = {**chosen.parameters(), "board_id": board_id, **_bounds(span, today)}
    row = sql.row(filtered(_counts, chosen), bounds)
    assert row is not None
    tasks = task_rows(filtered(_page, chosen), {**bounds, "limit": ROWS_PER_PAGE})
    return Timeline(
        tasks,
        row["shown"],
        row["earlier"],
        row["earlier_at"],
        row["later"],
        row["later_at"],
        row["undated"],
    )


def list_later_rows(
    board_id: str, chosen: CardFilter, span: TimelineSpan, *, today: date, after: str, limit: int
) -> list[dict[str, Any]]:
    """The next tasks behind the task `after`, where that stands now; the caller has checked access."""
    bounds = {**chosen.parameters(), "board_id": board_id, **_bounds(span, today)}
    return task_rows(filtered(_next_page, chosen), {**bounds, "after": after, "limit": limit})


def _bounds(span: TimelineSpan, today: date) -> dict[str, Any]:
    """The bounds of the weeks, and whether they all lie before today."""
    zone = clock.reader_zone()
    return {
        "first_instant": datetime.combine(span.first, time(), zone),
        "first_day": datetime.combine(span.first, time(), UTC),
        "end_instant": datetime.combine(span.end, time(), zone),
        "end_day": datetime.combine(span.end, time(), UTC),
        "is_past": today < span.first,
    }
