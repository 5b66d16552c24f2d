"""The ways of tasks that a report is computed from, and what became of each task. Pure: it asks no store.

Definitions (docs/reports.md): a task is *created* with its first period. It has *started* when it is first seen in
progress or later, and is *finished* when it last came into a column that stands for "done", if it is done still: one
that was reopened counts to the last time. In the trash it keeps what it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from taskforge.boards.statuses import STATUS_NAMES, Status
from taskforge.reports.transitions import Period

IN_PROGRESS = (Status.IN_PROGRESS.value, Status.IN_REVIEW.value)
STARTED = (*IN_PROGRESS, Status.DONE.value)
DONE = Status.DONE.value
DOING = Status.IN_PROGRESS.value  # also the name of a count of tasks in progress


@dataclass(frozen=True)
class ReportColumn:
    """A column of a board as it was at the instant of a report; deleted ones are listed with those that were there."""

    column_id: str
    name: str
    status: str
    rank: str
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class TaskWay:
    """What became of a task up to the instant of a report.

    ``column_id``, ``status``, ``assignee_id`` and ``is_deleted`` are the last ones. ``arrived_at`` is when it last came
    into its column, or out of the trash. ``reopened`` is how often it came out of "done".
    """

    task_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    arrived_at: datetime
    reopened: int
    column_id: str
    status: str
    assignee_id: str | None
    is_deleted: bool

    @property
    def cycle_seconds(self) -> float:
        """From the first start to the last end; of a finished task."""
        assert self.finished_at is not None
        assert self.started_at is not None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def lead_seconds(self) -> float:
        """From the creation to the last end; of a finished task."""
        assert self.finished_at is not None
        return (self.finished_at - self.created_at).total_seconds()


@dataclass(frozen=True)
class Ways:
    """The periods of some tasks up to an instant, task by task, each in its order.

    ``columns`` are those of the board then, from left to right; none where they are of several boards.
    """

    at: datetime
    periods: Sequence[Period]
    columns: Sequence[ReportColumn] = ()
    board_ids: Sequence[str] = ()

    def by_task(self) -> Iterator[tuple[str, list[Period]]]:
        """Each task with its periods."""
        for task_id, found in groupby(self.periods, itemgetter(0)):
            yield task_id, list(found)

    def tasks(self) -> list[TaskWay]:
        """What became of each task."""
        return [summarise(periods) for _, periods in self.by_task()]

    def places(self, *, by_column: bool) -> list[tuple[str, str, str, bool]]:
        """Each column, or else status: its id, name and status, and whether it is deleted."""
        if not by_column:
            return [(status, label, status, False) for status, label in STATUS_NAMES.items()]
        return [(one.column_id, one.name, one.status, one.is_deleted) for one in self.columns]


def summarise(periods: Sequence[Period]) -> TaskWay:
    """What became of a task; `periods` are all of its, in their order."""
    first, last = periods[0], periods[-1]
    started_at = finished_at = None
    arrived_at, reopened, was_done, column_id = first.entered_at, 0, False, None
    for _, _, _, column, status, _, is_deleted, entered_at, _ in periods:
        if is_deleted:
            column_id = None  # it comes back into its column
            continue
        if column != column_id:
            arrived_at, column_id = entered_at, column
        if status in STARTED:
            started_at = started_at or entered_at
        if status == DONE:
            finished_at = finished_at if was_done else entered_at
            was_done = True
        elif was_done:
            finished_at, was_done = None, False
            reopened += 1
    return TaskWay(
        last.task_id,
        first.entered_at,
        started_at,
        finished_at,
        arrived_at,
        reopened,
        last.column_id,
        last.status,
        last.assignee_id,
        last.is_deleted,
    )


def cut(periods: Sequence[Period], at: datetime) -> list[Period]:
    """Those that had begun by an instant, as they were then: one that ended later lasts."""
    return [
        period if period[8] is None or period[8] <= at else period._replace(left_at=None)
        for period in periods
        if period[7] <= at
    ]
