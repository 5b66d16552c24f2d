"""Saved views for their list: where each leads, which is shown, and which of them the page was opened from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2s
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

from flask import url_for

from taskforge.tasks.calendar.span import WEEK
from taskforge.tasks.views.addresses import ViewKind
from taskforge.tasks.views.queries import may_change
from taskforge.web.boards.parameters import OPENED

KINDS: Mapping[str, Mapping[str, str]] = {
    ViewKind.BOARD: {"page": "boards.show", "label": "Board", "icon": "square-kanban"},
    ViewKind.TABLE: {"page": "boards.table", "label": "Table", "icon": "layers"},
    ViewKind.CALENDAR: {"page": "boards.calendar", "label": "Calendar", "icon": "calendar"},
    ViewKind.TIMELINE: {"page": "boards.timeline", "label": "Timeline", "icon": "clock"},
}
_MARK_BYTES = 4


class Shown(NamedTuple):
    """What a page shows: its kind, its parameters, and the mark of the view that it was opened from, if any."""

    kind: str
    query: str
    opened: str


def address_of(view: Mapping[str, Any]) -> str:
    """The address of what a view shows, which names the view."""
    page = url_for(KINDS[view["kind"]]["page"], board_id=view["board_id"])
    named = urlencode({OPENED: opened_mark(view)})
    return f"{page}?{view['query']}&{named}" if view["query"] else f"{page}?{named}"


def opened_mark(view: Mapping[str, Any]) -> str:
    """The view, and a mark of what it shows, which changes with that, and not with its name."""
    digest = blake2s(view["query"].encode(), digest_size=_MARK_BYTES).hexdigest()
    return f"{view['view_id']}.{digest}"


def show_views(views: Sequence[Mapping[str, Any]], shown: Shown) -> dict[str, Any]:
    """The context of the list: its ``views``, and the ``opened`` one if the page shows something else than that."""
    found = [
        {
            **view,
            **KINDS[view["kind"]],
            "url": address_of(view),
            "may_change": may_change(view),
            "is_shown": (view["kind"], view["query"]) == (shown.kind, shown.query),
            "is_stale": opened_mark(view) != shown.opened,
        }
        for view in views
    ]
    opened_id = shown.opened.partition(".")[0]
    opened = [
        view
        for view in found
        if view["view_id"] == opened_id and view["kind"] == shown.kind and not view["is_shown"]
    ]
    return {
        "views": found,
        "opened": opened[0] if opened and opened[0]["may_change"] else None,
        "kind_label": KINDS.get(shown.kind, KINDS[ViewKind.BOARD])["label"],
        "opens_at": _opens_at(shown),
    }


def _opens_at(shown: Shown) -> str | None:
    """What a saved calendar or timeline opens at: the month, the week or the day of whoever opens it."""
    if shown.kind == ViewKind.CALENDAR:
        return "week" if WEEK in parse_qs(shown.query) else "month"
    return "day" if shown.kind == ViewKind.TIMELINE else None
