"""Replay: from the audit events of a board to the board as it was after any one of them.

Pure: it asks no store. Events come in the order of their ``board_seq``. A field that an event does not name keeps its
value, a field that a board does not show is ignored, and an event of an unknown card or column changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from taskforge.events import Event
from taskforge.tasks.fields import CARD_FIELDS, RANK

# event, entity_type, entity_id, entity_version, board_seq, new_state
AuditEvent = Mapping[str, Any]
Item = dict[str, Any]

COLUMN_FIELDS = ("name", "status", "hue", "wip_limit", "rank")
# What an audit event of a task changes of its card: the declared fields that a card shows, and what is none.
CARD_NAMES = (*(field.name for field in CARD_FIELDS), RANK, "deleted")
NEW_CARD: Item = {
    **{field.name: field.initial for field in CARD_FIELDS},
    "number": 0,
    RANK: "",
    "comment_count": 0,
    "attachment_count": 0,
    "checklist_done": 0,
    "checklist_total": 0,
    "version": 1,
    "deleted": False,
}


@dataclass
class ReplayedBoard:
    """A board after its audit event number `seq`: columns and cards by id.

    Cards in the trash are among them, marked ``deleted``. Instants are ISO text, so that all of it is plain JSON.
    """

    seq: int = 0
    name: str = ""
    key_prefix: str = ""
    columns: dict[str, Item] = field(default_factory=dict)
    cards: dict[str, Item] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The content of a snapshot, which `read_state` reads. It shares its columns and cards with this object."""
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

    def retain(self, task_ids: Iterable[str]) -> None:
        """Remove every card but these: a purged task must not be shown by the history either."""
        retained = set(task_ids)
        self.cards = {task_id: card for task_id, card in self.cards.items() if task_id in retained}


def read_state(seq: int, stored: Mapping[str, Any]) -> ReplayedBoard:
    """The board that a snapshot holds. Fields that are newer than the snapshot have the value of a new card."""
    cards = {task_id: {**NEW_CARD, **card} for task_id, card in stored["cards"].items()}
    return ReplayedBoard(seq=seq, **{**stored, "cards": cards})


def replay(state: ReplayedBoard, events: Iterable[AuditEvent]) -> ReplayedBoard:
    """Apply events to a board, in their order. The board itself is changed, and answered."""
    for event in events:
        apply = _BY_EVENT.get(event["event"]) or _BY_ENTITY.get(event["entity_type"])
        if apply is not None:
            apply(state, event, event["new_state"] or {})
        state.seq = event["board_seq"]
    return state


def _create_board(state: ReplayedBoard, _event: AuditEvent, new: Item) -> None:
    state.name = new.get("name", "")
    state.key_prefix = new.get("key_prefix", "")
    for column in new.get("columns", []):
        _create_column(state, _event, column)


def _create_column(state: ReplayedBoard, _event: AuditEvent, new: Item) -> None:
    state.columns[new["column_id"]] = {name: new.get(name) for name in COLUMN_FIELDS}


def _change_board(state: ReplayedBoard, _event: AuditEvent, new: Item) -> None:
    """Change a column, if the event names one; else the board itself, of which only the name is shown."""
    if "column_id" not in new:
        state.name = new.get("name", state.name)
        return
    column = state.columns.get(new["column_id"])
    if column is not None:
        column.update({name: new[name] for name in COLUMN_FIELDS if name in new})
    for column_id, rank in new.get("spread_ranks", {}).items():
        if column_id in state.columns:
            state.columns[column_id]["rank"] = rank


def _delete_column(state: ReplayedBoard, _event: AuditEvent, new: Item) -> None:
    state.columns.pop(new.get("column_id", ""), None)


def _create_card(state: ReplayedBoard, event: AuditEvent, new: Item) -> None:
    state.cards[event["entity_id"]] = dict(NEW_CARD, number=new.get("number", 0))
    _change_card(state, event, new)


def _change_card(state: ReplayedBoard, event: AuditEvent, new: Item) -> None:
    card = state.cards.get(event["entity_id"])
    if card is not None:
        card.update({name: new[name] for name in CARD_NAMES if name in new})
        card["version"] = event["entity_version"] or card["version"]
        if "checklist" in new:
            card["checklist_total"] = len(new["checklist"])
            card["checklist_done"] = sum(1 for item in new["checklist"] if item["done"])
    # Last, for the card itself is among those that got a new rank.
    for task_id, rank in new.get("spread_ranks", {}).items():
        if task_id in state.cards:
            state.cards[task_id]["rank"] = rank


def _purge_card(state: ReplayedBoard, event: AuditEvent, _new: Item) -> None:
    state.cards.pop(event["entity_id"], None)


def _count_comment(difference: int) -> Callable[[ReplayedBoard, AuditEvent, Item], None]:
    def count(state: ReplayedBoard, _event: AuditEvent, new: Item) -> None:
        card = state.cards.get(new.get("task_id", ""))
        if card is not None:
            card["comment_count"] += difference

    return count


def _count_file(difference: int) -> Callable[[ReplayedBoard, AuditEvent, Item], None]:
    """Counts the files of a card, without those of its comments."""

    def count(state: ReplayedBoard, _event: AuditEvent, new: Item) -> None:
        card = state.cards.get(new.get("task_id", ""))
        if card is not None and new.get("comment_id") is None:
            card["attachment_count"] += difference

    return count


_BY_EVENT: dict[str, Callable[[ReplayedBoard, AuditEvent, Item], None]] = {
    Event.BOARD_CREATED: _create_board,
    Event.BOARD_COLUMN_CREATED: _create_column,
    Event.BOARD_COLUMN_DELETED: _delete_column,
    Event.BOARD_COLUMN_RESTORED: _create_column,
    Event.TASK_CREATED: _create_card,
    Event.TASK_PURGED: _purge_card,
    Event.COMMENT_CREATED: _count_comment(1),
    Event.COMMENT_DELETED: _count_comment(-1),
    Event.COMMENT_RESTORED: _count_comment(1),
    Event.ATTACHMENT_ADDED: _count_file(1),
    Event.ATTACHMENT_DELETED: _count_file(-1),
    Event.ATTACHMENT_RESTORED: _count_file(1),
}
# All other events of an entity name the fields that have changed.
_BY_ENTITY: dict[str, Callable[[ReplayedBoard, AuditEvent, Item], None]] = {
    "board": _change_board,
    "task": _change_card,
}
