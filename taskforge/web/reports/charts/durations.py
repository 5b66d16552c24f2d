"""Charts of how long things take: points of cycle times and ages, bars of time in column and of workload."""

from __future__ import annotations

from typing import Any

from taskforge.reports.days import Span
from taskforge.reports.figures import Figures
from taskforge.reports.sentences import show_duration
from taskforge.reports.ways import DOING, IN_PROGRESS
from taskforge.web.reports.charts.plot import Plot, path, round_up, show_day

DAY = 86_400
MAX_DRAWN = 600  # points; a chart with more is a blot, and the table has them all
SHARES = (50, 85, 95)


def draw_cycle_time(found: Figures, plot: Plot, span: Span) -> None:
    """A point for each finished card: when, and how long it took; the percentiles as dashed lines."""
    points = found["points"][:MAX_DRAWN]
    highest = max(
        [
            found["cycle"].get(95, 0) * 1.25,
            *(sorted(p["cycle_seconds"] for p in points)[-1:]),
            DAY / 24,
        ]
    )
    plot.top = round_up(highest / DAY)
    plot.values("d")
    _limits(found, plot)
    whole = (span.end - span.start).total_seconds()
    for point in reversed(points):
        share = (point["finished_at"] - span.start).total_seconds() / whole
        day = show_day(span.day_of(point["finished_at"]))
        words = f"{_name(point)}: {show_duration(point['cycle_seconds'])}, finished on {day}"
        css = "mark-late mark" if _is_late(found, point["cycle_seconds"], 85) else "mark"
        _point(
            plot,
            plot.x(share),
            plot.y(min(plot.top, point["cycle_seconds"] / DAY)),
            words,
            point["href"],
            css,
        )
    plot.days(span.days)


def draw_ageing(found: Figures, plot: Plot) -> None:
    """A point for each card in progress, by its column, as high as it is old, with its key beside it."""
    columns = found["columns"] or [
        {"id": one, "name": one.replace("_", " ").capitalize()} for one in IN_PROGRESS
    ]
    points = found["points"][:MAX_DRAWN]
    highest = max(
        [found["cycle"].get(95, 0), *(point["age_seconds"] for point in points), DAY / 24]
    )
    plot.top = round_up(highest * 1.08 / DAY)
    plot.values("d")
    _limits(found, plot)
    slot = plot.inner / len(columns)
    places = {column["id"]: place for place, column in enumerate(columns)}
    rows = [0] * len(columns)
    for point in points:
        place = places.get(point["column_id"], places.get(point["status"], 0))
        rows[place] += 1
        step = (rows[place] * 0.38) % 1.0
        x, y = plot.left + slot * (place + 0.1 + 0.62 * step), plot.y(point["age_seconds"] / DAY)
        words = f"{_name(point)}: {show_duration(point['age_seconds'])} old"
        _point(
            plot,
            round(x, 1),
            y,
            words,
            point["href"],
            "mark-late mark" if (point["exceeds"] or 0) >= 85 else "mark",
        )
        if plot.height >= 220 and len(points) <= 24 and not plot.is_narrow:
            plot.text(x + 9, y + 4, point["key"] or "")
    for place, column in enumerate(columns):
        if place:
            x = plot.left + slot * place
            plot.add("line", "grid", x1=x, x2=x, y1=plot.above, y2=plot.floor)
        plot.text(
            plot.left + slot * (place + 0.5),
            plot.floor + 18,
            f"{column['name']} · {rows[place]}",
            anchor="middle",
        )


