"""The move form over a board: the card goes where the form says, on the page that is open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.journeys import add_card, column
from tests.e2e.test_drag import card, count, titles, toast


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """The address of an open board with three cards in the first column."""
    log_in(page)
    address = make_board(page, "One", "Two", "Three")
    page.goto(address)
    page.evaluate("globalThis.sameOne = true")
    return address


def choose(page: Page, column_name: str, place: str = "Bottom") -> None:
    """Fill in the open move form, and send it."""
    form = page.locator("#dialog #move-form")
    form.get_by_label(column_name).check()
    form.get_by_label(place, exact=True).check()
    form.get_by_role("button", name="Move").click()


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("globalThis.sameOne === true"))


def test_m_moves_the_card_on_the_open_page_and_offers_undo(page: Page, board: str) -> None:
    add_card(page, "Zero", "To do")
    card(page, "Two").locator(".card__title").focus()
    page.keyboard.press("m")
    choose(page, "To do", "Top")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(titles(page, "To do")).to_have_text(["Two", "Zero"])
    expect(count(page, "To do")).to_have_text("2 cards")
    expect(card(page, "Two").locator(".card__title")).to_be_focused()
    expect(page.locator("#board-announcement")).to_contain_text("Two: moved to To do, place 1.")
    toast(page, "Moved to To do").get_by_role("button", name="Undo").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    assert is_same_page(page)
    page.reload()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_a_form_that_is_refused_lets_the_card_slide_back(page: Page, board: str) -> None:
    card(page, "Two").locator(".card__move").click()
    page.route("**/move", lambda route: route.abort() if route.request.method == "POST" else None)
    choose(page, "Done", "Top")
    toast(page, "No connection").wait_for()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    page.unroute("**/move")
    toast(page, "No connection").get_by_role("button", name="Retry").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    page.reload()
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_the_bottom_is_that_of_the_whole_column_not_of_what_is_shown(
    page: Page, board: str
) -> None:
    link = column(page, "Done").get_by_role("link", name="Add several cards to Done")
    page.goto(link.get_attribute("href") or "")
    page.locator("[name=lines]").fill("\n".join(f"Card {number}" for number in range(55)))
    page.get_by_role("button", name="Add cards").click()
    card(page, "Two").locator(".card__move").click()
    choose(page, "Done")
    toast(page, "Moved to Done").wait_for()
    page.reload()
    rest = column(page, "Done").locator(".column__more").get_attribute("href")
    page.goto(rest or "")
    expect(page.locator(".card__title").last).to_have_text("Two")


def test_a_task_that_is_open_over_the_board_is_moved_under_it(page: Page, board: str) -> None:
    card(page, "Two").locator(".card__title").click()
    panel = page.locator("dialog .task, dialog[open]").first
    panel.get_by_role("link", name="Move").click()
    choose(page, "Done")
    toast(page, "Moved to Done").wait_for()
    expect(page.locator("#task-properties")).to_contain_text("Done")
    assert is_same_page(page)
    page.keyboard.press("Escape")
    expect(titles(page, "Done")).to_have_text(["Two"])
