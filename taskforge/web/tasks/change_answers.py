"""How a change is answered to scripts and to open pages: its version, its event, and where it is undone."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for

from taskforge.stores.operations import Change


def change_answer(change: Change) -> dict[str, Any]:
    """What a script gets for a change of one task: the new version, and the event that undoes it (`tasks.undo`)."""
    return {"version": change.version, "event": change.event_id}


def changed_header(task_id: str, change: Change, *, text: str | None = None) -> dict[str, str]:
    """The header by which htmx tells the page of a change that it made; `text` only where it is not plain to see."""
    told = {"id": task_id, **change_answer(change)}
    return {
        "HX-Trigger": json.dumps({"forge:task-changed": told | ({"text": text} if text else {})})
    }


def batch_undo_url(board_id: str, change: Change) -> str | None:
    """Where a change of several tasks is undone; None where nothing was changed."""
    if change.event_id is None:
        return None
    return url_for("tasks.undo_batch", board_id=board_id, batch_id=change.event_id)
