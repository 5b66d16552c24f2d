"""Swimlanes: the cards of a board in rows by assignee, priority or first tag, across its columns.

A card is in one lane only, so that it is on the page once: its first tag decides among its tags. One statement in
addition to the board's; MongoDB is not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from taskforge.errors import InvalidInput
from taskforge.stores import sql
from taskforge.tasks.access import task_rows
from taskforge.tasks.board.filter_base import FORMER_MEMBER, NONE
from taskforge.tasks.board.filters import CardFilter, filtered
from taskforge.tasks.board.lane_queries import CARDS_IN_LANES
from taskforge.tasks.board.queries import BoardView
from taskforge.tasks.priorities import DEFAULT_PRIORITY, PRIORITIES, PRIORITY_NAMES
from taskforge.text.normal_form import fold, fold_for_finding
from taskforge.text.people import Person, person_of
from taskforge.text.validation import clean_tags
from taskforge.text.values import is_uuid

KINDS = ("assignee", "priority", "tag")
MAX_LANES = 30
CARDS_PER_CELL = 6
OTHERS = "others"
VALUE = "v:"  # what the key of a lane with a value begins with
NAMES_OF_NONE = {"assignee": "Unassigned", "tag": "No tag", "priority": "No priority"}


@dataclass(frozen=True)
class Cell:
    """Where a lane and a column cross: the first cards, and how many there are in all."""

    column: Mapping[str, Any]
    cards: list[sql.Row]
    count: int


@dataclass(frozen=True)
class Lane:
    """A row of cells. `value` is None for cards without one, and for the others together.

    ``key`` names the lane in a page and in a form: ``none``, ``others``, or ``v:`` and the value.
    """

    key: str
    name: str
    cells: list[Cell]
    value: str | None = None
    person: Person | None = None

    @property
    def count(self) -> int:
        """How many cards it holds."""
        return sum(cell.count for cell in self.cells)


def list_lanes(view: BoardView, chosen: CardFilter, kind: str) -> list[Lane]:
    """The lanes of a board that somebody sees, with the first cards of each cell."""
    rows = task_rows(
        filtered(CARDS_IN_LANES[kind], chosen),
        {
            **chosen.parameters(),
            "board_id": view.row["board_id"],
            "max_lanes": MAX_LANES,
            "per_cell": CARDS_PER_CELL,
        },
    )
    cells: dict[tuple[str, str], list[sql.Row]] = defaultdict(list)
    people = {person["user_id"]: person["display_name"] for person in view.people}
    pictures = {person["user_id"]: person["picture"] for person in view.people}
    for row in rows:
        cells[row["lane"], row["column_id"]].append(row)
        if kind == "assignee" and row["assignee_id"]:
            people.setdefault(row["assignee_id"], row["assignee_name"])
            pictures.setdefault(row["assignee_id"], row["assignee_picture"])
    keys = _keys(kind, {lane for lane, _ in cells}, view, chosen, people)
    return [_lane(key, kind, view, cells, people, pictures) for key in keys]


def lane_of(kind: str, row: Mapping[str, Any]) -> str:
    """The key of the lane in which a task is, unless that lane is one of the others."""
    value = {
        "assignee": row["assignee_id"],
        "priority": row["priority"],
        "tag": row["tags"][0] if row["tags"] else None,
    }[kind]
    return NONE if value is None else VALUE + value


def is_in_lane(kind: str, key: str, row: Mapping[str, Any]) -> bool:
    """Whether a task is in the lane of a key; the case of a tag does not matter."""
    own = lane_of(kind, row)
    return own == key or (kind == "tag" and fold(own) == fold(key))


def lane_changes(kind: str, key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """What to change in a task so that it comes into a lane; nothing when it is there.

    Raises:
        InvalidInput: no such kind of lane, or no such lane of the kind.
    """
    if kind not in KINDS:
        raise InvalidInput.about("lanes", f"must be one of: {', '.join(KINDS)}")
    if is_in_lane(kind, key, row):
        return {}
    if key != NONE and not key.startswith(VALUE):
        raise InvalidInput.about("lane", "is no lane that a card can be put into")
    value = None if key == NONE else key.removeprefix(VALUE)
    if kind == "assignee":
        if value is not None and not is_uuid(value):
            raise InvalidInput.about("lane", "is not a person")
        return {"assignee_id": value}
    if kind == "priority":
        if value not in PRIORITIES:
            raise InvalidInput.about("lane", f"must be one of: {', '.join(PRIORITIES)}")
        return {"priority": value}
    return {"tags": _with_first_tag(row["tags"], value)}


def lane_values(kind: str | None, key: str | None) -> dict[str, Any]:
    """What a new card has in a lane, of ``assignee_id``, ``priority`` and ``tags``; nothing in no lane.

    Raises:
        InvalidInput: no such kind of lane, or no such lane of the kind.
    """
    if not kind or not key:
        return {}
    return lane_changes(kind, key, {"assignee_id": None, "priority": DEFAULT_PRIORITY, "tags": []})


def lane_name(kind: str, row: Mapping[str, Any]) -> str:
    """The name of the lane in which a task is, its names read with it."""
    value = {
        "assignee": row["assignee_name"],
        "priority": PRIORITY_NAMES[row["priority"]],
        "tag": row["tags"][0] if row["tags"] else None,
    }[kind]
    return value or NAMES_OF_NONE[kind]


def _with_first_tag(tags: list[str], value: str | None) -> list[str]:
    """The tags with another one in the place of the first, or without the first."""
    if value is None:
        return list(tags[1:])
    first = clean_tags([value], field="lane")
    return first + [tag for tag in tags[1:] if fold(tag) != fold(first[0])]


def lane_query(lane: Lane, kind: str, chosen: CardFilter) -> dict[str, list[str]]:
    """The filter that shows a lane; of lanes that no filter can name, the filter as it is."""
    if lane.value is not None:
        return {**chosen.query(), kind: [lane.value]}
    if lane.key == NONE and kind == "assignee":
        return {**chosen.query(), kind: [NONE]}
    return chosen.query()


def _keys(
    kind: str,
    found: set[str],
    view: BoardView,
    chosen: CardFilter,
    people: Mapping[str, str],
) -> list[str]:
    """The lanes in their order: those with cards, and the empty ones into which a card may be put."""
    offered: Iterable[str] = ()
    if kind == "priority":
        shown = chosen.values(kind) or PRIORITIES
        return [VALUE + value for value in reversed(PRIORITIES) if value in shown]
    if kind == "assignee":
        offered = chosen.values(kind) or (*(person["user_id"] for person in view.people), NONE)
        offered = (value if value == NONE else VALUE + value for value in offered)
    elif not chosen.values(kind):
        offered = (NONE,)
    free = MAX_LANES - len(found)
    lanes = found | set([key for key in offered if key not in found][: max(0, free)])

    def place(key: str) -> tuple[int, str, str]:
        value = key.removeprefix(VALUE)
        last = {NONE: 1, OTHERS: 2}.get(key, 0)
        return last, fold_for_finding(people.get(value, value)), value

    return sorted(lanes, key=place)


def _lane(
    key: str,
    kind: str,
    view: BoardView,
    cells: Mapping[tuple[str, str], list[sql.Row]],
    people: Mapping[str, str],
    pictures: Mapping[str, str | None],
) -> Lane:
    value = key.removeprefix(VALUE) if key.startswith(VALUE) else None
    person = None
    if kind == "assignee" and value is not None:
        person = person_of(value, people.get(value), picture=pictures.get(value))
    name = {NONE: NAMES_OF_NONE[kind], OTHERS: "Others"}.get(key) or str(value)
    if value is not None and kind == "assignee":
        name = person.display_name if person else FORMER_MEMBER
    elif value is not None and kind == "priority":
        name = PRIORITY_NAMES.get(value, value)
    crossed = []
    for column in view.columns:
        cards = cells.get((key, column["column_id"]), [])
        crossed.append(Cell(column, cards, cards[0]["cell_count"] if cards else 0))
    return Lane(key, name, crossed, value, person)
