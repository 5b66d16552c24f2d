"""What a first load of a board costs in a real browser: the bench's board of 200 and the demo's."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from statistics import median
from typing import Any

from taskforge.accounts import session_records
from taskforge.demo import player
from tests.bench.stage import Stage
from tests.factories import new_secret

LOADS = 5
DEMO_SECONDS = 600.0


def measure_first_loads(stage: Stage) -> dict[str, dict[str, Any]]:
    """For both boards: bytes, requests, milliseconds until the last card was shown and of the main thread, shift.

    Nothing without Chromium.
    """
    with suppress(ImportError):
        from playwright.sync_api import sync_playwright

        from tests.e2e.conftest import BROWSER_OPTIONS, find_browser

        if path := find_browser():
            boards = {"bench": _bench_board(stage), "demo": _demo_board(stage)}
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=path, args=list(BROWSER_OPTIONS)
                )
                return {
                    f"first-load-{name}": _measure(browser, stage, *board)
                    for name, board in boards.items()
                }
    return {}


def _measure(browser: Any, stage: Stage, cookie: tuple[str, str], path: str) -> dict[str, Any]:
    from tests.e2e.first_load import load

    server = f"http://127.0.0.1:{stage.system.port}"
    loads = [load(browser, server, cookie, path) for _ in range(LOADS)]
    figures = {
        name: value for name, value in asdict(loads[0]).items() if name not in ("sizes", "shifted")
    }
    middle = {name: median(getattr(each, name) for each in loads) for name in figures}
    return {
        **middle,
        "bytes": median(each.total() for each in loads),
        "requests": median(len(each.sizes) for each in loads),
        "layout_shift": max(each.layout_shift for each in loads),
        "shifted": _all_parts([each.shifted for each in loads]),
    }


def _all_parts(shifted: Sequence[Sequence[str]]) -> list[str]:
    return sorted({part for each in shifted for part in each})


def _bench_board(stage: Stage) -> tuple[tuple[str, str], str]:
    name, _, value = stage.windows[-1].cookie.partition("=")
    return (name, value), f"/boards/{stage.boards[200].board_id}"


def _demo_board(stage: Stage) -> tuple[tuple[str, str], str]:
    """The demo, written into the stores, and its first person's session."""
    code, said = stage.system.command("taskforge", "demo", "--yes", seconds=DEMO_SECONDS)
    if code:
        raise SystemExit(said)
    board_id, user_id = stage.meter.ask(
        "SELECT b.board_id::text, u.user_id::text FROM users u JOIN team_memberships USING (user_id)"
        " JOIN boards b USING (team_id) WHERE u.email = %s ORDER BY b.created_at LIMIT 1",
        player.email_of(0),
    )[0]
    app, secret = stage.people[0].app, new_secret()
    with app.app_context():
        session_records.open_session(user_id, secret, kind="browser")
    return (app.config["SESSION_COOKIE_NAME"], secret), f"/boards/{board_id}"