def draw_time_in_column(found: Figures, plot: Plot) -> None:
    """A bar for each column: the median; and a thin line to what 85 % stay within."""
    rows = [row for row in found["rows"] if row["tasks"]]
    highest = max([*(row["p85_seconds"] for row in rows), 1.0])
    for y, height, row in _rows(plot, rows):
        median, late = (
            row[name] / highest * plot.inner * 0.72 for name in ("median_seconds", "p85_seconds")
        )
        typical, longest = (show_duration(row[name]) for name in ("median_seconds", "p85_seconds"))
        words = f"{row['name']}: median {typical}, 85 % within {longest}"
        middle = y + height / 2
        plot.add(
            "line", "line-quiet", x1=plot.left, x2=round(plot.left + late, 1), y1=middle, y2=middle
        )
        plot.add(
            "line",
            "line-quiet",
            x1=round(plot.left + late, 1),
            x2=round(plot.left + late, 1),
            y1=middle - 5,
            y2=middle + 5,
        )
        plot.add(
            "rect",
            f"{row['status']} bar",
            x=plot.left,
            y=y,
            width=round(max(2.0, median), 1),
            height=height,
            rx=3,
            title=words,
        )
        plot.text(
            plot.left + max(late, median) + 8,
            middle + 4,
            show_duration(row["median_seconds"]),
            "label",
        )


def draw_workload(found: Figures, plot: Plot) -> None:
    """A bar for each person: what is in progress, and, hatched, what is not started."""
    people = [one for one in found["people"] if one[DOING] or one["not_started"]]
    highest = max([one[DOING] + one["not_started"] for one in people], default=1)
    for y, height, one in _rows(plot, people):
        wide, x = plot.inner * (0.82 if plot.is_narrow else 0.66) / highest, plot.left
        for name, css, words in (
            (DOING, DOING, "in progress"),
            ("not_started", "backlog", "not started"),
        ):
            if one[name]:
                shape: dict[str, Any] = {
                    "x": round(x, 1),
                    "y": y,
                    "width": round(one[name] * wide - 1.5, 1),
                    "height": height,
                    "rx": 3,
                }
                plot.add("rect", f"{css} bar", **shape, title=f"{one['name']}: {one[name]} {words}")
                if css == "backlog":
                    plot.add("rect", "hatch", **shape)
            x += one[name] * wide
        said = f"{one[DOING]} · {one['not_started']}"
        if not plot.is_narrow:
            said = f"{one[DOING]} in progress · {one['not_started']} not started"
        plot.text(x + 8, y + height / 2 + 4, said, "label")


def _rows(plot: Plot, rows: list[Figures]) -> list[tuple[float, float, Figures]]:
    """The y and the height of each row, whose name is written at the left; the surface becomes as high as is needed."""
    is_small = plot.height < 220
    rows = rows[:5] if is_small else rows
    plot.left = 84.0 if is_small or plot.is_narrow else 132.0
    slot = 30.0 if is_small else 40.0
    if not is_small:
        plot.height = max(120.0, slot * len(rows) + 24)
    found = []
    for place, row in enumerate(rows):
        y = 12 + slot * place
        name, most = str(row["name"]), 12 if plot.left < 100 else 19
        words = name if len(name) <= most else f"{name[: most - 1]}…"
        plot.text(plot.left - 10, y + slot * 0.3 + 4, words, anchor="end")
        found.append((y, slot * 0.6, row))
    return found


def _limits(found: Figures, plot: Plot) -> None:
    for share in SHARES if plot.height >= 220 else (85,):
        if share in found["cycle"]:
            value = found["cycle"][share]
            plot.limit(value / DAY, f"{share} % within {show_duration(value)}")


def _point(plot: Plot, x: float, y: float, words: str, href: str, css: str) -> None:
    """A dot; of what is late a diamond, so that it differs where hues are not seen."""
    is_small = plot.height < 220
    shown = {"title": words, "href": "" if is_small else href}
    radius = 3.0 if is_small else 4.5
    if "mark-late" in css:
        r = radius + 1.5
        tips = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
        plot.add("path", css, d=path(tips) + "Z", **shown)
    else:
        plot.add("circle", css, cx=x, cy=y, r=radius, **shown)


def _name(point: Figures) -> str:
    return (
        f"{point['key']} {point['title']}" if point["key"] else "A card that was deleted for good"
    )


def _is_late(found: Figures, seconds: float, share: int) -> bool:
    return share in found["cycle"] and seconds > found["cycle"][share]
