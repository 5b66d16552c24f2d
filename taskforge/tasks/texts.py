"""Reading a task's texts at the version of its reference row."""

from __future__ import annotations

from typing import Any

from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.documents import read_current
from taskforge.tasks.access import access_task

UNREADABLE = (
    "The task's text can't be read right now, so it can't be changed safely."
    " Your text is kept; please try again."
)


def read_task_text(actor: Actor, row: sql.Row) -> tuple[sql.Row, dict[str, Any]]:
    """The text fields of a task, and the reference row that they belong to: a newer one if it changed meanwhile.

    Raises:
        Unavailable: no store that holds the text can be asked.
    """
    return read_current(
        "task",
        row,
        read_row=lambda: access_task(actor.user_id, row["task_id"], deleted=True)[0],
        unreadable=UNREADABLE,
    )
