"""A person for their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from taskforge.boards.person_access import Activity, PersonView, last_active, local_time
from taskforge.history.sentences import changed_task
from taskforge.text.markdown import render_markdown

LAST_ACTIVE = {
    Activity.NOW: "Active now",
    Activity.DAY: "Active within a day",
    Activity.WEEK: "Active within a week",
    Activity.MONTH: "Active within a month",
    Activity.LONGER: "Not active for over a month",
}


def show_person(view: PersonView, *, is_online: bool) -> dict[str, Any]:
    """The head of a person's page."""
    return {
        "person": view.person,
        "bio_html": render_markdown(view.bio) if view.bio else None,
        "is_bio_away": view.bio is None,
        "last_active": LAST_ACTIVE[last_active(view.last_seen_at, is_online=is_online)],
        "is_online": is_online,
        "local_time": show_local_time(view.time_zone),
        "member_since": view.created_at,
    }


def show_local_time(zone: str | None) -> dict[str, str] | None:
    """The time of the day where a person is, by the zone that they chose; None for who chose none."""
    local = local_time(zone)
    if zone is None or local is None:
        return None
    return {"time": f"{local:%H:%M}", "day": f"{local:%A}", "zone": zone.replace("_", " ")}


def show_task(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of what a person works on."""
    return {**row, "url": url_for("tasks.show", task_id=row["task_id"])}


def show_activity(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a person did lately, each with the address of its task, or of its board."""
    return [
        {
            "text": event["summary"],
            "at": event["at"],
            "board_name": event["board_name"],
            "url": _url_of(event),
        }
        for event in events
    ]


def _url_of(event: Mapping[str, Any]) -> str:
    task_id = changed_task(event)
    if task_id is not None and event["number"] is not None:
        return url_for("tasks.show", task_id=task_id)
    return url_for("boards.show", board_id=event["board_id"])
