"""How the cards of a board are narrowed by a field: its values in an address, its condition in SQL, its menu.

A field declares its filter in `taskforge.tasks.fields`. A condition is true for a card that fits one of the chosen
values, and where none is chosen, so that the statement of a board is one text whatever is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from typing import cast as cast_type

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Numeric,
    Select,
    String,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL, UUID

from taskforge.boards.statuses import Status
from taskforge.errors import InvalidInput
from taskforge.tasks.field_kinds import Choice, Number
from taskforge.tasks.models import Task
from taskforge.text.validation import MAX_TAG_LENGTH, clean_line
from taskforge.text.values import is_uuid

TASKS = Task.__table__.alias("k")
NONE = "none"  # stands for cards without a value
OVERDUE, WEEK = "overdue", "week"
DAYS_OF_WEEK = timedelta(days=7)
MAX_WORDS_LENGTH = 100
FORMER_MEMBER = "Someone who left"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The filter of one field: the name of its parameter in an address, and its title in the menu.

    ``takes_many``: whether several values may be chosen. ``is_counted``: whether the menu lists its values, each with
    the number of its cards.
    """

    parameter: str
    title: str
    takes_many: ClassVar[bool] = True
    is_counted: ClassVar[bool] = True

    def accepts(self, value: str) -> bool:
        """Whether a text of an address is a value of this filter."""
        raise NotImplementedError

    def clean(self, value: str) -> str:
        """A value in the form in which it is kept."""
        return value

    def condition(self, name: str) -> ColumnElement[bool]:
        """The condition for the tasks `k` whose column `name` fits; its binds are those of `binds`."""
        raise NotImplementedError

    def binds(self, values: Sequence[str], today: date | None) -> dict[str, Any]:
        """What the condition is bound to; `today` is given where a value depends on it (`needs_today`)."""
        return {
            self.bind("asked"): bool(values),
            self.bind("values"): [value for value in values if value != NONE],
            self.bind("none"): NONE in values,
        }

    def needs_today(self, values: Sequence[str]) -> bool:
        """Whether the chosen values mean other cards tomorrow."""
        return False

    def fits(self, card: Mapping[str, Any], name: str, value: str, today: date) -> bool:
        """Whether a card of a board's past, with values as the audit log keeps them, fits one value."""
        return bool(card[name] == (None if value == NONE else value))

    def offered(self) -> Sequence[str]:
        """The values that the menu always offers, in its order; none where they are read with their cards."""
        return ()

    def value_name(self, value: str) -> str | None:
        """What a value is called; None where that is not known from the value alone."""
        return None

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """Selects of (kind, value, name, cards): how many of the `cards` that are `shown` has each value."""
        raise NotImplementedError

    def bind(self, what: str) -> str:
        """The name of one of the bound values."""
        return f"{self.parameter}_{what}"

    def _asked(self) -> ColumnElement[bool]:
        return bindparam(self.bind("asked"), type_=Boolean)

    def _none(self) -> ColumnElement[bool]:
        return bindparam(self.bind("none"), type_=Boolean)

    def _counted(
        self, value: ColumnElement[Any], shown: ColumnElement[bool], name: Any = None
    ) -> Select[Any]:
        return select(
            _constant(self.parameter).label("kind"),
            cast(value, Text).label("value"),
            (_constant("") if name is None else name).label("name"),
            func.count().filter(shown).label("cards"),
        )


