"""A week of a team: what was finished, started and came in, what is stuck, and how the forecast has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from taskforge import clock
from taskforge.accounts.queries import list_display_names
from taskforge.reports.asked import FORECAST_DAYS
from taskforge.reports.days import DAY, Span, first_day_of
from taskforge.reports.figures import Figures
from taskforge.reports.forecast import LEAST_FINISHED, SEED, forecast
from taskforge.reports.reading import name_tasks, read_team
from taskforge.reports.statistics import percentiles
from taskforge.reports.ways import DONE, IN_PROGRESS, TaskWay, Ways, cut
from taskforge.stores.actor import Actor
from taskforge.teams.access import Membership, access_team

MAX_LISTED = 40  # tasks of one list
STUCK_AFTER = timedelta(days=7)  # in one column
LATE_SHARE = 85


@dataclass(frozen=True, kw_only=True)
class TeamWeek:
    """A team's week, up to its end or to now.

    ``lists`` are by name: finished, started, arrived and stuck; each has the ``count`` and at most 40 ``tasks`` with
    their names. ``before`` and ``after`` are the days by which 85 % of trials have finished what is open, at the
    beginning of the week and at the instant; None where nothing can be foretold.
    """

    membership: Membership
    span: Span
    at: datetime
    is_running: bool
    lists: dict[str, Figures]
    open_before: int
    open_after: int
    before: date | None
    after: date | None


def read_week(actor: Actor, team_id: str, day: date | None) -> TeamWeek:
    """The week of a day in the reader's zone and by their first day of the week; of today without one.

    It is of the boards of the team that the actor sees, without archived ones.

    Raises:
        NotFound: no such team, or the actor may not see it.
    """
    membership = access_team(actor.user_id, team_id)
    now, zone = clock.now(), clock.reader_zone()
    today = now.astimezone(zone).date()
    first = first_day_of(min(day or today, today), "week", clock.reader_week_start())
    span = Span(first, first + 6 * DAY, zone, clock.reader_week_start())
    at = min(now, span.end - timedelta(milliseconds=1))
    _, ways = read_team(actor, team_id, at)
    tasks = ways.tasks()
    earlier = Ways(span.start, cut(ways.periods, span.start), board_ids=ways.board_ids)
    return TeamWeek(
        membership=membership,
        span=span,
        at=at,
        is_running=at == now,
        lists=_named(ways, _lists(tasks, span, at)),
        open_before=_count_open(earlier.tasks()),
        open_after=_count_open(tasks),
        before=_foretold(earlier, span),
        after=_foretold(ways, span),
    )


def _lists(tasks: Sequence[TaskWay], span: Span, at: datetime) -> dict[str, list[TaskWay]]:
    past = Span(span.day_of(at) - (FORECAST_DAYS - 1) * DAY, span.day_of(at), span.zone)
    took = [one.cycle_seconds for one in tasks if past.holds(one.finished_at)]
    cycle = percentiles(took) if len(took) >= LEAST_FINISHED else {}

    def is_stuck(task: TaskWay) -> bool:
        if task.is_deleted or task.status not in IN_PROGRESS or task.started_at is None:
            return False
        age = (at - task.started_at).total_seconds()
        return at - task.arrived_at >= STUCK_AFTER or (bool(cycle) and age > cycle[LATE_SHARE])

    return {
        "finished": _latest(tasks, lambda one: one.finished_at, span),
        "started": _latest(tasks, lambda one: one.started_at if one.status != DONE else None, span),
        "arrived": _latest(tasks, lambda one: None if one.is_deleted else one.created_at, span),
        "stuck": sorted(
            filter(is_stuck, tasks), key=lambda one: (one.started_at or at, one.task_id)
        ),
    }


def _latest(
    tasks: Sequence[TaskWay], instant: Callable[[TaskWay], datetime | None], span: Span
) -> list[TaskWay]:
    found = [(at, task.task_id, task) for task in tasks if (at := instant(task)) and span.holds(at)]
    return [task for _, _, task in sorted(found, key=lambda one: one[:2], reverse=True)]


def _named(ways: Ways, lists: dict[str, list[TaskWay]]) -> dict[str, Figures]:
    shown = {name: tasks[:MAX_LISTED] for name, tasks in lists.items()}
    all_ = [task for tasks in shown.values() for task in tasks]
    names = name_tasks(ways.board_ids, [task.task_id for task in all_]) if all_ else {}
    people = list_display_names({task.assignee_id for task in all_}) if all_ else {}
    found: dict[str, Figures] = {}
    for name, tasks in shown.items():
        rows: list[dict[str, Any]] = [
            {
                **names[task.task_id],
                "assignee_name": people.get(task.assignee_id or ""),
                "age_seconds": (ways.at - (task.started_at or ways.at)).total_seconds(),
                "cycle_seconds": task.cycle_seconds if task.finished_at else None,
            }
            for task in tasks
            if task.task_id in names
        ]
        found[name] = {"count": len(lists[name]), "tasks": rows}
    return found


def _count_open(tasks: Sequence[TaskWay]) -> int:
    return sum(not one.is_deleted and one.status != DONE for one in tasks)


def _foretold(ways: Ways, span: Span) -> date | None:
    last = span.day_of(ways.at)
    past = Span(last - FORECAST_DAYS * DAY, last - DAY, span.zone)
    found = forecast(ways, past, count=None, until=None, seed=SEED)
    days = {one["share"]: one["day"] for one in found["when"] or ()}
    return days.get(LATE_SHARE)
