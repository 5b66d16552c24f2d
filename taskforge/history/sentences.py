"""What happened at one step of a board's past, in the words that follow a name: “moved K-12 to Done”."""

from __future__ import annotations

from collections.abc import Mapping

from taskforge.history.replay import BoardState, Fact, Item

ERASED = "a card that was deleted for good since"
FIELD_WORDS = {
    "title": "title",
    "status": "status",
    "priority": "priority",
    "assignee_id": "assignee",
    "start_at": "start",
    "due_at": "due date",
    "tags": "tags",
    "checklist": "checklist",
}


def changed_task(fact: Fact) -> str | None:
    """The id of the task that a fact is about; None for facts about the board."""
    if fact["entity_type"] == "task":
        return str(fact["entity_id"])
    told = fact["new_state"] or {}
    return told.get("task_id") if fact["entity_type"] == "comment" else None


def tell(fact: Fact, state: BoardState, names: Mapping[str, str]) -> str:
    """What a fact says, with the board as it is behind it and the names of people by id."""
    told = fact["new_state"] or {}
    task_id = changed_task(fact)
    if task_id is None:
        return _tell_of_board(fact, told, state)
    card = state.cards.get(task_id)
    key = ERASED if card is None else f"{state.key_prefix}-{card['number']}"
    sentence = _CARD_SENTENCES.get(fact["event"])
    if sentence is not None:
        return sentence.format(key=key, column=_column_name(state, card))
    if card is None:
        return f"changed {key}"
    return _tell_change(told, state, card, key, names)


def _tell_change(
    told: Item, state: BoardState, card: Item, key: str, names: Mapping[str, str]
) -> str:
    if "column_id" in told:
        return f"moved {key} to {_column_name(state, card)}"
    if "rank" in told:
        return f"moved {key} within {_column_name(state, card)}"
    if told.keys() & FIELD_WORDS.keys() == {"assignee_id"}:
        name = names.get(told["assignee_id"] or "")
        return f"assigned {key} to {name}" if name else f"unassigned {key}"
    changed = [word for name, word in FIELD_WORDS.items() if name in told]
    return f"changed {_listed(changed)} of {key}" if changed else f"changed the text of {key}"


def _tell_of_board(fact: Fact, told: Item, state: BoardState) -> str:
    column = state.columns.get(told.get("column_id", ""), {})
    name = told.get("name") or column.get("name") or fact["old_name"]
    sentence = _BOARD_SENTENCES.get(fact["event"], "changed the board")
    return sentence.format(name=f"“{name}”" if name else "that is gone")


def _column_name(state: BoardState, card: Item | None) -> str:
    column = state.columns.get(card["column_id"]) if card else None
    return str(column["name"]) if column else "a column that is gone"


def _listed(words: list[str]) -> str:
    """The words as people list them: “the title, the tags and the due date”."""
    named = [f"the {word}" for word in words]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


_CARD_SENTENCES = {
    "task.created": "added {key} to {column}",
    "task.deleted": "moved {key} to the trash",
    "task.restored": "restored {key}",
    "task.purged": "deleted a card for good",
    "comment.created": "commented on {key}",
    "comment.edited": "changed a comment on {key}",
    "comment.deleted": "deleted a comment on {key}",
}
_BOARD_SENTENCES = {
    "board.created": "created the board {name}",
    "board.edited": "renamed the board to {name}",
    "board.column_created": "added the column {name}",
    "board.column_edited": "changed the column {name}",
    "board.column_moved": "moved the column {name}",
    "board.column_deleted": "deleted the column {name}",
}
