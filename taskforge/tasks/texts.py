"""Reading a task's texts at the version of its reference row, retrying when a change comes in between."""

from __future__ import annotations

from typing import Any

from taskforge.errors import Unavailable
from taskforge.stores.actor import Actor
from taskforge.stores.documents import VersionMoved, read_text
from taskforge.stores.mongo import DocumentsUnavailable
from taskforge.tasks.access import access_task

ATTEMPTS = 4
UNREADABLE = (
    "The task's text can't be read right now, so it can't be changed safely."
    " Your text is kept; please try again."
)


def read_task_text(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    """The text fields of a task, and under ``reference`` the reference row that they belong to.

    Raises:
        Unavailable: no store that holds the text can be asked.
    """
    for _ in range(ATTEMPTS):
        try:
            fields = read_text("task", row["task_id"], row["doc_version"], row["pending_text"])
        except VersionMoved:
            row, _membership = access_task(actor.user_id, row["task_id"], deleted=True)
        except DocumentsUnavailable as error:
            raise Unavailable(UNREADABLE) from error
        else:
            return {**fields, "reference": row}
    raise Unavailable(UNREADABLE, retry_after=1)
