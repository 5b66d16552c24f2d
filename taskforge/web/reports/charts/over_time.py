"""Charts whose x axis is time: cumulative flow, burn-down, bars by day, week or month, the spread of a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from taskforge.reports.figures import Figures
from taskforge.reports.forecast import TRIALS
from taskforge.web.reports.charts.plot import Plot, path, round_up, show_day

Point = tuple[float, float]


def draw_flow(found: Figures, plot: Plot) -> None:
    """Bands upon each other, what is done at the bottom, with their names at the right."""
    days, series = found["days"], [one for one in reversed(found["series"]) if any(one["counts"])]
    plot.right = 16.0 if plot.height < 220 else 92.0 if plot.is_narrow else 128.0
    sums = [0] * len(days)
    plot.top = round_up(
        max(
            (sum(counts) for counts in zip(*(one["counts"] for one in series), strict=True)),
            default=1,
        )
    )
    plot.values()
    known: dict[str, int] = {}
    labels: list[tuple[float, str]] = []
    for one in series:
        lower = [*sums]
        sums = [below + count for below, count in zip(sums, one["counts"], strict=True)]
        seen = known[one["status"]] = known.get(one["status"], -1) + 1
        band = [*_across(plot, sums), *reversed(_across(plot, lower))]
        title = f"{one['name']}: {one['counts'][-1]} on {show_day(days[-1])}"
        plot.add("path", f"{one['status']} band", d=path(band) + "Z", title=title)
        if seen:  # another column that stands for the same status
            plot.add("path", "hatch", d=path(band) + "Z")
        if one["counts"][-1]:
            labels.append(
                (
                    plot.y((sums[-1] + lower[-1]) / 2),
                    f"{_short(one['name'], plot)} {one['counts'][-1]}",
                )
            )
    plot.days(days)
    if plot.height >= 220:
        plot.labels(labels)


def draw_burndown(found: Figures, plot: Plot) -> None:
    """What was left as a filled line, all there were as a thin one, and the straight way dashed."""
    number = len(found["ideal"])
    days = found["days"]
    plot.right = 16.0 if plot.height < 220 else 64.0
    plot.top = round_up(max([found["start"], *(day["total"] for day in days)], default=1))
    plot.values()
    way = [
        (plot.x((step + 1) / number), plot.y(value)) for step, value in enumerate(found["ideal"])
    ]
    plot.line([(plot.x(0), plot.y(found["start"])), *way], "line-ideal")
    left = [(plot.x(0), plot.y(found["start"]))]
    left += [
        (plot.x((step + 1) / number), plot.y(day["remaining"])) for step, day in enumerate(days)
    ]
    plot.add(
        "path", "area", d=path([*left, (left[-1][0], plot.floor), (left[0][0], plot.floor)]) + "Z"
    )
    plot.line(
        [(plot.x((step + 1) / number), plot.y(day["total"])) for step, day in enumerate(days)],
        "line-quiet",
    )
    plot.line(left)
    plot.days(found["axis"])
    if plot.height >= 220 and days:
        plot.labels(
            [
                (left[-1][1], f"Left {days[-1]['remaining']}"),
                (plot.y(days[-1]["total"]), f"All {days[-1]['total']}"),
            ]
        )


def draw_throughput(found: Figures, plot: Plot) -> None:
    """A bar for each day, week or month, and the mean as a dashed line."""
    counts = [part["finished"] for part in found["parts"]]
    plot.right = 16.0 if plot.height < 220 else 64.0
    plot.top = round_up(max([*counts, 1]))
    plot.values()
    _bars(
        plot,
        [(part["day"], part["finished"], "done", "finished") for part in found["parts"]],
        len(counts),
    )
    mean = sum(counts) / len(counts)
    if mean and plot.height >= 220:
        plot.limit(mean, "")
        plot.labels([(plot.y(mean), f"mean {mean:.1f}")])
    plot.days([part["day"] for part in found["parts"]], centred=True)


def draw_counts(counts: Sequence[tuple[date, int]], words: str, plot: Plot) -> None:
    """A bar for each part of time, by the day with which it begins; `words` say what is counted."""
    plot.top = round_up(max([1, *(count for _, count in counts)]))
    plot.values()
    _bars(plot, [(day, count, "plain", words) for day, count in counts], len(counts))
    plot.days([day for day, _ in counts], centred=True)


def draw_created_done(found: Figures, plot: Plot) -> None:
    """Two bars beside each other for each part of time: those that came, and, hatched, those that were finished."""
    parts = found["parts"]
    plot.above = 12.0 if plot.height < 220 else 28.0  # the legend is above the plot area
    plot.top = round_up(
        max([1, *(part["created"] for part in parts), *(part["finished"] for part in parts)])
    )
    plot.values()
    for place, (name, css, words) in enumerate(
        (("created", "todo", "created"), ("finished", "done", "finished"))
    ):
        bars = [(part["day"], part[name], css, words) for part in parts]
        _bars(plot, bars, len(parts), place=place, of=2)
    plot.days([part["day"] for part in parts], centred=True)
    if plot.height >= 220:
        plot.add("rect", "todo", x=plot.left, y=2, width=10, height=10, rx=2)
        plot.text(plot.left + 16, 11, f"Created {found['created']}", "label")
        for css in ("done", "hatch"):
            plot.add("rect", css, x=plot.left + 110, y=2, width=10, height=10, rx=2)
        plot.text(plot.left + 126, 11, f"Finished {found['finished']}", "label")


def draw_forecast(found: Figures, plot: Plot) -> None:
    """How many of the trials end in each week, and where 50 and 85 of 100 have ended."""
    spread = found["spread"]
    plot.above = 34.0
    shares = [100 * week["trials"] / TRIALS for week in spread]
    plot.top = round_up(max([1.0, *shares]))
    plot.values("%")
    ending = "% of all trials end in this week"
    days = [week["day"] for week in spread]
    bars = [(day, share, "plain", ending) for day, share in zip(days, shares, strict=True)]
    _bars(plot, bars, len(bars))
    plot.days([week["day"] for week in spread], centred=True)
    whole = 7 * len(spread)
    for one in found["when"] or ():
        if one["day"] is None or one["share"] not in (50, 85) or not whole:
            continue
        x = plot.x(((one["day"] - spread[0]["day"]).days + 0.5) / whole)
        plot.add("line", "limit", x1=x, x2=x, y1=plot.above - 6, y2=plot.floor)
        anchor = "end" if x > plot.left + plot.inner * 0.6 else "start"
        nudge = -5 if anchor == "end" else 5
        y = plot.above - (18 if one["share"] == 50 else 4)
        plot.text(x + nudge, y, f"{one['share']} %: {show_day(one['day'])}", "label", anchor)


def _bars(
    plot: Plot,
    bars: Sequence[tuple[Any, float, str, str]],
    number: int,
    *,
    place: int = 0,
    of: int = 1,
) -> None:
    slot = plot.inner / max(1, number)
    width = max(1.0, min(44.0, slot * 0.72) / of)
    for step, (day, value, css, words) in enumerate(bars):
        if not value:
            continue
        x = plot.left + slot * (step + 0.5) + (place - of / 2) * width
        y = plot.y(value)
        shape: dict[str, Any] = {
            "x": round(x, 1),
            "y": y,
            "width": round(max(1.0, width - 1.5), 1),
            "height": round(plot.floor - y, 1),
        }
        plot.add("rect", f"{css} bar", **shape, rx=2, title=f"{show_day(day)}: {value:.3g} {words}")
        if place:
            plot.add("rect", "hatch", **shape, rx=2)
        if of == 1 and value >= 1 and slot > 26 and plot.height >= 220:
            plot.text(x + width / 2, y - 5, f"{value:.0f}", anchor="middle")


def _across(plot: Plot, values: Sequence[float]) -> list[Point]:
    last = max(1, len(values) - 1)
    found = [(plot.x(place / last), plot.y(value)) for place, value in enumerate(values)]
    return [*found, (plot.x(1), found[0][1])] if len(values) == 1 else found


def _short(name: str, plot: Plot) -> str:
    most = 10 if plot.is_narrow else 15
    return name if len(name) <= most else f"{name[: most - 1]}…"
