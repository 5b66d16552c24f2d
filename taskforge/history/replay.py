"""Replaying a board: from the facts of the audit log to the board as it was behind any one of them.

Pure: no store is asked. Facts come in the order of their ``board_seq``; what a fact does not tell stays as it is, what
it tells beyond this is passed over, and a fact about something unknown changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Fact = Mapping[str, Any]  # event, entity_type, entity_id, entity_version, board_seq, new_state
Item = dict[str, Any]

COLUMN_FIELDS = ("name", "status", "hue", "wip_limit", "rank")
CARD_FIELDS = ("title", "status", "priority", "assignee_id", "due_at", "tags", "column_id", "rank",
               "attachment_count", "deleted")  # fmt: skip
NEW_CARD: Item = {
    "number": 0,
    "title": "",
    "status": "backlog",
    "priority": "medium",
    "assignee_id": None,
    "due_at": None,
    "tags": [],
    "column_id": None,
    "rank": "",
    "comment_count": 0,
    "attachment_count": 0,
    "checklist_done": 0,
    "checklist_total": 0,
    "version": 1,
    "deleted": False,
}


@dataclass
class BoardState:
    """A board behind the fact number `seq`: columns and cards by id.

    Cards in the trash are among them, marked ``deleted``. Instants are ISO text, so that all of it is plain JSON.
    """

    seq: int = 0
    name: str = ""
    key_prefix: str = ""
    columns: dict[str, Item] = field(default_factory=dict)
    cards: dict[str, Item] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What a snapshot keeps; `read_state` reads it. It shares columns and cards with the state."""
        return {
            "name": self.name,
            "key_prefix": self.key_prefix,
            "columns": self.columns,
            "cards": self.cards,
        }

    def ordered_columns(self) -> list[Item]:
        """The columns from left to right, each with its ``column_id``."""
        found = [{"column_id": column_id, **column} for column_id, column in self.columns.items()]
        return sorted(found, key=lambda column: str(column["rank"]))

    def cards_by_column(self) -> dict[str, list[Item]]:
        """The cards that are not in the trash, each with its ``task_id``, from top to bottom by column."""
        found: dict[str, list[Item]] = {column_id: [] for column_id in self.columns}
        for task_id, card in self.cards.items():
            if not card["deleted"] and card["column_id"] in found:
                found[card["column_id"]].append({"task_id": task_id, **card})
        for cards in found.values():
            cards.sort(key=lambda card: (card["rank"], card["task_id"]))
        return found

    def keep(self, task_ids: Iterable[str]) -> None:
        """Forget every card but these: what has been erased is not remembered here either."""
        kept = set(task_ids)
        self.cards = {task_id: card for task_id, card in self.cards.items() if task_id in kept}


def read_state(seq: int, stored: Mapping[str, Any]) -> BoardState:
    """The state that a snapshot keeps."""
    return BoardState(seq=seq, **stored)


def replay(state: BoardState, facts: Iterable[Fact]) -> BoardState:
    """Let facts happen to a state, in their order. The state itself is changed, and answered."""
    for fact in facts:
        happen = _HAPPENINGS.get(fact["event"]) or _CHANGES.get(fact["entity_type"])
        if happen is not None:
            happen(state, fact, fact["new_state"] or {})
        state.seq = fact["board_seq"]
    return state


def _create_board(state: BoardState, _fact: Fact, told: Item) -> None:
    state.name = told.get("name", "")
    state.key_prefix = told.get("key_prefix", "")
    for column in told.get("columns", []):
        _create_column(state, _fact, column)


def _create_column(state: BoardState, _fact: Fact, told: Item) -> None:
    state.columns[told["column_id"]] = {name: told.get(name) for name in COLUMN_FIELDS}


def _change_board(state: BoardState, _fact: Fact, told: Item) -> None:
    """Of the board itself only the name is shown; whatever names a column is about that."""
    if "column_id" not in told:
        state.name = told.get("name", state.name)
        return
    column = state.columns.get(told["column_id"])
    if column is not None:
        column.update({name: told[name] for name in COLUMN_FIELDS if name in told})
    for column_id, rank in told.get("spread_ranks", {}).items():
        if column_id in state.columns:
            state.columns[column_id]["rank"] = rank


def _delete_column(state: BoardState, _fact: Fact, told: Item) -> None:
    state.columns.pop(told.get("column_id", ""), None)


def _create_card(state: BoardState, fact: Fact, told: Item) -> None:
    state.cards[fact["entity_id"]] = dict(NEW_CARD, number=told.get("number", 0))
    _change_card(state, fact, told)


def _change_card(state: BoardState, fact: Fact, told: Item) -> None:
    card = state.cards.get(fact["entity_id"])
    if card is not None:
        card.update({name: told[name] for name in CARD_FIELDS if name in told})
        card["version"] = fact["entity_version"] or card["version"]
        if "checklist" in told:
            card["checklist_total"] = len(told["checklist"])
            card["checklist_done"] = sum(1 for item in told["checklist"] if item["done"])
    # Last, for the card itself is among those that got a new rank.
    for task_id, rank in told.get("spread_ranks", {}).items():
        if task_id in state.cards:
            state.cards[task_id]["rank"] = rank


def _purge_card(state: BoardState, fact: Fact, _told: Item) -> None:
    state.cards.pop(fact["entity_id"], None)


def _count_comment(difference: int) -> Callable[[BoardState, Fact, Item], None]:
    def count(state: BoardState, _fact: Fact, told: Item) -> None:
        card = state.cards.get(told.get("task_id", ""))
        if card is not None:
            card["comment_count"] += difference

    return count


_HAPPENINGS: dict[str, Callable[[BoardState, Fact, Item], None]] = {
    "board.created": _create_board,
    "board.column_created": _create_column,
    "board.column_deleted": _delete_column,
    "task.created": _create_card,
    "task.purged": _purge_card,
    "comment.created": _count_comment(1),
    "comment.deleted": _count_comment(-1),
}
# What all other events of an entity tell is which of its fields are new.
_CHANGES: dict[str, Callable[[BoardState, Fact, Item], None]] = {
    "board": _change_board,
    "task": _change_card,
}
