"""Audit events of a task as entries of its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taskforge.comments.documents import MAX_CONTENT_LENGTH
from taskforge.events import Event, find_event
from taskforge.history.used_tokens import describe_token
from taskforge.stores import sql
from taskforge.stores.actor import BY_PROGRAM
from taskforge.tasks.field_kinds import Kind, LongText
from taskforge.tasks.fields import BY_NAME, INPUT_FIELDS, name_fields
from taskforge.text.people import person_of
from taskforge.text.word_diff import MAX_CHARACTERS, SAME, diff_words, fold, shorten

MAX_CHANGE_LENGTH = 1_500  # characters of one comparison on a page with others
MAX_COMPARED = 120_000  # characters that differ and are compared word by word on one page
COMMENT = "content"  # the one text of a comment, whose changes stand in the history of its task
SHOWN_FIELDS = (*(field.name for field in INPUT_FIELDS), COMMENT)
UNKNOWN_EVENT = "changed it"
# Their sentence says all, or their changes would repeat a text that the page shows elsewhere.
WITHOUT_CHANGES = frozenset(
    {
        Event.TASK_CREATED,
        Event.TASK_DELETED,
        Event.TASK_RESTORED,
        Event.COMMENT_CREATED,
        Event.COMMENT_RESTORED,
    }
)


def mentioned_people(entries: Iterable[sql.Row]) -> set[str]:
    """The ids of people in the states of these audit events, whose names the page needs."""
    states = [entry[side] or {} for entry in entries for side in ("previous_state", "new_state")]
    return {state["assignee_id"] for state in states if state.get("assignee_id")}


class TextComparison:
    """Compares the texts of one page word by word, within a budget of `MAX_COMPARED` characters that differ.

    With ``whole=True`` the pieces are neither folded nor shortened.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole
        self.left = MAX_COMPARED

    def compare(self, before: str, after: str) -> dict[str, Any]:
        """The ``pieces`` to show, and in ``cut`` whether a changed piece was left out."""
        pieces = diff_words(before, after, max_characters=min(self.left, MAX_CHARACTERS))
        self.left -= sum(len(piece.text) for piece in pieces if piece.kind != SAME)
        self.left = max(0, self.left)
        if self.whole:
            return {"pieces": pieces, "cut": False}
        shown, everything = shorten(fold(pieces), longest=MAX_CHANGE_LENGTH)
        return {"pieces": shown, "cut": not everything}


def show_entry(
    entry: sql.Row, names: Mapping[str, str], comparison: TextComparison
) -> dict[str, Any]:
    """One audit event; `names` gives the names of columns and people by id."""
    before, after = entry["previous_state"] or {}, entry["new_state"] or {}
    event = find_event(entry["event"])
    sentence = event.on_task.format(name=f"“{after.get('name')}”") if event else UNKNOWN_EVENT
    within = after.keys() <= {"rank", "spread_ranks", "undoes", BY_PROGRAM}
    if entry["event"] == Event.TASK_MOVED and within:
        sentence = "moved it within its column"
    shown = [
        name
        for name in SHOWN_FIELDS
        if name in after
        and entry["event"] not in WITHOUT_CHANGES
        and not (name == "status" and "column_id" in after)
    ]
    if entry["event"] == Event.TASK_EDITED and shown:
        sentence = f"changed the {name_fields(shown)}"
    if over := after.get("over_limit"):
        sentence += f", above the limit of its column ({over['count']} of {over['limit']})"
    return {
        "event": entry["event_id"],
        "action": entry["action"],
        "text": sentence + describe_token(after),
        "actor": person_of(entry["actor_id"], entry["actor_name"], picture=entry["actor_picture"]),
        "at": entry["action_timestamp"],
        "undoes": after.get("undoes"),
        "changes": [
            _show_change(name, before.get(name), after.get(name), names, comparison)
            for name in shown
        ],
    }


def _show_change(
    name: str, before: Any, after: Any, names: Mapping[str, str], comparison: TextComparison
) -> dict[str, Any]:
    kind = _kind(name)
    change = {
        "name": name,
        "field": name_fields([name]).capitalize(),
        "before": kind.words(before, names),
        "after": kind.words(after, names),
        "pieces": None,
        "cut": False,
    }
    if not kind.is_compared:
        return change
    old, new = kind.text(before), kind.text(after)
    whole = {"old": old, "new": new} if comparison.whole else {}
    return {**change, **whole, **comparison.compare(old, new)}


def _kind(name: str) -> Kind:
    return _COMMENT_KIND if name == COMMENT else BY_NAME[name].kind


_COMMENT_KIND = LongText(MAX_CONTENT_LENGTH)