class PersonFilter(Filter):
    """By person: ids, or none for nobody. The menu offers the team, and who has left with a card in their name."""

    def accepts(self, value: str) -> bool:
        """An id, or none."""
        return value == NONE or is_uuid(value)

    def condition(self, name: str) -> ColumnElement[bool]:
        """Assigned to one of the people, or to nobody."""
        ids = cast(bindparam(self.bind("values")), ARRAY(UUID))
        person = TASKS.c[name]
        return or_(not_(self._asked()), person == any_(ids), and_(self._none(), person.is_(None)))

    def value_name(self, value: str) -> str | None:
        """The name of nobody."""
        return "Nobody" if value == NONE else None

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """Everybody in the team and everybody with a card; the chosen ones and those with most cards first."""
        held = (
            select(cards.c[name], func.count().filter(shown).label("cards"))
            .group_by(cards.c[name])
            .subquery("held")
        )
        members = table("team_memberships", column("user_id"), column("team_id"))
        team = (
            select(members.c.user_id)
            .where(members.c.team_id == bindparam("team_id"))
            .subquery("team")
        )
        users = table("users", column("user_id"), column("display_name"))
        person = func.coalesce(team.c.user_id, held.c[name])
        number = func.coalesce(held.c.cards, 0)
        display_name = func.coalesce(users.c.display_name, _constant(""))
        chosen = person == any_(cast(bindparam(self.bind("values")), ARRAY(UUID)))
        joined = held.outerjoin(team, team.c.user_id == held.c[name], full=True)
        counts = (
            select(
                _constant(self.parameter).label("kind"),
                func.coalesce(cast(person, Text), _constant(NONE)).label("value"),
                display_name.label("name"),
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
        return or_(not_(self._asked()), TASKS.c[name] == any_(words))

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

    def condition(self, name: str) -> ColumnElement[bool]:
        """At least one of the chosen tags."""
        tags = cast(bindparam(self.bind("values")), ARRAY(String))
        return or_(not_(self._asked()), TASKS.c[name].op("&&")(tags))

    def binds(self, values: Sequence[str], today: date | None) -> dict[str, Any]:
        """The tags; "none" is a tag like any other."""
        return {self.bind("asked"): bool(values), self.bind("values"): list(values)}

    def fits(self, card: Mapping[str, Any], name: str, value: str, today: date) -> bool:
        """Whether the card had the tag."""
        return value in card[name]

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """The cards of each tag; the chosen ones and those with most cards first."""
        tags = func.unnest(cards.c[name]).table_valued(column("tag", Text)).render_derived("used")
        tag = tags.c.tag
        chosen = tag == any_(cast(bindparam(self.bind("values")), ARRAY(Text)))
        return [
            self._counted(tag, shown)
            .select_from(cards.join(tags, true()))
            .group_by(tag)
            .order_by(chosen.desc(), func.count().filter(shown).desc(), tag)
            .limit(bindparam("limit", type_=Integer))
        ]


class _BucketFilter(Filter):
    """By groups of values that the filter itself defines: each card is in none, one or several of them."""

    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """Whether a card of `source` is in the bucket `value`; ``:menu_today`` is bound to today's first moment."""
        raise NotImplementedError

    def counting(
        self, cards: FromClause, name: str, shown: ColumnElement[bool]
    ) -> list[Select[Any]]:
        """The cards of each bucket."""
        return [
            self._counted(
                _constant(value), and_(shown, self.in_bucket(cards, name, value))
            ).select_from(cards)
            for value in self.offered()
        ]


class DueFilter(_BucketFilter):
    """By day: overdue, within a week, or without a day. What is done is neither overdue nor due."""

    takes_many = False
    NAMES: ClassVar[Mapping[str, str]] = {
        OVERDUE: "Overdue",
        WEEK: "Next 7 days",
        NONE: "No date",
    }

    def accepts(self, value: str) -> bool:
        """One of the three."""
        return value in self.NAMES

    def condition(self, name: str) -> ColumnElement[bool]:
        """The one that is chosen."""
        chosen: ColumnElement[Any] = bindparam(self.bind("value"))
        today = cast(bindparam(self.bind("today")), DateTime(timezone=True))
        return case(
            (chosen == _constant(""), true()),
            (chosen == _constant(NONE), TASKS.c[name].is_(None)),
            (chosen == _constant(OVERDUE), self._is_due(TASKS, name, None, today)),
            else_=self._is_due(TASKS, name, today, today + _interval("7 days")),
        )

    def binds(self, values: Sequence[str], today: date | None) -> dict[str, Any]:
        """The value, and the first moment of today in UTC."""
        return {
            self.bind("value"): values[0] if values else "",
            self.bind("today"): datetime.combine(today or date.min, time(), UTC),
        }

    def needs_today(self, values: Sequence[str]) -> bool:
        """Those with a day do."""
        return any(value != NONE for value in values)

    def fits(self, card: Mapping[str, Any], name: str, value: str, today: date) -> bool:
        """Whether the card was in the bucket on the day that is looked at."""
        if value == NONE:
            return card[name] is None
        if card[name] is None or card["status"] == Status.DONE:
            return False
        due = date.fromisoformat(card[name][:10])
        return due < today if value == OVERDUE else today <= due < today + DAYS_OF_WEEK

    def offered(self) -> Sequence[str]:
        """All three."""
        return tuple(self.NAMES)

    def value_name(self, value: str) -> str | None:
        """The name of the bucket."""
        return self.NAMES.get(value)

    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """The same conditions, for today."""
        today = cast(bindparam("menu_today"), DateTime(timezone=True))
        if value == NONE:
            return source.c[name].is_(None)
        if value == OVERDUE:
            return self._is_due(source, name, None, today)
        return self._is_due(source, name, today, today + _interval("7 days"))

    def _is_due(
        self,
        source: FromClause,
        name: str,
        start: ColumnElement[Any] | None,
        end: ColumnElement[Any],
    ) -> ColumnElement[bool]:
        after = [] if start is None else [source.c[name] >= start]
        open_ = source.c.status != _constant(Status.DONE.value)
        return and_(open_, *after, source.c[name] < end)


@dataclass(frozen=True, kw_only=True)
class NumberFilter(_BucketFilter):
    """By number: ranges such as ``0-3`` (both included) or ``8-``, or none. The menu offers the kind's ranges."""

    kind: Number

    def accepts(self, value: str) -> bool:
        """None, or a range within the bounds of the kind."""
        return value == NONE or self._bounds(value) is not None

    def condition(self, name: str) -> ColumnElement[bool]:
        """Within one of the ranges, or without a number."""
        ranges = func.unnest(
            cast(bindparam(self.bind("low")), ARRAY(Numeric)),
            cast(bindparam(self.bind("high")), ARRAY(Numeric)),
        ).table_valued(column("low", Numeric), column("high", Numeric))
        ranges = ranges.render_derived(self.bind("ranges"))
        number = TASKS.c[name]
        inside = exists(
            select(1).select_from(ranges).where(number.between(ranges.c.low, ranges.c.high))
        )
        return or_(not_(self._asked()), and_(self._none(), number.is_(None)), inside)

    def binds(self, values: Sequence[str], today: date | None) -> dict[str, Any]:
        """The ends of the ranges."""
        bounds = [found for value in values if (found := self._bounds(value))]
        return {
            self.bind("asked"): bool(values),
            self.bind("none"): NONE in values,
            self.bind("low"): [low for low, _ in bounds],
            self.bind("high"): [high for _, high in bounds],
        }

    def fits(self, card: Mapping[str, Any], name: str, value: str, today: date) -> bool:
        """Whether the card's number was in the range."""
        number = self.kind.from_log(card[name])
        bounds = self._bounds(value)
        if number is None or bounds is None:
            return number is None and value == NONE
        return bounds[0] <= number <= bounds[1]

    def offered(self) -> Sequence[str]:
        """The ranges of the kind, and none."""
        return (*self.kind.ranges, NONE)

    def value_name(self, value: str) -> str | None:
        """The range with a dash, or “8 or more”."""
        if value == NONE:
            return "None"
        low, _, high = value.partition("-")
        return f"{low}–{high}" if high else f"{low} or more"

    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """Within the range."""
        bounds = self._bounds(value)
        if bounds is None:
            return source.c[name].is_(None)
        low, high = (literal_column(str(bound), Numeric) for bound in bounds)
        return source.c[name].between(low, high)

    def _bounds(self, value: str) -> tuple[Decimal, Decimal] | None:
        low_text, dash, high_text = value.partition("-")
        if not dash or not low_text:
            return None
        try:
            low = self.kind.clean(low_text, field=self.parameter)
            high = self.kind.clean(high_text or str(self.kind.maximum), field=self.parameter)
        except InvalidInput:
            return None
        return (low, high) if low is not None and high is not None and low <= high else None


class WordsFilter(Filter):
    """By words in a text; one value, typed and not chosen from a menu."""

    takes_many = False
    is_counted = False

    def accepts(self, value: str) -> bool:
        """One line that is not too long and not empty."""
        try:
            return bool(self.clean(value))
        except InvalidInput:
            return False

    def clean(self, value: str) -> str:
        """The words without spaces around them."""
        return clean_line(value, field=self.parameter, max_length=MAX_WORDS_LENGTH, required=False)

    def condition(self, name: str) -> ColumnElement[bool]:
        """The words stand in the text, in whatever case."""
        words: ColumnElement[Any] = bindparam(self.bind("words"))
        return or_(
            words == _constant(""),
            func.strpos(func.lower(TASKS.c[name]), func.lower(words))
            > literal_column("0", Integer),
        )

    def binds(self, values: Sequence[str], today: date | None) -> dict[str, Any]:
        """The words."""
        return {self.bind("words"): values[0] if values else ""}

    def fits(self, card: Mapping[str, Any], name: str, value: str, today: date) -> bool:
        """Whether the words stood in the text."""
        return value.lower() in card[name].lower()


def _constant(word: str) -> ColumnElement[str]:
    """A word of ours in the text of a statement: what is bound, `CardFilter.parameters` must know."""
    return literal_column(f"'{word}'", Text)


def _interval(words: str) -> ColumnElement[Any]:
    return cast(_constant(words), INTERVAL)
