"""Small things on a board: the title's field beside a card, who may only look, a card on paper, a drag on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import join_team, make_board
from tests.e2e.boards import card, grab, link, open_board, open_card, press, titles, toast
from tests.e2e.journeys import column

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_the_title_is_written_in_a_wide_field_of_the_cards_size(page: Page, board: str) -> None:
    link(page, "Two").focus()
    page.keyboard.press("t")
    field = page.locator(".field-popover [name=value]")
    expect(field).to_be_focused()
    box = field.bounding_box()
    assert box
    assert box["width"] >= 440
    assert field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") <= 16
    field.fill("Two, and the rest of what it says, which is longer than a card")
    page.keyboard.press("Enter")
    expect(
        card(page, "Two, and the rest of what it says, which is longer than a card")
    ).to_be_visible()


def test_a_guest_who_drags_or_presses_a_key_hears_that_they_may_only_look(
    page: Page, board: str, second_page: Page, log_in: Callable[..., None]
) -> None:
    log_in(second_page, "Gus", "Guest")
    join_team(page, second_page, role="guest")
    open_board(board, second_page)
    link(second_page, "Two").focus()
    press(second_page, "ArrowDown")  # the keys are there now
    expect(link(second_page, "Three")).to_be_focused()
    grab(second_page, "Two")
    second_page.mouse.move(600, 300, steps=6)
    second_page.mouse.up()
    toast(second_page, "View only").wait_for()
    expect(titles(second_page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(toast(second_page, "View only")).to_have_count(0, timeout=15_000)
    second_page.clock.install()
    second_page.clock.fast_forward(20_000)
    link(second_page, "Two").focus()
    press(second_page, ".")
    toast(second_page, "View only").wait_for()


def test_a_member_hears_nothing_of_it(page: Page, board: str) -> None:
    link(page, "Two").focus()
    press(page, ".")
    toast(page, "Moved to To do").wait_for()
    expect(toast(page, "View only")).to_have_count(0)


def test_an_open_card_is_what_is_printed(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.emulate_media(media="print")
    expect(page.locator("#task-dialog .task__title")).to_be_visible()
    expect(page.locator(".board__columns")).to_be_hidden()
    expect(page.locator("#task-dialog .task-dialog__bar")).to_be_hidden()
    assert page.locator("#task-dialog").evaluate(
        "dialog => dialog.scrollHeight <= dialog.clientHeight + 1"
    )
    page.emulate_media(media="screen")
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    expect(page.locator(".board__columns")).to_be_visible()


@pytest.mark.parametrize("context_options", [PHONE])
def test_a_drag_to_the_edge_of_a_phone_pauses_at_each_column(
    page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    open_board(make_board(page, "One"), page)
    devtools = page.context.new_cdp_session(page)

    def touch(kind: str, *point: float) -> None:
        points = [{"x": point[0], "y": point[1]}] if point else []
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    box = card(page, "One").bounding_box()
    assert box
    y = box["y"] + 20
    # Each column at which the drag stood still for a third of a second, as the frames saw it.
    page.evaluate(
        """() => {
          const board = document.querySelector(".board__columns");
          window.stops = [];
          let last = -1, since = 0;
          const look = (now) => {
            if (board.scrollLeft !== last) { last = board.scrollLeft; since = now; }
            else if (now - since > 330 && window.stops.at(-1) !== last) {
              board.dataset.stops = window.stops.push(last);
            }
            requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }"""
    )
    touch("touchStart", box["x"] + 60, y)
    page.locator(".card.is-ghost").wait_for()
    for step in range(1, 9):
        touch("touchMove", box["x"] + 60 + (384 - box["x"] - 60) * step / 8, y)
    expect(page.locator(".board__columns")).to_have_attribute("data-stops", re.compile("[3-9]"))
    touch("touchMove", 200, y)
    touch("touchEnd")
    stops = page.evaluate("window.stops.slice(0, 3)")
    pitch = page.evaluate(
        "(([one, other]) => other.offsetLeft - one.offsetLeft)(document.querySelectorAll('.column'))"
    )
    assert [round(stop / pitch) for stop in stops] == [0, 1, 2]
    toast(page, "Moved to ").wait_for()
    expect(column(page, "Backlog").locator(".card__title")).to_have_count(0)
