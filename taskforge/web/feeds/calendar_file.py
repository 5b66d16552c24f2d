"""A feed as an iCalendar file (RFC 5545): an event for each task, on the day or at the time at which it is due.

Events and no to-dos: the calendars that most people subscribe with show no to-dos of others. A due date makes nobody
busy. A done task is marked in its summary, since an event can't be completed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from taskforge.boards.statuses import Status
from taskforge.text.moments import Moment

PRODUCT = "-//TaskForge//Saved views//EN"
ASKED_EVERY = timedelta(hours=1)
DONE = "✓ "


def calendar_file(
    name: str, tasks: Iterable[Mapping[str, Any]], url_of: Callable[[str], str]
) -> bytes:
    """The file with a name, in which each task leads to `url_of` its id. The same tasks make the same bytes."""
    from icalendar import Calendar, vText  # 0.2 s and 9 MB: few processes are asked for a feed

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(name))  # escaped only so: it is no standard property
    calendar.add("refresh-interval", ASKED_EVERY, parameters={"VALUE": "DURATION"})
    for task in tasks:
        calendar.add_component(_event(task, url_of(task["task_id"])))
    return bytes(calendar.to_ical())


def _event(task: Mapping[str, Any], url: str) -> Any:
    from icalendar import Event

    mark = DONE if task["status"] == Status.DONE else ""
    event = Event()
    event.add("uid", f"{task['task_id']}@taskforge")
    event.add("dtstamp", _utc(task["updated_at"]))
    event.add("last-modified", _utc(task["updated_at"]))
    event.add("sequence", task["version"])
    event.add("dtstart", _start(task["due_at"]))
    event.add("summary", f"{mark}{task['key']} {task['title']}")
    event.add("description", f"{task['column_name']} · {task['assignee_name'] or 'Nobody'}")
    event.add("url", url)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _start(due: Moment) -> Moment:
    return _utc(due) if isinstance(due, datetime) else due


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
