"""The kinds of saved views, and what the address of each may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlencode

from taskforge import clock
from taskforge.errors import InvalidInput
from taskforge.tasks.board.filters import read_filter
from taskforge.tasks.board.lanes import KINDS as LANES
from taskforge.tasks.calendar.span import CURRENT, WEEK, read_span
from taskforge.tasks.table.layout import read_layout
from taskforge.tasks.timeline.span import QUARTER, ZOOM

MAX_QUERY_LENGTH = 4000
MAX_FIELDS = 200  # parameters of an address


class ViewKind(StrEnum):
    """A view of a board that can be saved."""

    BOARD = "board"
    TABLE = "table"
    CALENDAR = "calendar"
    TIMELINE = "timeline"


VIEW_KINDS = tuple(kind.value for kind in ViewKind)


def canonical_query(kind: str, query: str) -> str:
    """The parameters of an address that mean something to a kind of view, in their canonical form.

    What is no parameter, or no value of one, is passed over, as on the page itself.
    """
    try:
        given = parse_qs(query, max_num_fields=MAX_FIELDS)
    except ValueError:  # more fields than that
        return ""
    return urlencode(_own_parameters(kind, given), doseq=True)


def read_query(kind: str, query: str) -> str:
    """The same, for what is to be saved.

    Raises:
        InvalidInput: in this form, where an “ü” takes six signs, it is longer than `MAX_QUERY_LENGTH`.
    """
    canonical = canonical_query(kind, query)
    if len(canonical) > MAX_QUERY_LENGTH:
        raise InvalidInput.about("query", f"is too long: at most {MAX_QUERY_LENGTH} characters")
    return canonical


def _own_parameters(kind: str, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    at = clock.reader_time()
    chosen: dict[str, Any] = dict(read_filter(given, at).query())
    if kind == ViewKind.TABLE:
        return chosen | read_layout(given).query()
    if kind == ViewKind.CALENDAR:  # a month or a week: that of whoever opens it, then
        span = read_span({name: values[0] for name, values in given.items()}, at.today)
        return chosen | ({WEEK: CURRENT} if span.kind == WEEK else {})
    if kind == ViewKind.TIMELINE:  # the weeks around that day
        return chosen | ({ZOOM: QUARTER} if QUARTER in given.get(ZOOM, ())[:1] else {})
    lanes = [value for value in given.get("lanes", ()) if value in LANES]
    return chosen | ({"lanes": lanes[0]} if lanes else {})
