"""What the page of analytics shows: figures beside the name of their store, charts of weeks, and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import url_for

from taskforge.analytics.parts import Figures, Part
from taskforge.analytics.storage import show_bytes
from taskforge.web.analytics import tables
from taskforge.web.analytics.tables import STORE_NAMES
from taskforge.web.reports.charts.over_time import draw_counts, draw_created_done
from taskforge.web.reports.charts.plot import Plot, show_day

WIDE, NARROW = (560.0, 220.0), (350.0, 220.0)
# The names of parts of which a tile is made, by subject, and what each tile says: its words, and its value.
Tile = tuple[str, str, Callable[[Figures], str]]
TILES: Sequence[Tile] = (
    ("online", "Online now", lambda found: _number(found["people"])),
    ("people", "Active today", lambda found: _number(found["active"]["days1"])),
    ("people", "Active in 7 days", lambda found: _number(found["active"]["days7"])),
    ("people", "Active in 30 days", lambda found: _number(found["active"]["days30"])),
    ("people", "Accounts", lambda found: _number(found["accounts"])),
    ("people", "Sessions", lambda found: _number(sum(found["sessions"].values()))),
    ("work", "Teams", lambda found: _number(found["teams"])),
    ("work", "Boards", lambda found: _number(found["boards"])),
    ("work", "Tasks", lambda found: _about(found, "tasks")),
    ("work", "Comments", lambda found: _about(found, "comments")),
    ("attachments", "Files", lambda found: _number(found["files"])),
    ("attachments", "Bytes of files", lambda found: show_bytes(found["bytes"])),
)


def show_parts(parts: Sequence[Part]) -> dict[str, Any]:
    """The context of the page. What a store did not answer is left out, and named in ``away``."""
    by_name = {part.name: part for part in parts}
    away: dict[str, list[str]] = {}
    for part in parts:
        if part.figures is None:
            away.setdefault(STORE_NAMES[part.store], []).append(part.name)
    activity = by_name["activity"]
    found = activity.figures
    return {
        "at": max(part.at for part in parts),
        "away": [{"store": store, "names": names} for store, names in away.items()],
        "tiles": [_tile(by_name[name], words, value) for name, words, value in TILES],
        "activity": {"store": STORE_NAMES[activity.store], "at": activity.at},
        "charts": _charts(found) if found else [],
        "since": found["since"] if found else None,
        "is_cut": found is not None and found["since"].date() != found["weeks"][0]["day"],
        "places": _places(found) if found else [],
        "tables": [
            table
            for part in parts
            if part.figures is not None
            for table in tables.tables_of(part)
            if table["rows"]
        ],
    }


def _tile(part: Part, words: str, value: Callable[[Figures], str]) -> dict[str, Any]:
    shown = value(part.figures) if part.figures is not None else None
    return {"words": words, "value": shown, "store": STORE_NAMES[part.store]}


def _charts(found: Figures) -> list[dict[str, Any]]:
    """The charts of weeks, each with a sentence that says what it shows."""
    weeks = found["weeks"]
    created, finished = (
        sum(week[name] for week in weeks) for name in ("tasks_created", "tasks_finished")
    )
    tasks = {
        "parts": [
            {
                "day": week["day"],
                "created": week["tasks_created"],
                "finished": week["tasks_finished"],
            }
            for week in weeks
        ],
        "created": created,
        "finished": finished,
    }
    charts = [
        {
            "title": "Tasks made and finished",
            "sentence": f"{_number(created)} were made and {_number(finished)} finished in {len(weeks)} weeks.",
            "plots": _plots(lambda plot: draw_created_done(tasks, plot)),
        }
    ]
    for name, title, words in (
        ("comments", "Comments", "written"),
        ("people", "People who changed something", "people"),
        ("events", "Events", "events"),
    ):
        counts = [(week["day"], week[name]) for week in weeks]
        most = max(counts, key=lambda pair: pair[1])
        said = f"{_number(counts[-1][1])} in this week"
        if most[1]:
            said += f", at most {_number(most[1])}, in the week of {show_day(most[0])}"
        charts.append(
            {
                "title": title,
                "sentence": f"{said}.",
                "plots": _plots(partial(draw_counts, counts, words)),
            }
        )
    return charts


def _plots(draw: Callable[[Plot], None]) -> list[tuple[str, Plot]]:
    """The drawing for a desktop and for a phone, by the class of the style sheet."""
    found = []
    for css, size in (("plot--wide", WIDE), ("plot--narrow", NARROW)):
        plot = Plot(*size)
        draw(plot)
        found.append((css, plot))
    return found


def _places(found: Figures) -> list[dict[str, Any]]:
    """The teams and boards in which most was done, with the share of the first one's events."""
    lists = []
    for name, title in (("teams", "Busiest teams"), ("boards", "Busiest boards")):
        rows = found[name]
        most = rows[0]["events"] if rows else 1
        lists.append(
            {
                "title": title,
                "rows": [
                    {
                        "name": row["team_name"] or "Deleted since",
                        "key": row.get("key_prefix"),
                        "url": url_for("admin.team", team_id=row["team_id"])
                        if row["team_name"]
                        else None,
                        "events": _number(row["events"]),
                        "people": row["people"],
                        "share": round(100 * row["events"] / most),
                    }
                    for row in rows
                ],
            }
        )
    return lists


def _about(found: Figures, name: str) -> str:
    return f"about {_number(found[name])}" if found["is_estimate"] else _number(found[name])


def _number(value: int) -> str:
    return f"{value:,}"
