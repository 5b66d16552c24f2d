"""The answers to a change for scripts and open pages: its version, its event, and the address of its undo."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for

from taskforge.stores.operations import Change


def change_answer(change: Change) -> dict[str, Any]:
    """The JSON answer to a change of one task: its new version, and the event id that `tasks.undo` takes."""
    return {"version": change.version, "event": change.event_id}


def changed_header(task_id: str, change: Change, *, text: str | None = None) -> dict[str, str]:
    """The header that makes htmx trigger ``forge:task-changed``; `text` is for a change that the page does not show."""
    detail = {"id": task_id, **change_answer(change), **({"text": text} if text else {})}
    return {"HX-Trigger": json.dumps({"forge:task-changed": detail})}


def batch_undo_url(board_id: str, change: Change) -> str | None:
    """The address that undoes a change of several tasks; None if it changed nothing."""
    if change.event_id is None:
        return None
    return url_for("tasks.undo_batch", board_id=board_id, batch_id=change.event_id)
