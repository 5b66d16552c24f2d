"""The history of a task in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from taskforge.boards.statuses import STATUS_NAMES
from taskforge.stores import sql
from taskforge.tasks.custom_fields import write_custom_fields
from taskforge.text.people import person_of
from taskforge.text.word_diff import MAX_CHARACTERS, SAME, diff_words, fold, shorten
from taskforge.web.tasks.forms import PRIORITY_NAMES

LONGEST_TEXT = 400
LONGEST_CHANGE = 1_500  # characters of one comparison on a page with others
MOST_COMPARED = 120_000  # characters that differ and are compared word by word on one page
COMPARED = frozenset({"title", "description", "content", "custom_fields", "checklist"})
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
    "task.deleted": "moved it to the trash",
    "task.restored": "restored it",
    "task.purged": "deleted it for good",
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


class Reading:
    """How much of the texts a page shows, and how many characters it may still compare word by word."""

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole
        self.left = MOST_COMPARED

    def compare(self, before: str, after: str) -> dict[str, Any]:
        """The pieces of two texts as the page shows them, and whether something of the changed ones was left out."""
        pieces = diff_words(before, after, max_characters=min(self.left, MAX_CHARACTERS))
        self.left -= sum(len(piece.text) for piece in pieces if piece.kind != SAME)
        self.left = max(0, self.left)
        if self.whole:
            return {"pieces": pieces, "cut": False}
        shown, everything = shorten(fold(pieces), longest=LONGEST_CHANGE)
        return {"pieces": shown, "cut": not everything}


def show_entry(entry: sql.Row, names: Mapping[str, str], reading: Reading) -> dict[str, Any]:
    """One fact of the audit log; `names` gives the names of columns and people by id."""
    before, after = entry["previous_state"] or {}, entry["new_state"] or {}
    sentence = SENTENCES.get(entry["event"], "changed it")
    within = after.keys() <= {"rank", "spread_ranks", "undoes"}
    if entry["event"] == "task.moved" and within:
        sentence = "moved it within its column"
    shown = [
        name
        for name in FIELD_NAMES
        if name in after
        and entry["event"] not in WITHOUT_CHANGES
        and not (name == "status" and "column_id" in after)
    ]
    if entry["event"] == "task.edited" and shown:
        sentence = f"changed the {name_fields(shown)}"
    return {
        "event": entry["event_id"],
        "action": entry["action"],
        "text": sentence,
        "actor": person_of(entry["actor_id"], entry["actor_name"]),
        "at": entry["action_timestamp"],
        "undoes": after.get("undoes"),
        "changes": [
            _show_change(name, before.get(name), after.get(name), names, reading) for name in shown
        ],
    }


def _show_change(
    name: str, before: Any, after: Any, names: Mapping[str, str], reading: Reading
) -> dict[str, Any]:
    change = {
        "name": name,
        "field": FIELD_NAMES[name],
        "before": show_field(name, before, names),
        "after": show_field(name, after, names),
        "pieces": None,
        "cut": False,
    }
    if name not in COMPARED:
        return change
    old, new = text_of(name, before), text_of(name, after)
    whole = {"old": old, "new": new} if reading.whole else {}
    return {**change, **whole, **reading.compare(old, new)}


def text_of(name: str, value: Any) -> str:
    """A field that is compared word by word as one text."""
    if name == "custom_fields":
        return write_custom_fields(value or ())
    if name == "checklist":
        return "\n".join(f"{'☑' if item['done'] else '☐'} {item['text']}" for item in value or ())
    return value or ""


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
