"""Without a connection: an open board stays, says what it can't do, and what was done waits, also over a reload."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.accounts import make_board
from tests.e2e.boards import DIALOG, card, link, open_board, open_card, titles, toast
from tests.e2e.conftest import CUT_OFF, VIEWPORT, open_page
from tests.e2e.journeys import column

FORGIVEN = re.compile(rf"{CUT_OFF.pattern}|Failed to load .* status of 502")
QUICK_ADD = "form.quick-add [name=title]"


@pytest.fixture
def cut(browser: Browser, live_server: str, log_in: Callable[..., None]) -> Iterator[Page]:
    """A page on a board, whose network a test may cut; all its late code is loaded."""
    with open_page(browser, FORGIVEN, base_url=live_server, viewport=VIEWPORT) as page:
        log_in(page)
        open_board(make_board(page, "One", "Two", "Three"), page)
        field = column(page, "Backlog").locator(QUICK_ADD)
        with page.expect_request("**/quick-add"):
            field.focus()
        open_card(page, "Three")
        page.keyboard.press("Escape")
        expect(page.locator(DIALOG)).to_be_hidden()
        yield page


def add_offline(page: Page, *titles: str) -> None:
    """Cut the connection, and add cards all the same."""
    page.context.set_offline(True)
    field = column(page, "Backlog").locator(QUICK_ADD)
    for title in titles:
        field.fill(title)
        field.press("Enter")
        expect(field).to_have_value("")


def test_a_card_that_cannot_be_loaded_says_so_over_the_board(cut: Page) -> None:
    cut.context.set_offline(True)
    link(cut, "One").click()
    expect(cut.locator(DIALOG)).to_contain_text("No connection, so this card can’t be shown.")
    cut.keyboard.press("Escape")
    expect(titles(cut, "Backlog")).to_have_text(["One", "Two", "Three"])
    link(cut, "One").click()
    expect(cut.locator(DIALOG)).to_contain_text("No connection, so this card can’t be shown.")
    cut.context.set_offline(False)
    cut.locator(DIALOG).get_by_role("button", name="Try again").click()
    expect(cut.locator(f"{DIALOG} .task__title")).to_have_text("One")


def test_a_server_that_fails_is_said_over_the_board(cut: Page) -> None:
    cut.route("**/tasks/*", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    link(cut, "One").click()
    expect(cut.locator(DIALOG)).to_contain_text("This card can’t be shown now.")
    cut.unroute("**/tasks/*")
    cut.locator(DIALOG).get_by_role("button", name="Try again").click()
    expect(cut.locator(f"{DIALOG} .task__title")).to_have_text("One")


def test_links_to_other_pages_leave_the_board_open(cut: Page) -> None:
    cut.context.set_offline(True)
    address = cut.url
    cut.get_by_role("link", name="Teams").first.click()
    toast(cut, "You are offline").wait_for()
    card(cut, "One").locator(".card__move").click(force=True)
    toast(cut, "so this can’t be opened").wait_for()
    assert cut.url == address


def test_a_field_that_cannot_be_opened_says_so(cut: Page) -> None:
    open_card(cut, "One")
    cut.context.set_offline(True)
    cut.locator(f"{DIALOG} #field-title .inline-field__edit").click()
    toast(cut, "so this can’t be opened").wait_for()
    expect(cut.locator(f"{DIALOG} .task__title")).to_have_text("One")


def test_a_line_survives_a_reload(cut: Page) -> None:
    cut.context.set_offline(True)
    field = column(cut, "Backlog").locator(QUICK_ADD)
    field.fill("Half a line")
    cut.context.set_offline(False)
    cut.reload()
    expect(field).to_have_value("Half a line")


def test_cards_that_were_added_offline_are_made_after_a_reload(cut: Page) -> None:
    add_offline(cut, "Four", "Five #iron")
    waiting = column(cut, "Backlog").locator(".quick-add__waiting")
    expect(waiting).to_have_count(2)
    expect(cut.locator(".offline")).to_contain_text("2 changes will be tried again")
    cut.context.set_offline(False)
    cut.reload()
    expect(titles(cut, "Backlog")).to_have_text(["One", "Two", "Three", "Four", "Five"])
    expect(card(cut, "Five")).to_contain_text("iron")
    expect(waiting).to_have_count(0)
    cut.reload()
    expect(titles(cut, "Backlog")).to_have_text(["One", "Two", "Three", "Four", "Five"])


def test_offline_nothing_is_said_twice(cut: Page) -> None:
    long = "Four with a title that is far too long for the one line of a waiting row"
    add_offline(cut, long, "Five")
    waiting = column(cut, "Backlog").locator(".quick-add__waiting")
    expect(waiting).to_have_count(2)
    heights = [row.evaluate("(element) => element.offsetHeight") for row in waiting.all()]
    assert heights[0] == heights[1]
    expect(cut.locator(".toast")).to_have_count(0)
    for _ in range(2):
        cut.get_by_role("link", name="Teams").first.click()
    expect(toast(cut, "You are offline")).to_have_count(1)


def test_a_card_that_cannot_be_sent_yet_holds_back_those_after_it(cut: Page) -> None:
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused or "title=Four" not in (route.request.post_data or ""):
            route.fallback()
            return
        refused.append(route)
        route.fulfill(status=502, body="Bad Gateway")

    add_offline(cut, "Four", "Five")
    cut.route("**/boards/**", refuse_once)
    cut.context.set_offline(False)
    expect(titles(cut, "Backlog")).to_have_text(["One", "Two", "Three", "Four", "Five"])
    assert refused


def test_a_card_that_waits_can_be_taken_back_into_its_field(cut: Page) -> None:
    cut.context.set_offline(True)
    field = column(cut, "Backlog").locator(QUICK_ADD)
    field.fill("Four")
    field.press("Enter")
    column(cut, "Backlog").get_by_role("button", name="Take back: Four").click()
    expect(field).to_have_value("Four")
    expect(field).to_be_focused()
    expect(column(cut, "Backlog").locator(".quick-add__waiting")).to_have_count(0)


def test_a_move_that_waits_survives_a_reload(cut: Page) -> None:
    link(cut, "One").focus()
    cut.keyboard.press("ArrowDown")
    expect(link(cut, "Two")).to_be_focused()
    cut.context.set_offline(True)
    cut.keyboard.press(".")
    expect(cut.locator(".offline")).to_contain_text("1 change will be tried again")
    cut.context.set_offline(False)
    cut.reload()
    expect(titles(cut, "To do")).to_have_text(["Two"])
    expect(titles(cut, "Backlog")).to_have_text(["One", "Three"])


def test_a_line_that_the_server_refuses_later_is_back_in_its_field(cut: Page) -> None:
    cut.context.set_offline(True)
    field = column(cut, "Backlog").locator(QUICK_ADD)
    field.evaluate("(field) => field.removeAttribute('maxlength')")
    field.fill("x" * 700)
    field.press("Enter")
    expect(field).to_have_value("")
    cut.context.set_offline(False)
    expect(field).to_have_value("x" * 700)
