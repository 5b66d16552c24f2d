"""Two people edited the same task: what each of them wanted, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from taskforge import clock
from taskforge.stores import sql
from taskforge.tasks.documents import EMPTY_CONTENT
from taskforge.tasks.queries import TaskView
from taskforge.text.people import person_of
from taskforge.web.tasks.forms import EDITED_FIELDS, EditTaskForm, form_text, form_texts
from taskforge.web.tasks.history_entries import name_fields

AWAY = "Away for a moment: their text can't be read now."
TEXT_FIELDS = frozenset(EMPTY_CONTENT)
LONG_FIELDS = frozenset({"description", "custom_fields"})
DAYS = frozenset({"start_at", "due_at"})


def show_conflict(
    view: TaskView, form: EditTaskForm, version: int, entries: Sequence[sql.Row]
) -> dict[str, Any]:
    """What the conflict page decides about: the fields that the person changed and that are stored differently now.

    `entries` is the task's history, latest first; `version` is what the person had before them. A field that they had
    left alone takes what is stored now, so that their saving undoes nobody's change.
    """
    later = [
        entry
        for entry in entries
        if entry["entity_type"] == "task" and (entry["entity_version"] or 0) > version
    ]
    theirs = form_texts({**view.row, **(view.texts or {})})
    seen = {**theirs, **_texts_before(later)}
    yours = {
        name: form_text(name, value) for name, value in form.values.items() if name in EDITED_FIELDS
    }
    disputed = [
        name
        for name in EDITED_FIELDS
        if name in yours and yours[name] != theirs.get(name) and yours[name] != seen.get(name)
    ]
    newest = later[0] if later else None
    return {
        "changed_by": person_of(newest["actor_id"], newest["actor_name"]) if newest else None,
        "changed_at": newest["action_timestamp"] if newest else view.row["updated_at"],
        "changed_fields": _names_of_changes(later),
        "fields": [_show_field(name, theirs.get(name), yours[name], form) for name in disputed],
        "kept": [
            (name, theirs.get(name, yours[name]))
            for name in EDITED_FIELDS
            if name in yours and name not in disputed
        ],
    }


def say_who_was_first(
    entries: Sequence[sql.Row], names: Mapping[str, str], *, me: str, version: int
) -> str | None:
    """Who changed a task after `version`, what and when; None when its history does not say.

    `entries` is the history, latest first; `names` those of the columns by id; `me` the id of whoever is told.
    """
    later = [
        entry
        for entry in entries
        if entry["entity_type"] == "task" and (entry["entity_version"] or 0) > version
    ]
    if not later:
        return None
    newest = later[0]
    who = "You" if newest["actor_id"] == me else newest["actor_name"] or "Somebody"
    where = " in another window" if newest["actor_id"] == me else ""
    return f"{who} {_say_change(newest, names)}{where} {_ago(newest['action_timestamp'])}. It was not moved again."


def _say_change(entry: sql.Row, names: Mapping[str, str]) -> str:
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
    """The fields that others changed, as they were when the person opened the form."""
    state: dict[str, Any] = {}
    for entry in reversed(later):
        for name, value in (entry["previous_state"] or {}).items():
            state.setdefault(name, value)
    for name in DAYS & state.keys():
        state[name] = datetime.fromisoformat(state[name]) if state[name] else None
    return form_texts(state)


def _names_of_changes(later: Sequence[sql.Row]) -> str:
    return name_fields({name for entry in later for name in entry["new_state"] or {}})


def _show_field(name: str, theirs: str | None, yours: str, form: EditTaskForm) -> dict[str, Any]:
    choices: dict[str, str] = getattr(form[name], "offered", {})
    kind = "choice" if choices else "text" if name in LONG_FIELDS else "line"
    return {
        "name": name,
        "label": form[name].label.text,
        "theirs": theirs or "",
        "yours": yours,
        "kind": kind,
        "choices": list(choices.items()),
        "theirs_text": AWAY if theirs is None else choices.get(theirs, theirs),
        "yours_text": choices.get(yours, yours),
    }
