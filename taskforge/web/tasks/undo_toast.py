"""The message after a change that offers to take it back."""

from __future__ import annotations

from flask import flash

from taskforge.stores.operations import Change


def offer_undo(text: str, change: Change, *, kind: str = "undo") -> None:
    """Flash a text, with a form that undoes the change (if there was one): on a toast, also without JavaScript.

    `kind` is "redo" where the change itself was an undoing.
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
