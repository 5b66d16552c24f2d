"""Conflicting edits of a task for its pages: the value of each person, and the one from which both began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from taskforge import clock
from taskforge.errors import FieldConflict, StaleVersion
from taskforge.stores import sql
from taskforge.tasks.editing.conflicts import propose
from taskforge.tasks.fields import BY_NAME, RANK, name_fields
from taskforge.tasks.queries import TaskView
from taskforge.text.people import Person, person_of
from taskforge.text.word_diff import diff_words, fold
from taskforge.web.tasks.controls import control_name
from taskforge.web.tasks.forms import EditTaskForm, form_texts


def show_conflict(
    view: TaskView, form: EditTaskForm, stale: StaleVersion, entries: Sequence[sql.Row]
) -> dict[str, Any]:
    """The context of the conflict page: the fields that stand against each other, and the values of all others.

    `entries` is the task's history, latest first. A field that the person did not change takes the stored value, and
    one that could be merged the merged value, so that saving the page undoes nobody's change.
    """
    version = form.values["version"]
    later = [
        entry
        for entry in entries
        if entry["entity_type"] == "task" and (entry["entity_version"] or 0) > version
    ]
    settled = form_texts({**view.row, **(view.texts or {}), **stale.settled})
    newest = later[0] if later else None
    return {
        "changed_by": _actor_of(newest) if newest else None,
        "changed_at": newest["action_timestamp"] if newest else view.row["updated_at"],
        "changed_fields": _names_of_changes(later),
        "fields": [_show_field(name, conflict, form) for name, conflict in stale.conflicts.items()],
        "undisputed": [
            (name, settled.get(name, mine))
            for name, mine in form_texts(form.values).items()
            if name not in stale.conflicts
        ],
    }


def _actor_of(entry: sql.Row) -> Person | None:
    return person_of(entry["actor_id"], entry["actor_name"], picture=entry["actor_picture"])


def compare_texts(conflict: FieldConflict) -> list[dict[str, Any]]:
    """What each of two people changed in a long text, as pieces for the macro `diff_pieces`."""
    sides = [("What they changed", conflict.theirs), ("What you changed", conflict.mine)]
    return [
        {"title": title, "pieces": fold(diff_words(conflict.base, side))} for title, side in sides
    ]


def describe_move(
    entries: Sequence[sql.Row], names: Mapping[str, str], *, reader_id: str, version: int
) -> str | None:
    """Who moved a task after `version`, where to and when; None when its history does not say.

    `entries` is the history, latest first; `names` are those of columns by id; `reader_id` is the user who reads it.
    """
    moves = [
        entry
        for entry in entries
        if entry["entity_type"] == "task"
        and (entry["entity_version"] or 0) > version
        and {"column_id", RANK} & (entry["new_state"] or {}).keys()
    ]
    if not moves:
        return None
    newest = moves[0]
    who = "You" if newest["actor_id"] == reader_id else newest["actor_name"] or "Somebody"
    where = " in another window" if newest["actor_id"] == reader_id else ""
    return f"{who} {_describe_place(newest, names)}{where} {_ago(newest['action_timestamp'])}. It was not moved again."


def _describe_place(entry: sql.Row, names: Mapping[str, str]) -> str:
    column_id = entry["new_state"].get("column_id")
    if column_id is None:
        return "moved it within its column"
    return f"moved it to “{names.get(column_id, 'another column')}”"


def _ago(at: datetime) -> str:
    minutes = int((clock.now() - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    if minutes < 24 * 60:
        return "an hour ago" if minutes < 120 else f"{minutes // 60} hours ago"
    return f"on {at:%-d %b}"


def _names_of_changes(later: Sequence[sql.Row]) -> str:
    return name_fields({name for entry in later for name in entry["new_state"] or {}})


def _show_field(name: str, conflict: FieldConflict, form: EditTaskForm) -> dict[str, Any]:
    choices: dict[str, str] = getattr(form[name], "offered", {})
    kind = "choice" if choices else "text" if control_name(name) == "text" else "line"
    text_of = BY_NAME[name].kind.form_text
    theirs, base = text_of(conflict.theirs), text_of(conflict.base)
    return {
        "name": name,
        "label": form[name].label.text,
        "theirs": theirs,
        "yours": text_of(propose(name, conflict)),
        "kind": kind,
        "choices": list(choices.items()),
        "theirs_text": choices.get(theirs, theirs),
        "base_text": choices.get(base, base),
        "comparisons": compare_texts(conflict) if name == "description" else [],
    }
