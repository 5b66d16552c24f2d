"""A board's past in a browser: by slider, keys, play and date; and as plain links and a form."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.accounts import make_board
from tests.e2e.journeys import column, move_card, wait_until


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """A board on which a card was made, moved to To do and then to Done (steps 2 to 4); its address."""
    log_in(page)
    address = make_board(page, "Pour the steel")
    for name in ("To do", "Done"):
        page.goto(address)
        move_card(page, "Pour the steel", name)
    page.goto(address)
    return address


def expect_card_in(page: Page, name: str) -> None:
    expect(column(page, name).locator(".card", has_text="Pour the steel")).to_be_visible()


def test_the_history_is_opened_by_its_key_and_walked_by_keys(page: Page, board: str) -> None:
    page.keyboard.press("h")
    page.wait_for_url("**/history")
    expect_card_in(page, "Done")
    page.keyboard.press("ArrowLeft")
    expect_card_in(page, "To do")
    expect(page.locator(".board-history__announcement")).to_contain_text(
        "Ada Byron moved WT-1 to To do"
    )
    expect(page.locator(".board-history__changed")).to_contain_text("Pour the steel")
    expect(page).to_have_url(re.compile(r"/history\?step=3$"))
    page.keyboard.press("Home")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator(".board-history__announcement")).to_contain_text("created the board")
    expect(page.locator("[data-history-step=previous]")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("ArrowRight")
    expect_card_in(page, "Backlog")
    page.keyboard.press("End")
    expect_card_in(page, "Done")
    expect(page.locator(".board-history__banner")).to_contain_text("as it is now")
    page.reload()
    expect_card_in(page, "Done")


def test_the_slider_goes_to_the_beginning_and_back(page: Page, board: str) -> None:
    page.goto(f"{board}/history")
    slider = page.get_by_role("slider", name="Moment")
    slider.fill("0")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator(".board-history__banner")).to_contain_text("as it was on")
    expect(page).to_have_url(re.compile(r"\?at=\d{4}-"))
    slider.fill("1000")
    expect_card_in(page, "Done")
    page.go_back()  # every moment replaced the one before: this leads out of the history
    expect(page).to_have_url(board)


def test_playing_goes_through_all_changes_and_stops_at_the_end(page: Page, board: str) -> None:
    page.goto(f"{board}/history")
    button = page.locator("[data-play]")
    button.click()
    expect(button).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".board-history__count")).to_contain_text("1 of 4")
    expect_card_in(page, "Backlog")
    expect_card_in(page, "To do")
    expect_card_in(page, "Done")
    expect(button).to_have_attribute("aria-label", "Play")
    button.click()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_quick_presses_arrive_where_they_lead(page: Page, board: str) -> None:
    page.goto(f"{board}/history")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#board-snapshot")).to_have_attribute("data-seq", "1")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#board-snapshot")).to_have_attribute("data-seq", "4")
    expect(page.locator("#main")).not_to_have_class(re.compile("is-waiting"))


def test_a_press_while_a_moment_is_shown_is_not_forgotten(page: Page, board: str) -> None:
    """A press that comes while an answer is awaited counts from there, also once that answer is here."""
    held: list[Route] = []
    page.route("**/history*step=*", lambda route: held.append(route))
    page.goto(f"{board}/history")
    snapshot = page.locator("#board-snapshot")

    def press(key: str) -> None:
        with page.expect_request("**/history*step=*"):
            page.keyboard.press(key)
        wait_until(page, lambda: held)

    press("ArrowLeft")
    page.wait_for_timeout(1500)  # the page waits as long with its next request as this one took
    held.pop().continue_()
    expect(snapshot).to_have_attribute("data-seq", "3")
    press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    held.pop().continue_()
    expect(snapshot).to_have_attribute("data-seq", "4")
    page.unroute("**/history*step=*")
    page.keyboard.press("ArrowLeft")
    expect(snapshot).to_have_attribute("data-seq", "2")


def test_the_last_press_wins_over_one_that_waits(page: Page, board: str) -> None:
    page.goto(f"{board}/history")
    for key in ("ArrowLeft", "ArrowLeft", "Home"):
        page.keyboard.press(key)
    expect(page.locator("#board-snapshot")).to_have_attribute("data-seq", "1")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#board-snapshot")).to_have_attribute("data-seq", "3")
    page.wait_for_timeout(300)
    expect(page.locator("#board-snapshot")).to_have_attribute("data-seq", "3")


def test_a_date_is_read_in_the_readers_own_time(page: Page, board: str) -> None:
    page.goto(f"{board}/history")
    page.get_by_label("Date and time").fill("2020-01-01T12:00")
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".board-history__note")).to_contain_text("this is how it began")
    expect(page.locator(".card")).to_have_count(0)


def test_without_javascript_links_and_the_date_do_it(board: str, plain: Page) -> None:
    plain.goto(board)
    plain.locator("#board-more summary").click()
    plain.get_by_role("link", name="History").click()
    expect_card_in(plain, "Done")
    plain.get_by_role("link", name="The change before").click()
    expect_card_in(plain, "To do")
    plain.get_by_label("Date and time in UTC").fill("2020-01-01T12:00")
    plain.get_by_role("button", name="Go").click()
    expect(plain.locator(".board-history__note")).to_contain_text("this is how it began")
    plain.get_by_role("link", name="The next change").click()
    plain.get_by_role("link", name="Pour the steel").click()
    expect(plain.get_by_role("heading", name="History")).to_be_visible()
    plain.go_back()
    plain.get_by_role("link", name="Back to now").click()
    expect(plain).to_have_url(board)
