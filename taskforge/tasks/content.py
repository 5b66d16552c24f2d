"""Reading the content of tasks at the version of their reference rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskforge.errors import StaleVersion, Unavailable
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.stores.documents import VersionMoved, decode_content, read_contents, read_current
from taskforge.tasks.access import access_task

UNREADABLE = (
    "The task's text can't be read right now, so it can't be changed safely."
    " Your text is kept; please try again."
)


def read_task_content(actor: Actor, row: sql.Row) -> tuple[sql.Row, dict[str, Any]]:
    """The text fields of a task, and the reference row that they belong to: a newer one if it has changed.

    Raises:
        Unavailable: no store that holds the text can be read.
    """
    return read_current(
        "task",
        row,
        read_row=lambda: access_task(actor.user_id, row["task_id"], deleted=True)[0],
        unreadable=UNREADABLE,
    )


def read_task_contents(rows: Sequence[sql.Row]) -> dict[str, dict[str, Any]]:
    """The text fields of several tasks by id, each at the version of its row; rows carry ``pending_content``.

    Raises:
        StaleVersion: a task was changed after its row was read.
        Unavailable: no store that holds a text can be read.
    """
    texts = {
        row["task_id"]: decode_content("task", row["pending_content"])
        for row in rows
        if row["pending_content"] is not None
    }
    versions = {row["task_id"]: row["doc_version"] for row in rows if row["task_id"] not in texts}
    if not versions:
        return texts
    try:
        return texts | read_contents("task", versions)
    except VersionMoved as error:
        raise StaleVersion() from error
    except mongo.DocumentsUnavailable as error:
        raise Unavailable(UNREADABLE) from error
