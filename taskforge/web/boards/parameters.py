"""The query parameters of a board's page: filter, lanes, and the cursor of the next cards."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import request

from taskforge import clock
from taskforge.errors import NotFound
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import CardFilter, read_filter
from taskforge.tasks.board.lanes import KINDS
from taskforge.tasks.board.queries import BoardView
from taskforge.text.values import parse_uuid

OPENED = "view"  # the saved view that an address was opened from: `<view_id>.<mark>`
NO_LANES = "none"  # in an address and in a form: columns
_OPENED = re.compile(r"[0-9a-f-]{36}\.[0-9a-f]{8}")
_CURSOR = re.compile(r"([0-9A-Za-z]{1,255})\.([0-9a-f-]{36})")


def requested_filter() -> CardFilter:
    """The filter of the address, as its reader reads it; parameters that are no filter are ignored."""
    return read_as_reader(request.args.to_dict(flat=False))


def read_as_reader(given: Mapping[str, Sequence[str]]) -> CardFilter:
    """The filter of some parameters, as whoever asks reads it. Only a query must know them: one statement more.

    Raises:
        NotAuthenticated: nobody is logged in, and there is a query.
    """
    at = clock.reader_time()
    chosen = read_filter(given, at)
    return chosen.read_by(current_actor(), at) if chosen.selection.root else chosen


def requested_lanes() -> str | None:
    """The kind of lanes that the address names, if any."""
    kind = request.args.get("lanes")
    return kind if kind in KINDS else None


def shown_lanes(view: BoardView) -> str | None:
    """The lanes that the address names, for this answer only; without them the person's saved preference."""
    if request.args.get("lanes") in (*KINDS, NO_LANES):
        return requested_lanes()
    return cast("str | None", view.row["lanes"])


def opened_query() -> dict[str, str]:
    """The parameter that names the saved view which the page was opened from: pages of the same kind take it along."""
    opened = request.args.get(OPENED, "")
    return {OPENED: opened} if _OPENED.fullmatch(opened) else {}


def pairs_of(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parameters of an address as pairs, for the hidden fields of a form."""
    return [
        (name, value)
        for name, values in query.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def read_cursor() -> tuple[str, str]:
    """The rank and the id of the last card that the page has; the next ones come after it.

    Raises:
        NotFound: the address holds no valid cursor.
    """
    found = _CURSOR.fullmatch(request.args.get("after", ""))
    if found is None:
        raise NotFound()
    return found[1], parse_uuid(found[2])
