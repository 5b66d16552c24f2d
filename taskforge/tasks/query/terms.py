"""The query terms: those of the declared task fields, and of the other facts of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from taskforge.boards.queries import BOARDS, COLUMNS, join_board
from taskforge.boards.statuses import Status
from taskforge.tasks import field_kinds as kinds
from taskforge.tasks.board.due_filter import DueFilter
from taskforge.tasks.fields import IN_MENUS
from taskforge.tasks.moment_kind import Moment
from taskforge.tasks.number_kind import Number
from taskforge.tasks.query.day_terms import DayIn
from taskforge.tasks.query.nodes import SORT, TEXT
from taskforge.tasks.query.orders import SortBy
from taskforge.tasks.query.term_base import TermKind
from taskforge.tasks.query.term_kinds import (
    KeyIs,
    NamedIn,
    NumberIn,
    OneOf,
    PersonIn,
    Properties,
    Property,
    TagIn,
    WordsIn,
)
from taskforge.tasks.task_field import TaskField
from taskforge.teams.queries import MEMBERSHIPS, TEAMS_OF_MEMBERS

IS, HAS = "is", "has"
# Further spellings of words, in the form of `term_base.plain`.
ALSO = {"doing": Status.IN_PROGRESS, "progress": Status.IN_PROGRESS, "review": Status.IN_REVIEW}
_NUMBERS = Number(minimum=0, maximum=2**31 - 1, decimals=0)
_MEMBERSHIP = f"JOIN {MEMBERSHIPS} ON m.team_id = b.team_id"
_COLUMN_IDS = f"SELECT c.column_id FROM {COLUMNS} {join_board('c.board_id')} {_MEMBERSHIP} WHERE"
_BOARD_IDS = f"SELECT b.board_id FROM {BOARDS} {_MEMBERSHIP} WHERE"
_TEAM_IDS = f"SELECT t.team_id FROM {TEAMS_OF_MEMBERS} WHERE"


@dataclass(frozen=True)
class TermType:
    """A term: its name, what it selects by (completes “Tasks by …”), how its values are read, and an example."""

    name: str
    meaning: str
    kind: TermKind
    example: str


def _of_field(field: TaskField) -> TermType | None:
    """The term of a declared field; None for what only its document holds, which no statement can ask for."""
    make = _BY_KIND.get(type(field.kind))
    if make is None:
        return None
    kind, example = make(field)
    by_filter = field.filter is not None and field.filter.is_counted
    name = field.filter.parameter if field.filter and by_filter else field.address
    return TermType(name, f"their {field.words}", kind, f"{name}:{example}")


_BY_KIND: Mapping[type[kinds.Kind], Callable[[TaskField], tuple[TermKind, str]]] = {
    kinds.Line: lambda field: (WordsIn((field.name,)), '"quick win"'),
    kinds.Choice: lambda field: (
        OneOf(field.name, getattr(field.kind, "options", {}), ALSO),
        f">={tuple(getattr(field.kind, 'options', ()))[2]}",
    ),
    kinds.Person: lambda field: (PersonIn(field.name, may_be_empty=True), "me"),
    kinds.BoardColumn: lambda field: (NamedIn(field.name, _COLUMN_IDS, ("c.name",)), '"In review"'),
    kinds.Tags: lambda field: (TagIn(field.name), '"quick win"'),
    Moment: lambda field: (
        DayIn(field.name, has_flag=True, is_deadline=isinstance(field.filter, DueFilter)),
        "<friday",
    ),
    Number: lambda field: (NumberIn(field.name, field.kind), "3..8"),  # type: ignore[arg-type]
}


def _holds(field: TaskField) -> str | None:
    """The condition that a task has something in a field; None where it always has, or the row does not say."""
    if isinstance(field.kind, kinds.Files):
        return "k.attachment_count > 0"
    if isinstance(field.kind, kinds.Checklist):
        return f"k.{field.name}_total > 0"
    if isinstance(field.kind, kinds.Tags):
        return f"k.{field.name} <> '{{}}'"
    return (
        f"k.{field.name} IS NOT NULL" if not field.is_content and field.kind.may_be_empty else None
    )


def _property_of(field: TaskField, condition: str) -> Property:
    return Property(f"a value for {field.words}", lambda _: condition)


_DUE = DayIn("due_at", has_flag=True, is_deadline=True)
_PROPERTIES: Mapping[str, dict[str, Property]] = {
    IS: {
        "open": Property("not done", lambda _: f"k.status <> '{Status.DONE}'"),
        "done": Property("done", lambda _: f"k.status = '{Status.DONE}'"),
        "overdue": Property("open, and due before now", _DUE.overdue),
        "unassigned": Property("nobody's", lambda _: "k.assignee_id IS NULL"),
    },
    HAS: {
        **{
            field.address or field.label.lower(): _property_of(field, condition)
            for field in IN_MENUS
            if (condition := _holds(field)) is not None
        },
        "comments": Property("comments", lambda _: "k.comment_count > 0"),
    },
}
_TEXT = WordsIn(("title",), lists=("tags",), with_key=True, in_texts=True)
_TERMS: dict[str, TermType] = {
    term.name: term
    for term in (
        *filter(None, map(_of_field, IN_MENUS)),
        TermType(
            "creator", "who made them", PersonIn("created_by", may_be_empty=False), "creator:me"
        ),
        TermType(
            "created",
            "the day they were made on",
            DayIn("created_at", False, False, True),
            "created:thisweek",
        ),
        TermType(
            "updated",
            "the day of their last change",
            DayIn("updated_at", False, False, True),
            "updated:7d",
        ),
        TermType(IS, "what is true of them", Properties(_PROPERTIES[IS]), "is:overdue"),
        TermType(HAS, "what they have", Properties(_PROPERTIES[HAS]), "has:comments"),
        TermType(
            "board",
            "the name or the letters of their board",
            NamedIn("board_id", _BOARD_IDS, ("b.name", "b.key_prefix")),
            "board:web",
        ),
        TermType(
            "team",
            "the name of their team",
            NamedIn("team_id", _TEAM_IDS, ("t.name",)),
            "team:design",
        ),
        TermType("key", "their key", KeyIs(), "key:WEB-12"),
        TermType(
            "number",
            "the number in their key",
            NumberIn("number", _NUMBERS, may_be_empty=False),
            "number:>100",
        ),
        TermType(TEXT, "words in their title, tags and texts", _TEXT, 'text:"exact words"'),
        TermType(SORT, "nothing: it says their order", SortBy(), "sort:-priority"),
    )
}


def find_term(name: str) -> TermType | None:
    """The term of a name in small letters, if there is one."""
    return _TERMS.get(name)


def list_terms() -> tuple[TermType, ...]:
    """All terms, in the order in which they are documented and offered."""
    return tuple(_TERMS.values())
