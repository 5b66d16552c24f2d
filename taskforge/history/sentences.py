"""Sentences of a board's history: what an audit event changed, as it follows the person's name: “moved K-12 to Done”.

Which sentence shows an event is said by its row of `taskforge.events.Event`; edits of tasks name what has changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from taskforge.events import find_event
from taskforge.history.replay import AuditEvent, Item, ReplayedBoard
from taskforge.history.used_tokens import describe_token
from taskforge.tasks.fields import INPUT_FIELDS

PURGED = "a card that was deleted for good since"
CHANGED_BOARD = "changed the board"
CHANGED_CARD = "changed {key}"
ON_TASKS = ("comment", "attachment")  # what belongs to a task, whose id its events name
# Settings of a board that are on or off.
SETTINGS = {
    "hard_limits": {
        True: "made the limits of the board hard",
        False: "made the limits of the board soft",
    },
    "is_private": {
        True: "made the board private",
        False: "opened the board to everybody in the team",
    },
}
# The fields whose changes the history of a board names: not what was written, nor the place (a move says it).
FIELD_WORDS = {
    field.name: field.words
    for field in INPUT_FIELDS
    if not field.kind.is_prose and field.name != "column_id"
}


def changed_task(event: AuditEvent) -> str | None:
    """The id of the task that an event is about; None for events of the board."""
    if event["entity_type"] == "task":
        return str(event["entity_id"])
    new = event["new_state"] or {}
    return new.get("task_id") if event["entity_type"] in ON_TASKS else None


def describe_event(event: AuditEvent, board: ReplayedBoard, names: Mapping[str, str]) -> str:
    """What an event changed; `board` is the board after it, `names` the names of people by id.

    Of the event it reads event, entity_type, entity_id, new_state, and old_name: the name before it of what the event
    deleted or renamed, or None.
    """
    return _describe(event, board, names) + describe_token(event["new_state"])


def _describe(event: AuditEvent, board: ReplayedBoard, names: Mapping[str, str]) -> str:
    new = event["new_state"] or {}
    known = find_event(event["event"])
    task_id = changed_task(event)
    if task_id is None:
        for name, words in SETTINGS.items():
            if name in new and "name" not in new:
                return words[new[name]]
        sentence = known.on_board if known else CHANGED_BOARD
        return sentence.format(name=_board_or_column_name(event, new, board))
    card = board.cards.get(task_id)
    key = PURGED if card is None else f"{board.key_prefix}-{card['number']}"
    if card is not None and (known is None or known.changes_fields):
        return _describe_fields(new, board, card, key, names)
    sentence = known.on_board if known else CHANGED_CARD
    return sentence.format(key=key, column=_column_name(board, card))


def _describe_fields(
    new: Item, board: ReplayedBoard, card: Item, key: str, names: Mapping[str, str]
) -> str:
    """The sentence of an edit of a task, made of the fields that it changed."""
    if "column_id" in new:
        return f"moved {key} to {_column_name(board, card)}"
    if "rank" in new:
        return f"moved {key} within {_column_name(board, card)}"
    if new.keys() & FIELD_WORDS.keys() == {"assignee_id"}:
        name = names.get(new["assignee_id"] or "")
        return f"assigned {key} to {name}" if name else f"unassigned {key}"
    changed = [word for name, word in FIELD_WORDS.items() if name in new]
    return f"changed {_listed(changed)} of {key}" if changed else f"changed the text of {key}"


def _board_or_column_name(event: AuditEvent, new: Item, board: ReplayedBoard) -> str:
    column = board.columns.get(new.get("column_id", ""), {})
    name = new.get("name") or column.get("name") or event["old_name"]
    return f"“{name}”" if name else "that is gone"


def _column_name(board: ReplayedBoard, card: Item | None) -> str:
    column = board.columns.get(card["column_id"]) if card else None
    return str(column["name"]) if column else "a column that is gone"


def _listed(words: list[str]) -> str:
    """The words as people list them: “the title, the tags and the due date”."""
    named = [f"the {word}" for word in words]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
