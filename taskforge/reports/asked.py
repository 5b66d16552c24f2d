"""What a report is asked for, as addresses and the API name it: ``from``, ``to``, ``zone``, ``asOf`` and so on.

All that can be wrong with it is refused here, at the name of what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.reports.days import DAY, PERIODS, Span, start_of
from taskforge.reports.forecast import MAX_COUNT, MAX_DAYS, SEED
from taskforge.tasks.query.nodes import Query
from taskforge.tasks.query.parser import parse
from taskforge.text.values import parse_date, parse_datetime, parse_int, parse_sent_instant
from taskforge.text.zones import clean_zone, find_zone

MAX_RANGE_DAYS = 1_100  # three years
DEFAULT_DAYS = 28
FORECAST_DAYS = 84  # of the past, that a forecast is made from: twelve weeks
MAX_SEED = 2**31 - 1
MILLISECOND = timedelta(milliseconds=1)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WITHOUT_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A checked question: the instant, the span of days, and what single reports want to know."""

    at: datetime
    span: Span
    per: str
    by_column: bool
    count: int | None
    until: date | None
    seed: int
    query: Query | None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days are counted."""
        return self.span.zone


def read_asked(given: Mapping[str, str], *, days: int = DEFAULT_DAYS) -> Asked:
    """What is asked for by the values of an address, ``from``, ``to``, ``zone``, ``asOf`` and so on.

    Empty ones ask for nothing: then it is the last `days` up to today, in the reader's zone.

    Raises:
        InvalidInput: one of them is not what it must be, or the range is too long.
        QueryError: ``q`` can't be read.
    """
    name = clean_zone(given.get("zone", ""), field="zone")
    zone = find_zone(name) if name else clock.reader_zone()
    now = clock.now()
    at = _instant(given, now, zone)
    today = at.astimezone(zone).date()
    last = _day(given, "to") or today
    first = _day(given, "from") or last - timedelta(days=days - 1)
    if first > last:
        raise InvalidInput.about("to", "must not be before the beginning")
    if (last - first).days >= MAX_RANGE_DAYS:
        raise InvalidInput.about("from", f"must be at most {MAX_RANGE_DAYS} days before the end")
    until = _day(given, "until")
    if until is not None and not today < until <= today + DAY * MAX_DAYS:
        raise InvalidInput.about("until", "must be a day after this one, within three years")
    seed = _number(given, "seed", 0, MAX_SEED)
    return Asked(
        at=at,
        span=Span(first, last, zone, clock.reader_week_start()),
        per=_choice(given, "per", PERIODS, "week"),
        by_column=_choice(given, "by", ("column", "status"), "column") == "column",
        count=_number(given, "count", 1, MAX_COUNT),
        until=until,
        seed=SEED if seed is None else seed,
        query=parse(given["q"]) if given.get("q", "").strip() else None,
    )


def _instant(given: Mapping[str, str], now: datetime, zone: ZoneInfo) -> datetime:
    """An instant; one without an offset is in the zone, and a day stands for its end."""
    value = (given.get("asOf") or "").strip()
    if not value:
        return now
    if _DAY.fullmatch(value):
        end = start_of(parse_date(value, field="asOf") + DAY, zone)
        today_ends = start_of(now.astimezone(zone).date() + DAY, zone)
        at = now if end == today_ends else end - MILLISECOND
    elif _WITHOUT_OFFSET.fullmatch(value):
        local = parse_datetime(f"{value.replace(' ', 'T')}Z", field="asOf")
        at = local.replace(tzinfo=zone).astimezone(UTC)
    else:
        at = parse_sent_instant(value, field="asOf")
    if at > now:
        raise InvalidInput.about("asOf", "must not be in the future")
    return at


def _day(given: Mapping[str, str], name: str) -> date | None:
    value = given.get(name) or None
    return None if value is None else parse_date(value, field=name)


def _number(given: Mapping[str, str], name: str, minimum: int, maximum: int) -> int | None:
    value = given.get(name) or None
    return None if value is None else parse_int(value, field=name, minimum=minimum, maximum=maximum)


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    value = given.get(name) or default
    if value not in choices:
        raise InvalidInput.about(name, f"must be one of {', '.join(choices)}")
    return value
