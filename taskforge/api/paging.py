"""Lists in pages. A cursor is opaque to clients: the place of the last item, in Base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from taskforge.errors import InvalidInput, NotFound
from taskforge.text.values import is_uuid, parse_int, parse_uuid

DEFAULT_LIMIT = 50
_EARLIER, _LATER = "before", "after"

Read = Callable[[str | None, int], Sequence[Any]]


def read_page(
    query: Mapping[str, Any], read: Read, place: Callable[[Any], object], *, longest: int
) -> tuple[Sequence[Any], str | None]:
    """A page of a list and the cursor of the next one, None at the end.

    `query` holds the ``cursor`` and the ``limit`` of the request, where given. ``read(after, limit)`` reads at most
    ``limit`` items behind a place; ``place(item)`` is the place of an item; `longest` is the largest limit of ``read``.
    """
    after = _decode(query.get("cursor"))
    limit = min(query.get("limit", DEFAULT_LIMIT), longest)
    items = read(after, min(limit + 1, longest))
    if len(items) < limit:
        return items, None
    last = str(place(items[limit - 1]))
    more = len(items) > limit or (limit == longest and read(last, 1))
    return items[:limit], _encode(last) if more else None


def read_place(query: Mapping[str, Any]) -> tuple[str, bool] | None:
    """The id of the item at which a page begins, and whether the page is of what is later; None for the newest.

    Raises:
        InvalidInput: the cursor belongs to another list.
    """
    place = _decode(query.get("cursor"))
    if place is None:
        return None
    direction, _, item_id = place.partition(":")
    if direction not in (_EARLIER, _LATER) or not is_uuid(item_id):
        raise invalid_cursor()
    return item_id, direction == _LATER


def cursors_of(ids: Sequence[str], *, has_earlier: bool, has_later: bool) -> dict[str, str | None]:
    """The cursors of the pages after (earlier items) and before (later items) one with these ids, newest first."""
    return {
        "next_cursor": _encode(f"{_EARLIER}:{ids[-1]}") if ids and has_earlier else None,
        "previous_cursor": _encode(f"{_LATER}:{ids[0]}") if ids and has_later else None,
    }


def as_number(place: str | None) -> int | None:
    """A place that is a number.

    Raises:
        InvalidInput: the cursor belongs to another list.
    """
    if place is None:
        return None
    return parse_int(place, field="cursor", minimum=0, maximum=2**63 - 1)


def as_id(place: str | None) -> str | None:
    """A place that is an id.

    Raises:
        InvalidInput: the cursor belongs to another list.
    """
    try:
        return None if place is None else parse_uuid(place)
    except NotFound as error:
        raise invalid_cursor() from error


def _encode(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _decode(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return place.decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise invalid_cursor() from error


def invalid_cursor() -> InvalidInput:
    """What is raised where a cursor belongs to another list."""
    return InvalidInput.about("cursor", "must be the nextCursor of an earlier answer")
