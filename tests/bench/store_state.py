"""A board and a task of a realistic store while their history is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from taskforge.stores.outbox import Message
from taskforge.tasks.documents import content_message, mirror_message
from taskforge.tasks.fields import CORE_NAMES
from taskforge.tasks.row_columns import row_columns

Change = dict[str, Any]


@dataclass
class BoardState:
    """A board while its history is written: what the next change of it needs to know."""

    board_id: str
    team_id: str
    team_name: str
    key_prefix: str
    columns: list[dict[str, Any]]
    members: list[str]
    seq: int = 1
    next_number: int = 1
    last_ranks: dict[str, str | None] = field(default_factory=dict)
    task_ids: list[str] = field(default_factory=list)


class Task:
    """A task while its history is written."""

    def __init__(self, row: Change, texts: Change) -> None:
        self.row = row
        self.texts = texts
        self.commenters: list[str] = []

    @cached_property
    def content(self) -> Message:
        """Its content, when everything has happened to it."""
        return content_message(self.row["task_id"], self.row["doc_version"], self.texts)

    def messages(self) -> tuple[Message, Message]:
        """What MongoDB holds of it."""
        return self.content, mirror_message(self.row)

    def stored_row(self) -> Change:
        """Its reference row."""
        row = {name: value for name, value in self.row.items() if name not in CORE_NAMES}
        return {**row, **row_columns(self.row), "doc_sha": self.content.sha}
