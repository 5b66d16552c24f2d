"""The fields of a task, each declared once. Everything that handles fields loops over this declaration.

From it follow: the columns of the reference row and the parts of the document, what a new task may be given, the edit
form and the one-field forms, the JSON of the API, the audit log and its differences, the history in words, undo, the
acts on many cards, the filter of a board, the filters and orders of the API's list, and the facts on a card.
See docs/dev/add-a-field.md for how to add one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taskforge.boards.statuses import STATUS_NAMES, Status
from taskforge.events import Event
from taskforge.tasks.board.bucket_filters import NumberFilter
from taskforge.tasks.board.due_filter import DueFilter
from taskforge.tasks.board.filter_kinds import (
    ChoiceFilter,
    PersonFilter,
    TagsFilter,
)
from taskforge.tasks.field_kinds import (
    BoardColumn,
    Checklist,
    Choice,
    Cover,
    CustomFields,
    Files,
    Line,
    LongText,
    Person,
    Tags,
)
from taskforge.tasks.moment_kind import Moment
from taskforge.tasks.number_kind import Number
from taskforge.tasks.priorities import DEFAULT_PRIORITY, PRIORITY_NAMES
from taskforge.tasks.task_field import BulkAct, CardFact, Output, Store, TaskField
from taskforge.teams.permissions import Permission

MAX_TITLE_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 100_000
# In hours or points, as the team agrees: up to two decimals.
ESTIMATE = Number(minimum=0, maximum=100_000, decimals=2, ranges=("0-1", "1-3", "3-8", "8-"))

FIELDS = (
    TaskField(
        name="title",
        kind=Line(MAX_TITLE_LENGTH),
        label="Title",
        address="title",
        initial="",
        on_card=True,
    ),
    TaskField(
        name="description",
        kind=LongText(MAX_DESCRIPTION_LENGTH),
        label="Description",
        store=Store.CONTENT,
        address="description",
        initial="",
        in_output=Output.TASK,
    ),
    TaskField(
        name="column_id",
        kind=BoardColumn(),
        label="Column",
        store=Store.PLACE,
        address="column",
        permission=Permission.TASK_MOVE,
        event=Event.TASK_MOVED,
        position=1,
        in_form=False,
        on_card=True,
        bulk_acts=(BulkAct(name="column", sentence="moved to “{}”", button="Move"),),
    ),
    TaskField(
        name="status",
        kind=Choice(STATUS_NAMES),
        label="Status",
        store=Store.PLACE,
        address="status",
        event=Event.TASK_STATUS_CHANGED,
        initial=Status.BACKLOG.value,
        in_list_filter=True,
        is_restorable=False,
        on_card=True,
        bulk_acts=(BulkAct(name="done", sentence="done", button="Done", value=Status.DONE.value),),
    ),
    TaskField(
        name="priority",
        kind=Choice(PRIORITY_NAMES),
        label="Priority",
        address="priority",
        initial=DEFAULT_PRIORITY,
        position=3,
        is_sortable=True,
        on_card=True,
        filter=ChoiceFilter(parameter="priority", title="Priority", kind=Choice(PRIORITY_NAMES)),
        bulk_acts=(BulkAct(name="priority", sentence="set to {} priority"),),
    ),
    TaskField(
        name="assignee_id",
        kind=Person(),
        label="Assignee",
        address="assignee",
        event=Event.TASK_ASSIGNED,
        position=2,
        in_list_filter=True,
        on_card=True,
        filter=PersonFilter(parameter="assignee", title="Assignee"),
        bulk_acts=(BulkAct(name="assignee", sentence="assigned to {}", button="Assign"),),
    ),
    TaskField(
        name="start_at",
        kind=Moment(),
        label="Start",
        api_name="startDate",
        address="start",
        position=5,
        is_sortable=True,
    ),
    TaskField(
        name="due_at",
        kind=Moment(),
        label="Due",
        noun="due date",
        api_name="dueDate",
        address="due",
        position=4,
        is_sortable=True,
        on_card=True,
        filter=DueFilter(parameter="due", title="Due"),
        bulk_acts=(BulkAct(name="due", sentence="due {}"),),
    ),
    TaskField(
        name="estimate",
        kind=ESTIMATE,
        label="Estimate",
        address="estimate",
        position=6,
        since=2,
        in_list_filter=True,
        is_sortable=True,
        on_card=True,
        card_fact=CardFact(icon="clock"),
        filter=NumberFilter(parameter="estimate", title="Estimate", kind=ESTIMATE),
        bulk_acts=(
            BulkAct(name="estimate", sentence="estimated at {}", empty="without an estimate"),
        ),
    ),
    TaskField(
        name="tags",
        kind=Tags(),
        label="Tags",
        store=Store.CONTENT,
        address="tags",
        initial=[],
        position=7,
        on_card=True,
        filter=TagsFilter(parameter="tag", title="Tag"),
        bulk_acts=(
            BulkAct(name="add_tags", sentence="tagged {}", button="Add"),
            BulkAct(name="remove_tags", sentence="without {} now", button="Remove"),
        ),
    ),
    TaskField(
        name="attachments",
        kind=Files(),
        label="Files",
        store=Store.FILES,
        initial=[],
        in_input=False,
        in_form=False,
        in_output=Output.TASK,
        is_restorable=False,
    ),
    TaskField(
        name="cover_id",
        kind=Cover(),
        label="Cover",
        event=Event.TASK_COVER_SET,
        since=3,
        in_input=False,
        in_form=False,
        is_restorable=False,
        on_card=True,
    ),
    TaskField(
        name="custom_fields",
        kind=CustomFields(),
        label="Fields",
        store=Store.CONTENT,
        address="custom",
        initial=[],
        position=8,
        in_output=Output.TASK,
    ),
    TaskField(
        name="checklist",
        kind=Checklist(),
        label="Checklist",
        store=Store.CONTENT,
        initial=[],
        in_form=False,
        in_output=Output.TASK,
    ),
)

BY_NAME: Mapping[str, TaskField] = {field.name: field for field in FIELDS}
RANK = "rank"  # the order of tasks in a column: part of the place, never shown
ROW_FIELDS = tuple(field for field in FIELDS if field.store is Store.ROW)
MIRRORED_FIELDS = tuple(field for field in FIELDS if field.store in (Store.ROW, Store.PLACE))
CONTENT_FIELDS = tuple(field for field in FIELDS if field.is_content)
CORE_NAMES = tuple(field.name for field in ROW_FIELDS)
PLACE_NAMES = (*(field.name for field in FIELDS if field.store is Store.PLACE), RANK)
INPUT_FIELDS = tuple(field for field in FIELDS if field.in_input)
CONTENT_NAMES = tuple(field.name for field in CONTENT_FIELDS if field.in_input)  # those that change
FORM_FIELDS = tuple(field for field in FIELDS if field.in_form)
RESTORABLE = tuple(field.name for field in FIELDS if field.is_restorable)
PROPERTIES = tuple(
    sorted((field for field in FIELDS if field.position), key=lambda field: field.position or 0)
)
IN_MENUS = tuple(
    dict.fromkeys((*PROPERTIES, *FIELDS))
)  # properties in their order, then the others
CARD_FIELDS = tuple(field for field in FIELDS if field.on_card)
CARD_FACTS = tuple(field for field in CARD_FIELDS if field.card_fact)
SORTABLE = tuple(field for field in FIELDS if field.is_sortable)
MENTIONING = tuple(field.name for field in CONTENT_FIELDS if field.kind.mentions_people)
PROSE_NAMES = tuple(field.name for field in FIELDS if field.kind.is_prose)
# The columns of the row that repeat the content, for cards: tags, and the counts of the checklist.
COPIED_COLUMNS = tuple(
    column for field in CONTENT_FIELDS for column in field.kind.row_copies(field.name, [])
)
EMPTY_CONTENT: Mapping[str, Any] = {field.name: field.kind.empty for field in CONTENT_FIELDS}


def new_core(values: Mapping[str, Any]) -> dict[str, Any]:
    """The row fields of a new task: those given, and for the others what a new task has.

    Raises:
        TypeError: a name that is no field of the row: a mistake of the caller.
    """
    unknown = values.keys() - set(CORE_NAMES)
    if unknown:
        raise TypeError(f"not a field of a new task: {', '.join(sorted(unknown))}")
    return {field.name: values.get(field.name, field.initial) for field in ROW_FIELDS}


def denormalised_columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the reference row that are copied from the content, so that cards need no document."""
    copies: dict[str, Any] = {}
    for field in CONTENT_FIELDS:
        copies |= field.kind.row_copies(field.name, content[field.name])
    return copies


def plain_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state of a task as the audit log keeps it: values of declared fields in their plain form."""
    return {
        name: BY_NAME[name].kind.plain(value) if name in BY_NAME else value
        for name, value in state.items()
    }


def earlier_value(name: str, value: Any) -> Any:
    """A value of the audit log as services take it."""
    return BY_NAME[name].kind.from_log(value)


def name_fields(names: Iterable[str]) -> str:
    """The names of fields inside a sentence, in their order: “title, due date and place”."""
    given = set(names)
    words = [word for name, word in _WORDS.items() if name in given]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


_WORDS = {
    **{field.name: field.words for field in FIELDS if field.in_input},
    "content": "text",  # of a comment
    "place": "place",
}
