"""Scenarios of finding and seeing: searches, the views of a board, and reports, each beside a floor.

Searches and reports are asked by the leader of the store beside the boards, who sees half a year of work; their floors
are one statement over the same tables, without rights, ranks, marks or what is made of the rows.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from taskforge import clock
from tests.bench import flows
from tests.bench.load import request_bytes
from tests.bench.scenario import Scenario
from tests.bench.stage import Stage

# Words of the store's titles and comments: in every sixth comment, in a few titles, of both.
SEARCHES = (
    "checkout",
    "supplier",
    "without the animation",
    "bar scan",
    "label printer",
    "browsers",
    '"push messages"',
    "insurer glass",
)
REPORTS = ("cumulative-flow", "cycle-time", "throughput")
HALF_YEAR = timedelta(days=182)
VIEWS = ("table", "calendar", "timeline")


def list_finding(stage: Stage) -> list[Scenario]:
    """The floors, then what is held against them."""
    board_id = stage.store.boards[0].board_id
    bare = [request_bytes("GET", f"/s?q={quote(typed)}") for typed in SEARCHES]
    whole = [_ask(stage, f"/api/search?limit=25&q={quote(typed)}") for typed in SEARCHES]
    today = clock.now().date()
    span = f"from={today - HALF_YEAR}&to={today}&zone=UTC"
    reports = [_ask(stage, f"/api/boards/{board_id}/reports/{name}?{span}") for name in REPORTS]
    return [
        Scenario("s", "entries of a word as JSON", flows.in_turn(bare), is_floor=True),
        Scenario(
            "r", "periods of a board by day", flows.floor(f"/r?board={board_id}"), is_floor=True
        ),
        Scenario("search", f"search, {len(whole)} in turn", flows.in_turn(whole)),
        Scenario(
            "report", f"report of half a year, {len(reports)} in turn", flows.in_turn(reports)
        ),
        *(_see(stage, name, 200) for name in VIEWS),
        *(_see(stage, name, 5000) for name in VIEWS if 5000 in stage.boards),
    ]


def _see(stage: Stage, view: str, size: int) -> Scenario:
    page = flows.page(stage, f"/boards/{stage.boards[size].board_id}/{view}")
    return Scenario(f"{view}-{size}", f"{size:,} cards, one by one", page, connections=1)


def _ask(stage: Stage, path: str) -> bytes:
    return request_bytes("GET", path, {"X-Session-Id": stage.leader})
