"""Two people edited the same task: what each of them wanted, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from taskforge.people import person_of
from taskforge.stores import sql
from taskforge.tasks.documents import EMPTY_TEXT
from taskforge.tasks.forms import EDITED_FIELDS, EditTaskForm, form_text, form_texts
from taskforge.tasks.history import name_fields
from taskforge.tasks.views import TaskView

AWAY = "Away for a moment: their text can't be read now."
TEXT_FIELDS = frozenset(EMPTY_TEXT)
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
