"""What the filter of a board offers: every value with the number of cards that it would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select, text, true, union_all

from taskforge.clock import ReaderTime
from taskforge.stores import sql
from taskforge.tasks.board.bucket_filters import BucketFilter
from taskforge.tasks.board.filter_base import FORMER_MEMBER, NONE, TASKS, Filter
from taskforge.tasks.board.filter_kinds import PersonFilter
from taskforge.tasks.board.filters import FILTERED, MAX_KEPT_CONDITION, MAX_STATEMENTS, CardFilter
from taskforge.tasks.query.compiler import EVERYTHING
from taskforge.tasks.query.errors import PARAMETER
from taskforge.text.normal_form import fold_for_finding
from taskforge.text.people import Person, person_of

MAX_OFFERED = 60  # values of one field; those with the most cards, and what is chosen


@dataclass(frozen=True)
class Choice:
    """A value of the filter. `cards`: how many it would show, given the chosen values of the other fields."""

    value: str
    name: str
    cards: int
    chosen: bool
    person: Person | None = None


@dataclass(frozen=True)
class Chip:
    """A value that is chosen, and the address (as a query) of the board without it."""

    kind: str
    name: str
    query: Mapping[str, Any]
    person: Person | None = None

    @property
    def kind_name(self) -> str:
        """What kind of value it is, in words."""
        return FILTERED[self.kind][1].title if self.kind in FILTERED else ""


@dataclass(frozen=True)
class Menu:
    """The part of the filter for one field: its parameter, its title, whether several may be chosen, and the values."""

    kind: str
    title: str
    takes_many: bool
    choices: Sequence[Choice]


def list_menus(board: sql.Row, chosen: CardFilter, at: ReaderTime) -> list[Menu]:
    """What can be chosen at a time on a board that the caller has been given access to, by field; one statement."""
    menu_binds: dict[str, Any] = {}
    for _, by in FILTERED.values():
        if isinstance(by, BucketFilter):
            menu_binds |= by.menu_binds(at)
    found = sql.rows(
        _counting(chosen),
        {
            **chosen.parameters(),
            "board_id": board["board_id"],
            **menu_binds,
            "limit": MAX_OFFERED,
        },
    )
    return [
        Menu(
            parameter,
            by.title,
            by.takes_many,
            _choices(
                by, [row for row in found if row["kind"] == parameter], chosen.values(parameter)
            ),
        )
        for parameter, (_, by) in FILTERED.items()
        if by.is_counted
    ]


def show_chips(
    chosen: CardFilter, people: Sequence[Mapping[str, Any]], further: Mapping[str, Any]
) -> list[Chip]:
    """The chosen values; `further` are the other parameters of the board's address."""
    known = {person["user_id"]: person for person in people}
    chips = []
    for parameter, values in chosen.chosen:
        by = FILTERED[parameter][1]
        for value in values:
            found = known.get(value, {})
            person = _person(by, value, found.get("display_name"), found.get("picture"))
            name = person.display_name if person else _name(by, value, None)
            query = {**chosen.without(parameter, value).query(), **further}
            chips.append(Chip(parameter, name, query, person))
    for part in chosen.selection.parts:
        without = replace(chosen, selection=chosen.selection.without(part))
        chips.append(Chip(PARAMETER, str(part), {**without.query(), **further}))
    return chips


def _choices(by: Filter, counted: Sequence[sql.Row], chosen: Sequence[str]) -> list[Choice]:
    """The values in their order, with their cards; at the end what is chosen and has no card any more."""
    rows = {row["value"]: row for row in counted}
    chosen_keys = {by.key(value) for value in chosen}
    values = by.offered() or sorted(rows, key=lambda value: _order(by, rows[value]))
    choices = []
    for value in values:
        row = rows.get(value)
        name = row["name"] if row else None
        choices.append(
            Choice(
                value=value,
                name=_name(by, value, name),
                cards=row["cards"] if row else 0,
                chosen=by.key(value) in chosen_keys,
                person=_person(by, value, name, row["picture"] if row else None),
            )
        )
    keys = {by.key(value) for value in values}
    missing = [value for value in chosen if by.key(value) not in keys]
    return choices + [Choice(value, _name(by, value, None), 0, chosen=True) for value in missing]


def _order(by: Filter, row: sql.Row) -> tuple[bool, str]:
    """People and tags by name; nobody first."""
    if isinstance(by, PersonFilter):
        return row["value"] != NONE, fold_for_finding(row["name"])
    return True, fold_for_finding(str(row["value"]))


def _name(by: Filter, value: str, name: str | None) -> str:
    """What a value is called; `name` is that of a person who was found."""
    if isinstance(by, PersonFilter):
        return by.value_name(value) or name or FORMER_MEMBER
    return by.value_name(value) or value


def _person(by: Filter, value: str, name: str | None, picture: str | None) -> Person | None:
    if not isinstance(by, PersonFilter) or value == NONE:
        return None
    return person_of(value, name, picture=picture)


def _counting(chosen: CardFilter) -> Select[Any]:
    condition = chosen.condition.sql if chosen.condition else EVERYTHING
    make = _counts if len(condition) <= MAX_KEPT_CONDITION else _counts.__wrapped__
    return make(condition)


@lru_cache(MAX_STATEMENTS)
def _counts(condition: str) -> Select[Any]:
    """The statement that counts: every card once with what it fits, then each field's values.

    A value counts the cards that fit the query and what is chosen of all other fields, so that it says what choosing it
    would show.
    """
    counted = {parameter: by for parameter, by in FILTERED.items() if by[1].is_counted}
    columns = (column for name, by in counted.values() for column in by.columns(name))
    needed = dict.fromkeys([*columns, "status", "number"])
    cards = (
        select(
            *(TASKS.c[name] for name in needed),
            *(
                by.condition(name).label(f"fits_{parameter}")
                for parameter, (name, by) in counted.items()
            ),
        )
        .where(
            TASKS.c.board_id == bindparam("board_id"),
            TASKS.c.deleted_at.is_(None),
            text(f"({condition})"),
        )
        .cte("cards")
        .prefix_with("MATERIALIZED")
    )
    parts: list[Select[Any]] = []
    for parameter, (name, by) in counted.items():
        others = [cards.c[f"fits_{other}"] for other in counted if other != parameter]
        parts += by.counting(cards, name, and_(true(), *others))
    return select(union_all(*(part.subquery().select() for part in parts)).subquery())
