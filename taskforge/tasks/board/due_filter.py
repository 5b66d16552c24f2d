"""The filter by moments that are near: overdue, today, within a week; in the reader's zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    not_,
    or_,
    true,
)

from taskforge.boards.statuses import Status
from taskforge.clock import ReaderTime
from taskforge.stores.composed import as_text
from taskforge.tasks.board.bucket_filters import BucketFilter
from taskforge.tasks.board.filter_base import NONE, OVERDUE, TASKS, TODAY, WEEK, constant
from taskforge.tasks.moment_kind import flag_of
from taskforge.text.moments import Moment, first_instant, read_logged

DAYS = {TODAY: 1, WEEK: 7}  # from today on
_EVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """The days and the instants of a bucket, each from the first one up to the last one, which is not in it."""

    first_day: datetime
    last_day: datetime
    first_at: datetime
    last_at: datetime

    def holds(self, moment: Moment) -> bool:
        """Whether a moment is in it."""
        at = first_instant(moment)
        if isinstance(moment, datetime):
            return self.first_at <= at < self.last_at
        return self.first_day <= at < self.last_day


def span_of(bucket: str, at: ReaderTime) -> Span:
    """What is overdue at a minute (a day when it is over, an instant when it has come), or due from that day on."""
    today = _as_stored(at.today)
    if bucket == OVERDUE:
        return Span(_EVER, today, _EVER, at.minute)
    last = at.today + timedelta(days=DAYS[bucket])
    return Span(today, _as_stored(last), at.start_of(at.today), at.start_of(last))


def is_within_sql(name: str, bucket: str) -> str:
    """The condition on ``TASKS`` that an open card's moment is in a bucket, as text; its parameters: `span_binds`."""
    return f"({as_text(_is_within(TASKS, name, bucket))})"


def span_binds(bucket: str, at: ReaderTime) -> dict[str, datetime]:
    """The parameters of `is_within_sql`."""
    return _ends(bucket, span_of(bucket, at))


class DueFilter(BucketFilter):
    """By day: overdue, today, within a week, or without a day. What is done is neither overdue nor due."""

    takes_many = False
    NAMES: ClassVar[Mapping[str, str]] = {
        OVERDUE: "Overdue",
        TODAY: "Today",
        WEEK: "Next 7 days",
        NONE: "No date",
    }

    def accepts(self, value: str) -> bool:
        """One of the four."""
        return value in self.NAMES

    def condition(self, name: str) -> ColumnElement[bool]:
        """The one that is chosen."""
        chosen: ColumnElement[Any] = bindparam(self.bind("value"), type_=Text)
        return case(
            (chosen == constant(""), true()),
            (chosen == constant(NONE), TASKS.c[name].is_(None)),
            else_=_is_within(TASKS, name, self.bind("span")),
        )

    def binds(self, values: Sequence[str], at: ReaderTime | None) -> dict[str, Any]:
        """The value, and the ends of its span."""
        value = values[0] if values else ""
        span = Span(_EVER, _EVER, _EVER, _EVER)
        if at is not None and self.needs_time(values):
            span = span_of(value, at)
        return {self.bind("value"): value, **_ends(self.bind("span"), span)}

    def needs_time(self, values: Sequence[str]) -> bool:
        """Those with a day do."""
        return any(value != NONE for value in values)

    def fits(self, card: Mapping[str, Any], name: str, value: str, at: ReaderTime) -> bool:
        """Whether the card was in the bucket at the time that is looked at."""
        if value == NONE:
            return card[name] is None
        if card[name] is None or card["status"] == Status.DONE:
            return False
        return span_of(value, at).holds(read_logged(card[name]))

    def offered(self) -> Sequence[str]:
        """All four."""
        return tuple(self.NAMES)

    def value_name(self, value: str) -> str | None:
        """The name of the bucket."""
        return self.NAMES.get(value)

    def in_bucket(self, source: FromClause, name: str, value: str) -> ColumnElement[bool]:
        """The same conditions, for now."""
        if value == NONE:
            return source.c[name].is_(None)
        return _is_within(source, name, self.bind(f"menu_{value}"))

    def menu_binds(self, at: ReaderTime) -> dict[str, Any]:
        """The ends of the spans of all buckets."""
        binds: dict[str, Any] = {}
        for value in (OVERDUE, *DAYS):
            binds |= _ends(self.bind(f"menu_{value}"), span_of(value, at))
        return binds

    def columns(self, name: str) -> tuple[str, ...]:
        """The moment and its flag."""
        return (name, flag_of(name))


def _as_stored(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _ends(prefix: str, span: Span) -> dict[str, datetime]:
    return {f"{prefix}_{end}": at for end, at in vars(span).items()}


def _is_within(source: FromClause, name: str, prefix: str) -> ColumnElement[bool]:
    """Whether an open card's moment is in a span, whose ends are bound with `prefix`."""

    def end(which: str) -> ColumnElement[Any]:
        return cast(bindparam(f"{prefix}_{which}"), DateTime(timezone=True))

    at = source.c[name]
    # The rule of `taskforge.text.moments.from_stored`.
    begins_day = at == func.date_trunc(constant("day"), at, constant("UTC"))
    has_time = or_(source.c[flag_of(name)].is_(True), not_(begins_day))
    return and_(
        source.c.status != constant(Status.DONE.value),
        case(
            (has_time, and_(at >= end("first_at"), at < end("last_at"))),
            else_=and_(at >= end("first_day"), at < end("last_day")),
        ),
    )
