"""What is declared of a field of a task. The declarations themselves are in `taskforge.tasks.fields`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from taskforge.events import Event
from taskforge.tasks.board.filter_base import Filter
from taskforge.tasks.field_kinds import Kind
from taskforge.teams.permissions import Permission


class Store(Enum):
    """Where the value of a field lives."""

    ROW = "a column of the reference row in PostgreSQL, copied into the document"
    PLACE = "like ROW; written together with column, status and rank, which must fit each other"
    CONTENT = "the content part of the document, which MongoDB owns"
    FILES = "rows of their own, listed in a column of the row and in a part of the document"


class Output(Enum):
    """Which answers of the API contain a field."""

    NOWHERE = "in none"
    SUMMARY = "in lists, and in the whole task"
    TASK = "in the whole task only"


@dataclass(frozen=True, kw_only=True)
class BulkAct:
    """Something that is done to a field of many cards: the name of the act, its sentence, the words on its button.

    ``sentence`` completes “3 cards are …”, and so does ``empty`` where the value is taken away.
    ``value`` is set where the act needs no value from outside.
    """

    name: str
    sentence: str
    empty: str = ""
    button: str = "Set"
    value: str | None = None


@dataclass(frozen=True, kw_only=True)
class CardFact:
    """How a plain field shows on a card: an icon and its value, if it has one."""

    icon: str


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskField:
    """One field of a task.

    ``name`` is its name in the stores and the log, ``label`` in a form, ``noun`` in a sentence; ``api_name`` in JSON
    (camelCase of the name, if not given); ``address`` that of its one-field form, if it has one.

    ``initial`` is what a new task has, and one replaced by the API, where nothing is said. ``since`` is the schema
    version of its document part (the content, or the mirror of the row) that first had the field. ``event`` is the
    audit event of a change to this field alone. ``position`` is its place among the properties of a task and in menus.
    """

    name: str
    kind: Kind
    label: str
    store: Store = Store.ROW
    noun: str = ""
    api_name: str = ""
    address: str = ""
    permission: str = Permission.TASK_EDIT
    event: Event = Event.TASK_EDITED
    initial: Any = None
    since: int = 1
    position: int | None = None
    in_input: bool = True
    in_form: bool = True
    in_output: Output = Output.SUMMARY
    in_list_filter: bool = False
    is_restorable: bool = True
    is_sortable: bool = False
    on_card: bool = False
    card_fact: CardFact | None = None
    filter: Filter | None = None
    bulk_acts: tuple[BulkAct, ...] = ()

    @property
    def is_content(self) -> bool:
        """Whether MongoDB owns it: while it is away, the value can't be read."""
        return self.store is Store.CONTENT

    @property
    def words(self) -> str:
        """Its name inside a sentence."""
        return self.noun or self.label.lower()

    @property
    def json_name(self) -> str:
        """Its name in the JSON of the API."""
        first, *rest = self.name.split("_")
        return self.api_name or first + "".join(word.capitalize() for word in rest)
