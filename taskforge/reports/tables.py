"""Each report as a table: for CSV files, and behind each chart. Pure.

A cell is a text, a number, a day, an instant in the zone of the report, or None. Durations are in hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from taskforge.reports.catalogue import Answer
from taskforge.reports.figures import Figures
from taskforge.reports.ways import DOING
from taskforge.text.csv_lines import BYTE_ORDER_MARK, csv_line

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Heads of columns, and rows of as many cells."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def table_of(answer: Answer) -> Table:
    """The figures of a report as a table."""
    return _TABLES[answer.report.name](answer.figures, answer.asked.zone)


def csv_lines(answer: Answer) -> Iterator[str]:
    """The lines of a CSV file. A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    table = table_of(answer)
    yield BYTE_ORDER_MARK + csv_line(table.heads)
    for row in table.rows:
        yield csv_line(row)


def _flow(found: Figures, _zone: ZoneInfo) -> Table:
    series = found["series"]
    rows = [
        [day.isoformat(), *(one["counts"][place] for one in series)]
        for place, day in enumerate(found["days"])
    ]
    return Table(["Day", *(one["name"] for one in series)], rows)


def _cycle(found: Figures, zone: ZoneInfo) -> Table:
    heads = [
        "Card",
        "Title",
        f"Finished ({zone.key})",
        "Cycle (h)",
        "Lead (h)",
        "Reopened",
        "In the trash",
    ]
    rows = [
        [
            point["key"],
            point["title"],
            _time(point["finished_at"], zone),
            _hours(point["cycle_seconds"]),
            _hours(point["lead_seconds"]),
            point["reopened"],
            "yes" if point["is_deleted"] else "",
        ]
        for point in found["points"]
    ]
    return Table(heads, rows)


def _throughput(found: Figures, _zone: ZoneInfo) -> Table:
    rows = [[part["day"].isoformat(), part["finished"]] for part in found["parts"]]
    return Table([_unit(found), "Finished"], rows)


def _created_done(found: Figures, _zone: ZoneInfo) -> Table:
    rows = [
        [part["day"].isoformat(), part["created"], part["finished"], part["difference"]]
        for part in found["parts"]
    ]
    return Table([_unit(found), "Created", "Finished", "Difference so far"], rows)


def _ageing(found: Figures, _zone: ZoneInfo) -> Table:
    heads = [
        "Card",
        "Title",
        "Column",
        "Assignee",
        "Age (h)",
        "In this column (h)",
        "Older than % of finished",
    ]
    rows = [
        [
            point["key"],
            point["title"],
            point["column_name"] or point["status"],
            point["assignee_name"],
            _hours(point["age_seconds"]),
            _hours(point["in_column_seconds"]),
            point["exceeds"],
        ]
        for point in found["points"]
    ]
    return Table(heads, rows)


def _time_in_column(found: Figures, _zone: ZoneInfo) -> Table:
    heads = [
        "Column",
        "Cards",
        "Share of all time (%)",
        "Mean (h)",
        "Median (h)",
        "85 % within (h)",
    ]
    rows = [
        [
            row["name"],
            row["tasks"],
            round(100 * row["share"], 1),
            *(_hours(row[name]) for name in ("mean_seconds", "median_seconds", "p85_seconds")),
        ]
        for row in found["rows"]
    ]
    return Table(heads, rows)


def _burndown(found: Figures, _zone: ZoneInfo) -> Table:
    rows = [
        [day["day"].isoformat(), day["remaining"], day["done"], day["total"], round(ideal, 1)]
        for day, ideal in zip(found["days"], found["ideal"], strict=False)
    ]
    return Table(["Day", "Left", "Done", "All", "Straight way"], rows)


def _workload(found: Figures, _zone: ZoneInfo) -> Table:
    heads = ["Person", "In progress", "Not started", "Finished", "Oldest in progress (h)"]
    rows = [
        [
            one["name"],
            one[DOING],
            one["not_started"],
            one["finished"],
            _hours(one["oldest_seconds"]),
        ]
        for one in found["people"]
    ]
    return Table(heads, rows)


def _forecast(found: Figures, _zone: ZoneInfo) -> Table:
    rows: list[list[Cell]] = [
        [
            f"{found['count']} cards",
            f"{one['share']} %",
            one["day"].isoformat() if one["day"] else "later",
        ]
        for one in found["when"] or ()
    ]
    rows += [
        [f"by {found['until'].isoformat()}", f"{one['share']} %", one["count"]]
        for one in found["how_many"] or ()
    ]
    rows += [
        ["trials that ended in the week from", one["day"].isoformat(), one["trials"]]
        for one in found["spread"]
    ]
    rows += [["finished on", one["day"].isoformat(), one["finished"]] for one in found["history"]]
    return Table(["What", "With", "Result"], rows)


def _unit(found: Figures) -> str:
    return {"day": "Day", "week": "Week from", "month": "Month from"}[found["per"]]


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 2)


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


_TABLES: Mapping[str, Callable[[Figures, ZoneInfo], Table]] = {
    "cumulative-flow": _flow,
    "cycle-time": _cycle,
    "throughput": _throughput,
    "ageing": _ageing,
    "time-in-column": _time_in_column,
    "burndown": _burndown,
    "created-done": _created_done,
    "workload": _workload,
    "forecast": _forecast,
}
