"""Cards under a finger: a rest lifts one, a swipe only scrolls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.boards import card, titles, toast
from tests.e2e.journeys import column

REST_MS = 450

Touch = Callable[..., None]


@pytest.fixture
def context_options() -> dict[str, object]:
    return {"viewport": {"width": 1280, "height": 720}, "has_touch": True}


@pytest.fixture
def touch(page: Page, log_in: Callable[..., None]) -> Touch:
    """Send one touch event; without a point all fingers are off."""
    devtools = page.context.new_cdp_session(page)

    def send(kind: str, *point: float) -> None:
        points = [{"x": point[0], "y": point[1]}] if point else []
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    log_in(page)
    page.goto(make_board(page, "One", "Two"))
    return send


def swipe(page: Page, touch: Touch, *, rests: bool, by: tuple[float, float]) -> None:
    """A finger goes `by` so many pixels from a card; it may have rested on it until the card was lifted."""
    start = card(page, "Two").bounding_box()
    assert start
    x, y = start["x"] + 40, start["y"] + 20
    touch("touchStart", x, y)
    if rests:
        page.locator(".card.is-ghost").wait_for()
    for step in range(1, 9):
        touch("touchMove", x + by[0] * step / 8, y + by[1] * step / 8)
        page.wait_for_timeout(16)
    touch("touchEnd")


def test_a_card_is_dragged_by_a_finger_that_rested_on_it(page: Page, touch: Touch) -> None:
    here, there = (column(page, name).bounding_box() for name in ("Backlog", "In progress"))
    assert here
    assert there
    swipe(page, touch, rests=True, by=(there["x"] - here["x"], 10))
    expect(titles(page, "In progress")).to_have_text(["Two"])
    toast(page, "Moved to In progress").wait_for()
    page.reload()
    expect(titles(page, "In progress")).to_have_text(["Two"])


def test_a_swipe_over_a_card_moves_no_card(page: Page, touch: Touch) -> None:
    page.clock.install()  # no timer goes on while a busy machine sends the touches
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    swipe(page, touch, rests=False, by=(0, -120))
    page.clock.run_for(REST_MS)  # a timer that was left would lift the card now
    expect(page.locator(".is-ghost, .is-dragging")).to_have_count(0)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two"])
