"""The flash message that offers to undo a change."""

from __future__ import annotations

from flask import flash

from taskforge.stores.operations import Change


def offer_undo(text: str, change: Change, *, kind: str = "undo") -> None:
    """Flash a text as a toast, with a form that undoes the change unless it changed nothing.

    `kind` is "redo" where the change itself was an undo.
    """
    if change.event_id is None:
        flash(text, "ok")
    else:
        message = {
            "text": text,
            "task_id": change.entity_id,
            "event": change.event_id,
            "kind": kind,
        }
        flash(message, "ok")  # type: ignore[arg-type]
