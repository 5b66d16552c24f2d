"""The query parameters of a board's page: filter, lanes, and the cursor of the next cards."""

from __future__ import annotations

import re
from typing import cast

from flask import request

from taskforge import clock
from taskforge.boards.view_preferences import save_lanes
from taskforge.errors import NotFound
from taskforge.identity.current import current_actor
from taskforge.tasks.board.filters import CardFilter, read_filter
from taskforge.tasks.board.lanes import KINDS
from taskforge.tasks.board.queries import BoardView
from taskforge.text.values import parse_uuid

# In an address: show columns, and save that as the preference; show columns in this answer only.
NO_LANES, LANES_OFF = "none", "off"
_CURSOR = re.compile(r"([0-9A-Za-z]{1,255})\.([0-9a-f-]{36})")


def requested_filter() -> CardFilter:
    """The filter of the address; parameters that are no filter are ignored."""
    return read_filter(request.args.to_dict(flat=False), clock.reader_time())


def requested_lanes() -> str | None:
    """The kind of lanes that the address names, if any."""
    kind = request.args.get("lanes")
    return kind if kind in KINDS else None


def choose_lanes(view: BoardView) -> str | None:
    """The lanes that the address names, saved as the person's preference; without them the saved preference."""
    given, saved = request.args.get("lanes"), view.row["lanes"]
    if given not in (*KINDS, NO_LANES, LANES_OFF):
        return cast("str | None", saved)
    lanes = requested_lanes()
    if lanes != saved and given != LANES_OFF:
        save_lanes(current_actor().user_id, view.row["board_id"], lanes)
    return lanes


def read_cursor() -> tuple[str, str]:
    """The rank and the id of the last card that the page has; the next ones come after it.

    Raises:
        NotFound: the address holds no valid cursor.
    """
    found = _CURSOR.fullmatch(request.args.get("after", ""))
    if found is None:
        raise NotFound()
    return found[1], parse_uuid(found[2])
