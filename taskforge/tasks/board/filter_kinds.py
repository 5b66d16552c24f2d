"""Filters by person, by one of a few words, by tag, and by words in a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from typing import cast as cast_type

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID, aggregate_order_by

from taskforge.accounts.queries import COMPOSED_PEOPLE
from taskforge.boards.queries import COMPOSED_BOARDS, SEES_BOARD
from taskforge.clock import ReaderTime
from taskforge.tasks.board.filter_base import (
    NONE,
    TASKS,
    Filter,
    constant,
)
from taskforge.tasks.field_kinds import Choice
from taskforge.teams.queries import COMPOSED_MEMBERSHIPS
from taskforge.text.normal_form import fold
from taskforge.text.validation import MAX_TAG_LENGTH
from taskforge.text.values import is_uuid


class PersonFilter(Filter):
    """By person: ids, or none for nobody. The menu offers the team, and former members who still have a card."""

    def accepts(self, value: str) -> bool:
        """An id, or none."""
        return value == NONE or is_uuid(value)

    def condition(self, name: str) -> ColumnElement[bool]:
        """Assigned to one of the people, or to nobody."""
        ids = cast(bindparam(self.bind("values")), ARRAY(UUID))
        person = TASKS.c[name]
        return or_(
            not_(self._is_chosen()), person == any_(ids), and_(self._none(), person.is_(None))
        )

    def value_name(self, value: str) -> str | None:
        """The name of nobody."""
        return "Nobody" if value == NONE else None

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """Everybody who sees the board and everybody with a card; the chosen ones and those with most cards first."""
        held = (
            select(cards.c[name], func.count().filter(shown).label("cards"))
            .group_by(cards.c[name])
            .subquery("held")
        )
        members, boards = COMPOSED_MEMBERSHIPS, COMPOSED_BOARDS
        team = (
            select(members.c.user_id)
            .select_from(members.join(boards, boards.c.team_id == members.c.team_id))
            .where(boards.c.board_id == bindparam("board_id"), literal_column(SEES_BOARD, Boolean))
            .subquery("team")
        )
        users = COMPOSED_PEOPLE
        person = func.coalesce(team.c.user_id, held.c[name])
        number = func.coalesce(held.c.cards, 0)
        display_name = func.coalesce(users.c.display_name, constant(""))
        chosen = person == any_(cast(bindparam(self.bind("values")), ARRAY(UUID)))
        joined = held.outerjoin(team, team.c.user_id == held.c[name], full=True)
        counts = (
            select(
                constant(self.parameter).label("kind"),
                func.coalesce(cast(person, Text), constant(NONE)).label("value"),
                display_name.label("name"),
                cast(users.c.picture, Text).label("picture"),
                number.label("cards"),
            )
            .select_from(joined.outerjoin(users, users.c.user_id == person))
            .order_by(
                person.is_(None).desc(), chosen.desc().nulls_last(), number.desc(), display_name
            )
            .limit(bindparam("limit", type_=Integer))
        )
        return [cast_type(Select[Any], counts)]


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """By one of a few words; the menu offers all of them, the last first."""

    kind: Choice

    def accepts(self, value: str) -> bool:
        """One of the words."""
        return value in self.kind.options

    def condition(self, name: str) -> ColumnElement[bool]:
        """One of the chosen words."""
        words = cast(bindparam(self.bind("values")), ARRAY(Text))
        return or_(not_(self._is_chosen()), TASKS.c[name] == any_(words))

    def offered(self) -> Sequence[str]:
        """The words, the last first."""
        return tuple(self.kind.options)[::-1]

    def value_name(self, value: str) -> str | None:
        """The name of the word."""
        return self.kind.options.get(value)

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """The cards of each word."""
        return [self._counted(cards.c[name], shown).group_by(cards.c[name])]


class TagsFilter(Filter):
    """By tag. The menu offers those that are in use."""

    def accepts(self, value: str) -> bool:
        """A text that is short enough for a tag."""
        return 0 < len(value) <= MAX_TAG_LENGTH

    def key(self, value: str) -> str:
        """The tag, whatever its case."""
        return fold(value)

    def condition(self, name: str) -> ColumnElement[bool]:
        """At least one of the chosen tags, in any case."""
        # Not TASKS.c: the condition is compiled on its own, and the subquery would list the table anew.
        tags = func.unnest(literal_column(f"k.{name}", ARRAY(Text)))
        used = tags.table_valued(column("tag", Text)).render_derived(self.bind("used"))
        values = func.unnest(cast(bindparam(self.bind("values")), ARRAY(Text)))
        chosen = values.table_valued(column("tag", Text)).render_derived(self.bind("chosen"))
        same = func.taskforge_fold(used.c.tag) == func.taskforge_fold(chosen.c.tag)
        fitting = exists(select(1).select_from(used.join(chosen, same)))
        return or_(not_(self._is_chosen()), fitting)

    def binds(self, values: Sequence[str], at: ReaderTime | None) -> dict[str, Any]:
        """The tags; "none" is a tag like any other."""
        return {self.bind("is_chosen"): bool(values), self.bind("values"): list(values)}

    def fits(self, card: Mapping[str, Any], name: str, value: str, at: ReaderTime) -> bool:
        """Whether the card had the tag."""
        return fold(value) in map(fold, card[name])

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """The cards of each tag, by its first spelling; the chosen ones and those with most cards first."""
        tags = func.unnest(cards.c[name]).table_valued(column("tag", Text)).render_derived("used")
        key = func.taskforge_fold(tags.c.tag)
        spelling = func.array_agg(aggregate_order_by(tags.c.tag, cards.c.number), type_=ARRAY(Text))
        chosen = func.unnest(cast(bindparam(self.bind("values")), ARRAY(Text)))
        chosen_tag = chosen.table_valued(column("tag", Text)).render_derived("chosen_tags").c.tag
        is_chosen = key.in_(select(func.taskforge_fold(chosen_tag)))
        return [
            self._counted(spelling[1], shown)
            .select_from(cards.join(tags, true()))
            .group_by(key)
            .order_by(is_chosen.desc(), func.count().filter(shown).desc(), key)
            .limit(bindparam("limit", type_=Integer))
        ]
