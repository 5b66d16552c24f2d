"""The reports, each declared once: name, title, what it shows, and the function that computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from taskforge.accounts.queries import list_display_names
from taskforge.reports import durations, figures, forecast
from taskforge.reports.asked import DEFAULT_DAYS, FORECAST_DAYS, Asked, read_asked
from taskforge.reports.figures import Figures
from taskforge.reports.reading import name_tasks, read_board, read_team, select
from taskforge.reports.ways import Ways
from taskforge.stores import sql
from taskforge.stores.actor import Actor

WEEKS = 12 * 7
NOBODY = "Nobody"


@dataclass(frozen=True)
class Report:
    """A report: its ``name`` in addresses, its ``title``, what it shows, and from how many days if nobody says."""

    name: str
    title: str
    about: str
    make: Callable[[Ways, Asked], Figures]
    days: int = DEFAULT_DAYS
    short_title: str = ""

    @property
    def short(self) -> str:
        """The title where there is little room."""
        return self.short_title or self.title


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A computed report. ``figures`` differ by report (docs/reports.md); instants are aware, days are dates.

    ``place`` is the board (`access_board`), None for those of a team.
    """

    report: Report
    asked: Asked
    figures: Figures
    place: sql.Row | None


def _all(*reports: Report) -> Mapping[str, Report]:
    return {report.name: report for report in reports}


REPORTS = _all(
    Report(
        "cumulative-flow",
        "Cumulative flow",
        "How many cards were in each column at the end of each day. Bands that widen are queues.",
        lambda ways, asked: figures.cumulative_flow(
            ways, asked.span, by_column=_by_column(ways, asked)
        ),
        short_title="Flow",
    ),
    Report(
        "cycle-time",
        "Cycle time",
        "How long each finished card took, from the first start to the last end.",
        lambda ways, asked: durations.cycle_time(ways, asked.span),
        WEEKS,
    ),
    Report(
        "throughput",
        "Throughput",
        "How many cards were finished in each week.",
        lambda ways, asked: figures.throughput(ways, asked.span, per=asked.per),
        WEEKS,
    ),
    Report(
        "ageing",
        "Ageing work",
        "How old the cards in progress are, beside how long finished ones took.",
        lambda ways, asked: durations.ageing(ways, asked.span),
        WEEKS,
        short_title="Ageing",
    ),
    Report(
        "time-in-column",
        "Time in column",
        "Where finished cards had spent their time: bars are medians, and 85 % stayed within the line.",
        lambda ways, asked: durations.time_in_column(
            ways, asked.span, by_column=_by_column(ways, asked)
        ),
        WEEKS,
    ),
    Report(
        "burndown",
        "Burn-down",
        "How many cards were left at the end of each day, and how many there were.",
        lambda ways, asked: figures.burndown(ways, asked.span),
    ),
    Report(
        "created-done",
        "Created and done",
        "How many cards came and how many were finished in each week.",
        lambda ways, asked: figures.created_done(ways, asked.span, per=asked.per),
        WEEKS,
    ),
    Report(
        "workload",
        "Workload",
        "What each person has in progress and, hatched, not started yet.",
        lambda ways, asked: durations.workload(ways, asked.span),
    ),
    Report(
        "forecast",
        "Forecast",
        "When the open cards will be done, if the coming weeks are like the past ones.",
        lambda ways, asked: forecast.forecast(
            ways, asked.span, count=asked.count, until=asked.until, seed=asked.seed
        ),
        FORECAST_DAYS,
    ),
)


def report_of_board(
    actor: Actor, report: Report, board_id: str, given: Mapping[str, str]
) -> Answer:
    """A report of the tasks of a board; `given` are the values that `read_asked` takes.

    Raises:
        NotFound: no such board, or the actor may not see it.
        InvalidInput: something is asked for that can't be.
        Unavailable: the board's log is being read.
    """
    asked = read_asked(given, days=report.days)
    board, ways = read_board(actor, board_id, asked.at)
    ways = _selected(actor, ways, asked)
    return Answer(
        report=report, asked=asked, figures=_named(report.make(ways, asked), ways), place=board
    )


def report_of_team(actor: Actor, report: Report, team_id: str, given: Mapping[str, str]) -> Answer:
    """A report of the tasks of all boards of a team that the actor sees, without archived ones; by status.

    Raises like `report_of_board`, of the team.
    """
    asked = read_asked(given, days=report.days)
    _, ways = read_team(actor, team_id, asked.at)
    ways = _selected(actor, ways, asked)
    return Answer(
        report=report, asked=asked, figures=_named(report.make(ways, asked), ways), place=None
    )


def overview_of_board(actor: Actor, board_id: str, given: Mapping[str, str]) -> list[Answer]:
    """All reports of a board, each of the time that it has by itself unless some is asked for. Raises as one does."""
    first = read_asked(given)
    board, ways = read_board(actor, board_id, first.at)
    return _overview(_selected(actor, ways, first), first, given, board)


def overview_of_team(actor: Actor, team_id: str, given: Mapping[str, str]) -> list[Answer]:
    """The same of the boards of a team."""
    first = read_asked(given)
    _, ways = read_team(actor, team_id, first.at)
    return _overview(_selected(actor, ways, first), first, given, None)


def _overview(
    ways: Ways, first: Asked, given: Mapping[str, str], place: sql.Row | None
) -> list[Answer]:
    answers = []
    for report in REPORTS.values():
        asked = replace(read_asked(given, days=report.days), at=first.at)
        figures_ = _named(report.make(ways, asked), ways)
        answers.append(Answer(report=report, asked=asked, figures=figures_, place=place))
    return answers


def _selected(actor: Actor, ways: Ways, asked: Asked) -> Ways:
    return ways if asked.query is None else select(actor, ways, asked.query, asked.zone)


def _by_column(ways: Ways, asked: Asked) -> bool:
    return asked.by_column and len(ways.board_ids) == 1 and bool(ways.columns)


def _named(found: Figures, ways: Ways) -> Figures:
    """Figures with the keys and titles of tasks, the names of columns and of people."""
    points: Sequence[dict[str, Any]] = found.get("points", ())
    people: Sequence[dict[str, Any]] = found.get("people", ())
    tasks = name_tasks(ways.board_ids, [one["task_id"] for one in points]) if points else {}
    ids = [one.get("assignee_id") for one in points] + [one["user_id"] for one in people]
    names = list_display_names(ids) if any(ids) else {}
    columns = {column.column_id: column.name for column in ways.columns}
    for point in points:
        task = tasks.get(point["task_id"], {})
        point |= {"key": task.get("key"), "title": task.get("title")}
        if "assignee_id" in point:
            point["assignee_name"] = names.get(point["assignee_id"])
            point["column_name"] = columns.get(point["column_id"])
    for person in people:
        person["name"] = names.get(person["user_id"], NOBODY)
    return found
