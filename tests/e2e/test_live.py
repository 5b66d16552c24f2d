"""Two people at one board see each other's work, without touching what the other is doing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.boards import CONNECTED, make_shared_board, open_board
from tests.e2e.journeys import (
    add_card,
    column,
    move_card,
)


@pytest.fixture
def other(second_page: Page, page: Page, log_in: Callable[..., None]) -> Page:
    """A second browser, of somebody else."""
    log_in(page)
    log_in(second_page, "Grace", "Hopper")
    return second_page


def watch(page: Page, other: Page, *titles: str) -> str:
    """Make a board with cards and open it in both browsers; answers its address."""
    board = make_shared_board(page, other, *titles)
    open_board(board, page, other)
    return board


def test_a_new_card_and_a_move_are_seen_in_the_other_window(page: Page, other: Page) -> None:
    watch(page, other, "Old")
    add_card(page, "Fresh")
    card = other.locator(".card", has_text="Fresh")
    expect(card).to_be_visible()
    expect(card).to_have_class(re.compile("is-changed"))
    expect(column(other, "Backlog").locator(".column__count")).to_contain_text("2")
    move_card(page, "Fresh", "Done")
    expect(column(other, "Done").locator(".card")).to_have_count(1)
    expect(column(other, "Backlog").locator(".card")).to_have_count(1)
    expect(column(other, "Done").locator(".card")).not_to_have_class(re.compile("is-changed"))
    # And in the other direction.
    move_card(other, "Old", "In progress")
    expect(column(page, "In progress").get_by_role("link", name="Old")).to_be_visible()


def test_ones_own_card_does_not_pulse_and_is_not_asked_for_again(page: Page, other: Page) -> None:
    watch(page, other)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    add_card(page, "Mine")
    expect(other.locator(".card", has_text="Mine")).to_be_visible()
    page.wait_for_timeout(400)
    assert not [url for url in asked if "/columns" in url]
    expect(page.locator(".card.is-changed")).to_have_count(0)


def test_what_is_being_typed_stays(page: Page, other: Page) -> None:
    watch(page, other)
    field = column(other, "Backlog").locator("[name=title]")
    field.fill("Half a sente")
    add_card(page, "Theirs")
    expect(other.locator(".card", has_text="Theirs")).to_be_visible()
    expect(field).to_have_value("Half a sente")
    expect(field).to_be_focused()


def test_focus_stays_on_a_card_that_others_move_past(page: Page, other: Page) -> None:
    watch(page, other, "One", "Two", "Three")
    other.get_by_role("link", name="Two", exact=True).focus()
    move_card(page, "One", "Done")
    expect(column(other, "Backlog").locator(".card")).to_have_count(2)
    expect(other.get_by_role("link", name="Two", exact=True)).to_be_focused()


def test_a_new_column_appears_and_a_deleted_card_goes(page: Page, other: Page) -> None:
    board = watch(page, other, "Doomed")
    page.get_by_role("link", name="Doomed", exact=True).click()
    page.locator("form[action*='/tasks/'][action$='/delete'] button[type=submit]").click()
    expect(other.locator(".card")).to_have_count(0)
    page.goto(f"{board}/settings")
    form = page.locator("form[action$='/columns/create']")
    form.locator("[name=name]").fill("Shipped")
    form.locator("button[type=submit]").click()
    expect(column(other, "Shipped")).to_be_visible()


def test_what_happened_while_offline_is_caught_up_with(page: Page, other: Page) -> None:
    watch(page, other, "Traveller", "Second")
    other.context.set_offline(True)
    expect(other.locator("#live-status")).to_have_text("Live updates paused")
    move_card(page, "Traveller", "In review")
    add_card(page, "Meanwhile")
    other.wait_for_timeout(500)
    expect(other.locator(".card", has_text="Meanwhile")).to_have_count(0)
    other.context.set_offline(False)
    expect(column(other, "In review").locator(".card")).to_have_count(1)
    expect(other.locator(".card", has_text="Meanwhile")).to_be_visible()
    expect(other.locator("#live-status")).to_have_text("")


def test_without_the_stream_the_page_asks_by_itself_and_recovers(page: Page, other: Page) -> None:
    board = watch(page, other, "Slow")
    other.route("**/live/boards/**", lambda route: route.abort())
    other.goto(board)
    expect(other.locator("#live-status")).to_have_text("Live updates paused", timeout=15_000)
    add_card(page, "Polled")
    expect(other.locator(".card", has_text="Polled")).to_be_visible(timeout=15_000)
    other.unroute("**/live/boards/**")
    other.locator(CONNECTED).wait_for(timeout=15_000)
    expect(other.locator("#live-status")).to_have_text("")


def test_a_change_is_seen_quickly(page: Page, other: Page) -> None:
    watch(page, other)
    times = []
    for number in range(5):
        field = column(page, "Backlog").locator("[name=title]")
        field.fill(f"Quick {number}")
        with page.expect_response(lambda answer: answer.url.endswith("/tasks/create")):
            field.press("Enter")
        answered = time.monotonic()
        other.locator(".card", has_text=f"Quick {number}").wait_for()
        times.append(time.monotonic() - answered)
    print("seconds from the answer to the other window:", [round(second, 3) for second in times])
    assert sorted(times)[2] < 5  # well before a page without a stream asks by itself
