"""Columns of more cards than the board shows at first: by scrolling, by a click, on a page of their own, on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from taskforge.tasks.board.queries import CARDS_PER_COLUMN
from tests.e2e.accounts import make_board, make_cards
from tests.e2e.boards import open_board
from tests.e2e.journeys import column

CARDS = 2 * CARDS_PER_COLUMN + 1
TO_THE_END = "list => list.scrollTo(0, list.scrollHeight)"


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """The address of a board with a column of 101 cards, and one of 51."""
    log_in(page)
    address = make_board(page)
    make_cards(page, "backlog", CARDS)
    make_cards(page, "in_review", CARDS_PER_COLUMN + 1)
    return address


def cards(page: Page, name: str) -> Locator:
    return column(page, name).locator(".card")


def scroll_to_the_end(page: Page, name: str) -> None:
    column(page, name).locator(".column__cards").evaluate(TO_THE_END)


def scroll_to_the_top(page: Page, name: str) -> None:
    """Out of sight of the link to more cards, which is followed wherever it comes into view."""
    column(page, name).locator(".column__cards").evaluate("list => list.scrollTo(0, 0)")
    expect(cards(page, name).first).to_be_in_viewport()


def test_scrolling_inside_a_column_brings_all_its_cards(page: Page, board: str) -> None:
    open_board(board, page)
    expect(cards(page, "Backlog")).to_have_count(CARDS_PER_COLUMN)
    for shown in (2 * CARDS_PER_COLUMN, CARDS):
        scroll_to_the_end(page, "Backlog")
        expect(cards(page, "Backlog")).to_have_count(shown)
    expect(column(page, "Backlog").locator(".column__more")).to_have_count(0)
    assert cards(page, "Backlog").locator(".card__title").all_text_contents() == [
        f"backlog {number:03}" for number in range(CARDS)
    ]
    expect(cards(page, "In review")).to_have_count(CARDS_PER_COLUMN)  # nobody scrolled there


def test_a_filtered_column_loads_on_within_its_filter(page: Page, board: str) -> None:
    open_board(f"{board}?q=backlog", page)
    for shown in (2 * CARDS_PER_COLUMN, CARDS):
        scroll_to_the_end(page, "Backlog")
        expect(cards(page, "Backlog")).to_have_count(shown)


@pytest.mark.parametrize("context_options", [{"viewport": {"width": 390, "height": 844}}])
def test_a_column_on_a_phone_loads_on(page: Page, board: str) -> None:
    open_board(board, page)
    scroll_to_the_end(page, "Backlog")
    expect(cards(page, "Backlog")).to_have_count(2 * CARDS_PER_COLUMN)


def test_what_could_not_be_loaded_is_loaded_by_the_next_scroll(
    second_page: Page, log_in: Callable[..., None]
) -> None:
    page = second_page  # whose network may be cut
    log_in(page)
    address = make_board(page)
    make_cards(page, "backlog", CARDS_PER_COLUMN + 1)
    open_board(address, page)
    page.route("**/cards?*", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "/cards?" in request.url):
        scroll_to_the_end(page, "Backlog")
    page.unroute("**/cards?*")
    more = column(page, "Backlog").locator(".column__more")
    scroll_to_the_top(page, "Backlog")
    expect(more).not_to_be_in_viewport()
    scroll_to_the_end(page, "Backlog")
    expect(cards(page, "Backlog")).to_have_count(CARDS_PER_COLUMN + 1)


def test_the_link_leads_to_a_page_with_a_way_on_and_back(board: str, plain: Page) -> None:
    plain.goto(board)
    link = column(plain, "Backlog").locator(".column__more")
    expect(link).to_contain_text("51 more cards")
    link.click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Backlog")
    expect(plain.locator(".card")).to_have_count(CARDS_PER_COLUMN)
    plain.get_by_role("link", name="Next card", exact=True).click()
    expect(plain.locator(".card__title").last).to_have_text(f"backlog {CARDS - 1:03}")
    expect(plain.get_by_role("link", name="Next card")).to_have_count(0)
    plain.get_by_role("link", name="Back to the board").click()
    expect(column(plain, "Backlog")).to_be_visible()


def test_paper_says_how_many_cards_are_not_on_it(page: Page, board: str) -> None:
    open_board(board, page)
    # A real print does not wait for cards; the emulated one scrolls nothing, and would load them.
    page.route("**/cards?*", lambda _route: None)
    page.emulate_media(media="print")
    more = column(page, "Backlog").locator(".column__more")
    expect(more).to_be_visible()
    expect(more).to_contain_text("51 more cards")
    assert "not printed" in more.evaluate("link => getComputedStyle(link, '::after').content")


def test_paper_shows_what_is_folded_on_the_screen(page: Page, board: str) -> None:
    open_board(board, page)
    with page.expect_response("**/fold"):
        page.get_by_role("button", name="Fold In review").click()
    expect(cards(page, "In review").first).to_be_hidden()
    page.emulate_media(media="print")
    expect(cards(page, "In review").first).to_be_visible()
    page.emulate_media(media="screen")
    page.goto(f"{board}?lanes=priority")
    page.locator(".lane__head", has_text="Medium").click()
    expect(page.locator(".card").first).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".card").first).to_be_visible()


def test_what_a_filter_hides_is_said_on_paper(page: Page, board: str) -> None:
    open_board(f"{board}?q=review", page)
    page.emulate_media(media="print")
    expect(column(page, "Backlog").locator(".column__hidden")).to_be_visible()


def test_what_was_loaded_stays_when_others_change_the_column(page: Page, board: str) -> None:
    open_board(board, page)
    scroll_to_the_end(page, "In review")
    expect(cards(page, "In review")).to_have_count(CARDS_PER_COLUMN + 1)
    scroll_to_the_top(page, "In review")
    make_cards(page, "in_review", 1, "late")
    more = column(page, "In review").locator(".column__more")
    expect(more).to_contain_text("1 more")
    expect(cards(page, "In review")).to_have_count(CARDS_PER_COLUMN + 1)
    scroll_to_the_end(page, "In review")
    expect(cards(page, "In review")).to_have_count(CARDS_PER_COLUMN + 2)
    expect(more).to_have_count(0)
