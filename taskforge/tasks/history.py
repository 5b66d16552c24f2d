"""The history of a task in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from taskforge.people import person_of
from taskforge.stores import sql
from taskforge.tasks.custom_fields import write_custom_fields
from taskforge.tasks.forms import PRIORITY_NAMES, STATUS_NAMES

LONGEST_TEXT = 400
FIELD_NAMES = {
    "title": "Title",
    "description": "Description",
    "column_id": "Column",
    "status": "Status",
    "priority": "Priority",
    "assignee_id": "Assignee",
    "start_at": "Start",
    "due_at": "Due date",
    "tags": "Tags",
    "custom_fields": "Fields",
    "checklist": "Checklist",
    "content": "Text",
}
SENTENCES = {
    "task.created": "created this task",
    "task.edited": "changed it",
    "task.assigned": "changed the assignee",
    "task.status_changed": "moved it",
    "task.moved": "moved it",
    "task.deleted": "put it into the trash",
    "task.restored": "took it out of the trash",
    "task.purged": "erased it",
    "comment.created": "commented",
    "comment.edited": "changed a comment",
    "comment.deleted": "deleted a comment",
}
# What these did is in their sentence, or would repeat a text that stands elsewhere.
WITHOUT_CHANGES = frozenset({"task.created", "task.deleted", "task.restored", "comment.created"})


def name_fields(fields: Iterable[str]) -> str:
    """The names of fields inside a sentence: "title and due date"."""
    wanted = set(fields)
    names = [
        name.lower() for field, name in {**FIELD_NAMES, "place": "place"}.items() if field in wanted
    ]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def mentioned_people(entries: Iterable[sql.Row]) -> set[str]:
    """The ids of people in the states of these facts, whose names the page needs."""
    states = [entry[side] or {} for entry in entries for side in ("previous_state", "new_state")]
    return {state["assignee_id"] for state in states if state.get("assignee_id")}


def show_entry(entry: sql.Row, names: Mapping[str, str]) -> dict[str, Any]:
    """One fact of the audit log; `names` gives the names of columns and people by id."""
    before, after = entry["previous_state"] or {}, entry["new_state"] or {}
    sentence = SENTENCES.get(entry["event"], "changed it")
    within = after.keys() <= {"rank", "spread_ranks", "undoes"}
    if entry["event"] == "task.moved" and within:
        sentence = "moved it within its column"
    changes = [
        {
            "field": label,
            "before": show_field(name, before.get(name), names),
            "after": show_field(name, after.get(name), names),
        }
        for name, label in FIELD_NAMES.items()
        if name in after and not (name == "status" and "column_id" in after)
    ]
    return {
        "action": entry["action"],
        "text": sentence,
        "actor": person_of(entry["actor_id"], entry["actor_name"]),
        "at": entry["action_timestamp"],
        "changes": [] if entry["event"] in WITHOUT_CHANGES else changes,
    }


def show_field(name: str, value: Any, names: Mapping[str, str]) -> str | None:
    """A value of the log as people read it; None for nothing."""
    if value is None or value in ("", []):
        return None
    if name in ("column_id", "assignee_id"):
        return names.get(value, "something that is gone")
    if name in ("start_at", "due_at"):
        return f"{datetime.fromisoformat(value):%-d %b %Y}"
    if name == "tags":
        return ", ".join(value)
    if name == "custom_fields":
        return _shortened(write_custom_fields(value).replace("\n", ", "))
    if name == "checklist":
        return f"{sum(1 for item in value if item['done'])} of {len(value)} done"
    words = {"status": STATUS_NAMES, "priority": PRIORITY_NAMES}.get(name, {})
    return _shortened(words.get(value, str(value)))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip() + " …"
