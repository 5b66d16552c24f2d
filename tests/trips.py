"""Round trips of a request, as the development server counts them itself (`taskforge.meter`)."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

_ENTRY = re.compile(r'(\w+);dur=[0-9.]+;desc="(\d+)"')


def count_round_trips(answer: TestResponse) -> dict[str, int]:
    """What an answer cost, by store; a store that was not asked is left out."""
    found = dict(_ENTRY.findall(answer.headers["Server-Timing"]))
    return {store: int(trips) for store, trips in found.items() if store != "templates"}
