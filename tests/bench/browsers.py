"""What two people with real browsers see: how soon a dragged card is stored, and moves on the other screen."""

from __future__ import annotations

import statistics
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.bench.stage import Stage
from tests.bench.window import Board, Window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page

DRAGS = 15
PAUSE_SECONDS = 0.7
PATIENCE_SECONDS = 10.0
WATCH = """taskId => {
  window.seen = null;
  const column = () => document.getElementById(`card-${taskId}`)?.closest(".column")?.dataset.columnId;
  const before = column();
  const look = () => { const now = column(); if (now && now !== before) window.seen ??= Date.now(); };
  new MutationObserver(look).observe(document.querySelector(".board__columns"), {childList: true, subtree: true});
}"""


def measure_browsers(stage: Stage) -> dict[str, float] | None:
    """Milliseconds from letting a card go until it is stored, and until another window shows it.

    None without Chromium.
    """
    with suppress(ImportError):
        from playwright.sync_api import sync_playwright

        from tests.e2e.conftest import BROWSER_OPTIONS, find_browser

        path = find_browser()
        if path is None:
            return None
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER_OPTIONS))
            figures = _measure(browser, stage)
            browser.close()
            return figures
    return None


def _measure(browser: Browser, stage: Stage) -> dict[str, float]:
    board = stage.boards[53]
    mine, theirs = (_open(browser, stage, window, board) for window in stage.windows[:2])
    task_id = board.tasks[0]
    stored, seen = [], []
    for turn in range(DRAGS):
        theirs.evaluate(WATCH, task_id)
        target = mine.locator(".column").nth((turn + 1) % 2)
        card = mine.locator(f"#card-{task_id}")
        with mine.expect_response(lambda answer: answer.url.endswith("/move")):
            _drag(mine, card.bounding_box(), target.bounding_box())
            let_go = time.time()
            mine.mouse.up()
        stored.append((time.time() - let_go) * 1000)
        seen.append(_when_seen(theirs) - let_go * 1000)
        time.sleep(PAUSE_SECONDS)
    return {
        "drags": DRAGS,
        "storedMedianMs": round(statistics.median(stored), 1),
        "storedP95Ms": round(sorted(stored)[int(DRAGS * 0.95)], 1),
        "seenMedianMs": round(statistics.median(seen), 1),
        "seenP95Ms": round(sorted(seen)[int(DRAGS * 0.95)], 1),
    }


def _when_seen(page: Page) -> float:
    """When the page showed the move, in milliseconds since the epoch."""
    # Asked for again and again: waiting in the page would need the eval that its policy forbids.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        at = page.evaluate("window.seen")
        if at:
            return float(at)
        time.sleep(0.01)
    raise TimeoutError("the other window did not show the move")


def _open(browser: Browser, stage: Stage, window: Window, board: Board) -> Page:
    from tests.e2e.first_load import session_cookie

    name, _, value = window.cookie.partition("=")
    address = f"http://127.0.0.1:{stage.system.port}"
    context = browser.new_context(viewport={"width": 1500, "height": 900})
    context.add_cookies([session_cookie(name, value, address)])
    page = context.new_page()
    page.goto(f"{address}/boards/{board.board_id}")
    page.locator("[data-live=on]").wait_for()
    return page


def _drag(page: Page, card: FloatRect | None, target: FloatRect | None) -> None:
    assert card is not None
    assert target is not None
    page.mouse.move(card["x"] + 60, card["y"] + 12)
    page.mouse.down()
    page.mouse.move(card["x"] + 80, card["y"] + 30, steps=3)
    page.mouse.move(target["x"] + 120, target["y"] + 120, steps=4)
