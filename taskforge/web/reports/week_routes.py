"""The page of a team's week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.identity.current import current_actor
from taskforge.reports.sentences import show_duration
from taskforge.reports.week import TeamWeek, read_week
from taskforge.text.counting import count_cards
from taskforge.text.values import parse_date
from taskforge.web.reports.routes import blueprint

LISTS = (
    ("finished", "Finished", "Nothing was finished."),
    ("started", "Started", "Nothing was started that is not finished by now."),
    ("stuck", "Stuck", "Nothing is stuck."),
    ("arrived", "Came in", "Nothing came in."),
)


@blueprint.get("/teams/<id:team_id>/week")
def week(team_id: str) -> str:
    """What a team has done in a week; ``day`` is one of its days. What is no day is passed over."""
    found = read_week(current_actor(), team_id, _day())
    return render_template(
        "reports/week.html",
        team={"team_id": team_id, "name": found.membership.team_name},
        title=_title(found),
        lead=_lead(found),
        forecast=_forecast(found),
        forecast_url=url_for("reports.team_show", team_id=team_id, report="forecast"),
        lists=[
            {
                "id": name,
                "title": title,
                "nothing": nothing,
                "count": found.lists[name]["count"],
                "tasks": [_show(task, name) for task in found.lists[name]["tasks"]],
            }
            for name, title, nothing in LISTS
        ],
        earlier_url=_week_url(team_id, found.span.first - timedelta(days=1)),
        later_url=None
        if found.is_running
        else _week_url(team_id, found.span.last + timedelta(days=1)),
    )


def _day() -> date | None:
    try:
        return parse_date(request.args.get("day", ""), field="day")
    except InvalidInput:
        return None


def _week_url(team_id: str, day: date) -> str:
    return url_for("reports.week", team_id=team_id, day=day.isoformat())


def _title(found: TeamWeek) -> str:
    first, last = found.span.first, found.span.last
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{begin} – {last.day} {last:%B %Y}"


def _lead(found: TeamWeek) -> str:
    count = {name: found.lists[name]["count"] for name, *_ in LISTS}
    stuck = f"{count['stuck']} {'is' if count['stuck'] == 1 else 'are'} stuck"
    return (
        f"{count_cards(count['finished'])} finished, {count['started']} started, {count['arrived']} came in, {stuck}."
        f" {found.open_after} are open, {_change(found.open_after - found.open_before)} a week earlier."
    )


def _change(difference: int) -> str:
    if not difference:
        return "as many as"
    return f"{abs(difference)} {'more' if difference > 0 else 'fewer'} than"


def _forecast(found: TeamWeek) -> str:
    if found.after is None:
        return "Too little was finished to foretell when what is open will be done."
    said = f"What is open will be done by {_day_words(found.after)}, with 85 %"
    if found.before is None:
        return f"{said}."
    days = (found.after - found.before).days
    if not days:
        return f"{said}: the same day as a week earlier."
    how = "later" if days > 0 else "earlier"
    return f"{said}: {abs(days)} {'day' if abs(days) == 1 else 'days'} {how} than it looked a week before."


def _day_words(day: date) -> str:
    year = "" if day.year == clock.now().year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def _show(task: dict[str, Any], name: str) -> dict[str, Any]:
    took = task["cycle_seconds"]
    duration = f"took {show_duration(took)}" if name == "finished" and took else ""
    if name in ("stuck", "started"):
        duration = f"for {show_duration(task['age_seconds'])}"
    return {**task, "url": url_for("tasks.show", task_id=task["task_id"]), "duration": duration}
