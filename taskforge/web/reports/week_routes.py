"""The page of a team's week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import InvalidInput
from taskforge.http.forms import one_of
from taskforge.http.htmx import go_to
from taskforge.identity.current import current_actor
from taskforge.mail.service import is_available
from taskforge.reports import week_mails
from taskforge.reports.sentences import show_duration
from taskforge.reports.week import read_week
from taskforge.reports.week_sentences import foretell, name_week, sum_up
from taskforge.text.values import parse_date
from taskforge.web.reports.routes import blueprint

CHOSEN = "From Monday on the week comes to you by mail, if something happened in it."
ENDED = "The week does not come to you by mail any more."
LISTS = (
    ("finished", "Finished", "Nothing was finished."),
    ("started", "Started", "Nothing was started that is not finished by now."),
    ("stuck", "Stuck", "Nothing is stuck."),
    ("arrived", "Came in", "Nothing came in."),
)


@blueprint.get("/teams/<id:team_id>/week")
def week(team_id: str) -> str:
    """What a team has done in a week; ``day`` is one of its days. What is no day is passed over."""
    actor = current_actor()
    found = read_week(actor, team_id, _day())
    return render_template(
        "reports/week.html",
        team={"team_id": team_id, "name": found.membership.team_name},
        title=name_week(found),
        lead=sum_up(found),
        forecast=foretell(found),
        is_mailed=week_mails.is_chosen(actor, team_id) if is_available() else None,
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


@blueprint.post("/teams/<id:team_id>/week/mail")
def mail_week(team_id: str) -> ResponseReturnValue:
    """Have the week mailed on Mondays (``wanted`` is 1), or no more (0)."""
    actor = current_actor()  # before the form: who is not logged in is led there
    wanted = one_of(request.form.get("wanted", ""), field="wanted", options=("0", "1")) == "1"
    week_mails.choose(actor, team_id, wanted=wanted)
    flash(CHOSEN if wanted else ENDED, "ok")
    return go_to(url_for("reports.week", team_id=team_id))


def _day() -> date | None:
    try:
        return parse_date(request.args.get("day", ""), field="day")
    except InvalidInput:
        return None


def _week_url(team_id: str, day: date) -> str:
    return url_for("reports.week", team_id=team_id, day=day.isoformat())


def _show(task: dict[str, Any], name: str) -> dict[str, Any]:
    took = task["cycle_seconds"]
    duration = f"took {show_duration(took)}" if name == "finished" and took else ""
    if name in ("stuck", "started"):
        duration = f"for {show_duration(task['age_seconds'])}"
    return {**task, "url": url_for("tasks.show", task_id=task["task_id"]), "duration": duration}
