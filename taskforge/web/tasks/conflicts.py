"""Conflicting edits of a task: the stored and the entered value of each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from taskforge import clock
from taskforge.stores import sql
from taskforge.tasks.fields import FORM_FIELDS, earlier_value, name_fields
from taskforge.tasks.queries import TaskView
from taskforge.text.people import person_of
from taskforge.web.tasks.controls import control_name
from taskforge.web.tasks.forms import EditTaskForm, form_texts

_EDITED = frozenset(field.name for field in FORM_FIELDS)
UNREADABLE = "Away for a moment: their text can't be read now."


def show_conflict(
    view: TaskView, form: EditTaskForm, version: int, entries: Sequence[sql.Row]
) -> dict[str, Any]:
    """The context of the conflict page: the fields that the person changed and whose stored value differs.

    `entries` is the task's history, latest first; `version` is the one that the person edited. A field that they did
    not change takes the stored value, so that saving the page undoes nobody's change.
    """
    later = [
        entry
        for entry in entries
        if entry["entity_type"] == "task" and (entry["entity_version"] or 0) > version
    ]
    theirs = form_texts({**view.row, **(view.texts or {})})
    before = {**theirs, **_texts_before(later)}
    yours = form_texts(form.values)
    disputed = [
        name
        for name in yours
        if yours[name] != theirs.get(name) and yours[name] != before.get(name)
    ]
    newest = later[0] if later else None
    return {
        "changed_by": person_of(newest["actor_id"], newest["actor_name"]) if newest else None,
        "changed_at": newest["action_timestamp"] if newest else view.row["updated_at"],
        "changed_fields": _names_of_changes(later),
        "fields": [_show_field(name, theirs.get(name), yours[name], form) for name in disputed],
        "undisputed": [
            (name, theirs.get(name, yours[name])) for name in yours if name not in disputed
        ],
    }


def describe_conflict(
    entries: Sequence[sql.Row], names: Mapping[str, str], *, reader_id: str, version: int
) -> str | None:
    """Who changed a task after `version`, what and when; None when its history does not say.

    `entries` is the history, latest first; `names` are those of columns by id; `reader_id` is the user who reads it.
    """
    later = [
        entry
        for entry in entries
        if entry["entity_type"] == "task" and (entry["entity_version"] or 0) > version
    ]
    if not later:
        return None
    newest = later[0]
    who = "You" if newest["actor_id"] == reader_id else newest["actor_name"] or "Somebody"
    where = " in another window" if newest["actor_id"] == reader_id else ""
    return f"{who} {_describe_change(newest, names)}{where} {_ago(newest['action_timestamp'])}. It was not moved again."


def _describe_change(entry: sql.Row, names: Mapping[str, str]) -> str:
    after = entry["new_state"] or {}
    if "column_id" in after:
        return f"moved it to “{names.get(after['column_id'], 'another column')}”"
    if after.keys() <= {"rank", "spread_ranks"}:
        return "moved it within its column"
    changed = _names_of_changes([entry])
    return f"changed its {changed}" if changed else "changed it"


def _ago(at: datetime) -> str:
    minutes = int((clock.now() - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    if minutes < 24 * 60:
        return "an hour ago" if minutes < 120 else f"{minutes // 60} hours ago"
    return f"on {at:%-d %b}"


def _texts_before(later: Sequence[sql.Row]) -> dict[str, str]:
    """The fields that others changed, with their values when the person opened the form."""
    state: dict[str, Any] = {}
    for entry in reversed(later):
        for name, value in (entry["previous_state"] or {}).items():
            if name in _EDITED:
                state.setdefault(name, earlier_value(name, value))
    return form_texts(state)


def _names_of_changes(later: Sequence[sql.Row]) -> str:
    return name_fields({name for entry in later for name in entry["new_state"] or {}})


def _show_field(name: str, theirs: str | None, yours: str, form: EditTaskForm) -> dict[str, Any]:
    choices: dict[str, str] = getattr(form[name], "offered", {})
    kind = "choice" if choices else "text" if control_name(name) == "text" else "line"
    return {
        "name": name,
        "label": form[name].label.text,
        "theirs": theirs or "",
        "yours": yours,
        "kind": kind,
        "choices": list(choices.items()),
        "theirs_text": UNREADABLE if theirs is None else choices.get(theirs, theirs),
        "yours_text": choices.get(yours, yours),
    }
