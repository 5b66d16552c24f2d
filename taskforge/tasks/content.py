"""Reading a task's texts at the version of its reference row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskforge.errors import StaleVersion, Unavailable
from taskforge.stores import mongo, sql
from taskforge.stores.actor import Actor
from taskforge.stores.documents import VersionMoved, read_current, read_texts
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


def read_task_texts(rows: Sequence[sql.Row]) -> dict[str, dict[str, Any]]:
    """The text fields of several tasks by id, each at the version of its row; rows carry ``pending_text``.

    Raises:
        StaleVersion: a task was changed after its row was read.
        Unavailable: no store that holds a text can be asked.
    """
    pending = {row["task_id"]: row["pending_text"] for row in rows if row["pending_text"]}
    texts = {task_id: mongo.decode(bytes(payload)) for task_id, payload in pending.items()}
    versions = {row["task_id"]: row["doc_version"] for row in rows if row["task_id"] not in texts}
    if not versions:
        return texts
    try:
        return texts | read_texts("task", versions)
    except VersionMoved as error:
        raise StaleVersion() from error
    except mongo.DocumentsUnavailable as error:
        raise Unavailable(UNREADABLE) from error
