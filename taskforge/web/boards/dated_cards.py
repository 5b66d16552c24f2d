"""What a calendar and a timeline show alike of a card with dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from taskforge.boards.statuses import Status
from taskforge.text.moments import reader_day
from taskforge.text.people import person_of


def show_dated_card(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A task of `taskforge.tasks.calendar.queries`; ``is_late`` by the reader's day, once it is not done."""
    due = row["due_at"]
    return {
        "task_id": row["task_id"],
        "key": row["key"],
        "title": row["title"],
        "version": row["version"],
        "status": row["status"],
        "column": row["column_name"],
        "hue": row["column_hue"],
        "is_late": due is not None and row["status"] != Status.DONE and reader_day(due) < today,
        "assignee": person_of(
            row["assignee_id"], row["assignee_name"], picture=row["assignee_picture"]
        ),
    }
