"""What the pages of reports show: charts in two widths, a sentence, the table behind, the form, and the ways on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for

from taskforge.reports.catalogue import REPORTS, Answer, Report
from taskforge.reports.days import Span
from taskforge.reports.sentences import note, say
from taskforge.reports.tables import table_of
from taskforge.reports.ways import DOING
from taskforge.web.reports.charts import durations, over_time
from taskforge.web.reports.charts.plot import Plot

WIDE, NARROW, SMALL = (760.0, 320.0), (350.0, 280.0), (330.0, 150.0)
MAX_ROWS = 500  # of the table on the page; the file has them all
RANGES = ((28, "4 weeks"), (84, "12 weeks"), (182, "Half a year"), (364, "A year"))
NAMES = ("from", "to", "asOf", "q", "per", "by", "count", "until")
_OF_ONE: Mapping[str, tuple[str, ...]] = {
    "throughput": ("per",),
    "created-done": ("per",),
    "cumulative-flow": ("by",),
    "time-in-column": ("by",),
    "forecast": ("count", "until"),
}
_DRAW: Mapping[str, Callable[[Any, Plot, Span], None]] = {
    "cumulative-flow": lambda found, plot, _: over_time.draw_flow(found, plot),
    "cycle-time": durations.draw_cycle_time,
    "throughput": lambda found, plot, _: over_time.draw_throughput(found, plot),
    "ageing": lambda found, plot, _: durations.draw_ageing(found, plot),
    "time-in-column": lambda found, plot, _: durations.draw_time_in_column(found, plot),
    "burndown": lambda found, plot, _: over_time.draw_burndown(found, plot),
    "created-done": lambda found, plot, _: over_time.draw_created_done(found, plot),
    "workload": lambda found, plot, _: durations.draw_workload(found, plot),
    "forecast": lambda found, plot, _: over_time.draw_forecast(found, plot),
}


@dataclass(frozen=True)
class Place:
    """Of what reports are: the endpoints of its pages, and the id that they take."""

    kind: str
    place_id: str

    def address(self, page: str, **given: Any) -> str:
        """The address of one of its pages: ``index``, ``show`` or ``download``."""
        named: dict[str, Any] = {f"{self.kind}_id": self.place_id, **given}
        return url_for(f"reports.{self.kind}_{page}", **named)


def draw(answer: Answer, size: tuple[float, float]) -> Plot | None:
    """The chart of a report; None where there is nothing to draw."""
    found = answer.figures
    if _is_empty(found, answer.report.name):
        return None
    found["axis"] = answer.asked.span.days
    for point in found.get("points", ()):
        point["href"] = url_for("tasks.show", task_id=point["task_id"]) if point["key"] else ""
    plot = Plot(*size)
    _DRAW[answer.report.name](found, plot, answer.asked.span)
    return plot


def show_report(answer: Answer, place: Place, given: Mapping[str, str]) -> dict[str, Any]:
    """A report as its page shows it."""
    table = table_of(answer)
    chosen = {name: value for name, value in given.items() if value}
    return {
        "sentence": say(answer),
        "note": note(answer.figures),
        "wide": draw(answer, WIDE),
        "narrow": draw(answer, NARROW),
        "table": table,
        "rows": table.rows[:MAX_ROWS],
        "omitted_rows": max(0, len(table.rows) - MAX_ROWS),
        "omitted": answer.figures.get("omitted", 0),
        "csv_url": place.address("download", report=answer.report.name, format="csv", **chosen),
        "svg_url": place.address("download", report=answer.report.name, format="svg", **chosen),
    }


def show_tile(answer: Answer, place: Place, given: Mapping[str, str]) -> dict[str, Any]:
    """A report as the overview shows it: small, with its sentence, as the way to its page."""
    chosen = {name: given[name] for name in ("from", "to", "asOf", "q") if given.get(name)}
    return {
        "title": answer.report.title,
        "name": answer.report.name,
        "sentence": say(answer),
        "plot": draw(answer, SMALL),
        "url": place.address("show", report=answer.report.name, **chosen),
    }


def show_form(
    report: Report | None, place: Place, given: Mapping[str, str], answer: Answer | None
) -> dict[str, Any]:
    """The form that asks for a range: its values, what of it this report knows, and ranges to choose from."""
    values = {name: given.get(name, "") for name in NAMES}
    page = "show" if report else "index"
    named = {"report": report.name} if report else {}
    kept = {name: value for name, value in values.items() if value and name not in ("from", "to")}
    ranges = []
    if answer is not None:
        span = answer.asked.span
        values["from"], values["to"] = span.first.isoformat(), span.last.isoformat()
        today = answer.asked.at.astimezone(span.zone).date()
        for days, words in RANGES:
            first = today - timedelta(days=days - 1)
            address = place.address(
                page, **named, **kept, **{"from": first.isoformat(), "to": today.isoformat()}
            )
            is_current = (span.first, span.last) == (first, today)
            ranges.append({"words": words, "url": address, "is_current": is_current})
    return {
        "values": values,
        "fields": [
            one
            for one in _OF_ONE.get(report.name if report else "", ())
            if one != "by" or place.kind == "board"
        ],
        "ranges": ranges,
        "action": place.address(page, **named),
        "words": _words(answer, values),
    }


def _words(answer: Answer | None, values: Mapping[str, str]) -> str:
    """The time that is shown, as people say it, and whether it is a selection, or of a past instant."""
    if answer is None:
        said = "Choose a time"
    else:
        span = answer.asked.span
        begin = f"{span.first.day} {span.first:%b}{'' if span.first.year == span.last.year else f' {span.first.year}'}"
        said = f"{begin} – {span.last.day} {span.last:%b %Y}"
    if values["asOf"] and answer is not None:
        said += f", as it was on {answer.asked.at.astimezone(answer.asked.zone):%-d %b %Y, %H:%M}"
    return f"{said}, only {values['q']}" if values["q"] else said


def show_tabs(current: str, place: Place, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The ways to the overview and to each report, with what they have in common of the question."""
    chosen = {name: given[name] for name in ("from", "to", "asOf", "q") if given.get(name)}
    overview = {
        "title": "Overview",
        "url": place.address("index", **chosen),
        "is_current": not current,
    }
    return [
        overview,
        *(
            {
                "title": report.short,
                "url": place.address("show", report=report.name, **chosen),
                "is_current": report.name == current,
            }
            for report in REPORTS.values()
        ),
    ]


def _is_empty(found: Mapping[str, Any], name: str) -> bool:
    if name == "cumulative-flow":
        return not any(any(one["counts"]) for one in found["series"])
    if name in ("cycle-time", "throughput", "time-in-column"):
        return not found["finished"]
    if name == "created-done":
        return not found["finished"] and not found["created"]
    if name == "workload":
        return not any(one[DOING] or one["not_started"] for one in found["people"])
    if name == "burndown":
        return not any(day["total"] for day in found["days"])
    return not found["spread"] if name == "forecast" else not found["points"]
