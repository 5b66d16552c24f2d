"""What one does oneself while answers are on their way: nothing old undoes it, and no early key is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.accounts import make_board
from tests.e2e.boards import open_board
from tests.e2e.journeys import add_card
from tests.e2e.test_drag import card, drag_to_column, titles, toast

COLUMNS = re.compile(r"/columns\?")
MOVE = "**/move"
UNDO = "**/undo"


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """The address of an open board with three cards in the first column, which hears of changes."""
    log_in(page)
    address = make_board(page, "One", "Two", "Three")
    open_board(address, page)
    return address


@pytest.fixture
def elsewhere(page: Page, browser: Browser, live_server: str, board: str) -> Iterator[Page]:
    """The same board as the same person sees it in another browser."""
    context = browser.new_context(base_url=live_server, storage_state=page.context.storage_state())
    other = context.new_page()
    other.goto(board)
    yield other
    context.close()


class Held:
    """Requests whose answers are made at once, and come late."""

    def __init__(self, page: Page, address: str | re.Pattern[str]) -> None:
        self.page, self.address, self.late = page, address, []
        self.released = False
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self.released:
            route.fallback()
            return
        answer = route.fetch()
        if self.released:  # while this one was fetched
            route.fulfill(response=answer)
        else:
            self.late.append((route, answer))

    def wait(self) -> None:
        """Until something was asked for."""
        for _ in range(200):
            if self.late:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"nobody asked for {self.address}")

    def release(self) -> None:
        """Let the answers come, and those of later requests at once.

        It goes on routing: a request that is being fetched when its route ends is let through, and its answer refused.
        """
        self.released = True
        for route, answer in self.late:
            route.fulfill(response=answer)


def hold_old_news(page: Page, elsewhere: Page) -> Held:
    """A refresh of the page's board under way, for what was changed elsewhere."""
    news = Held(page, COLUMNS)
    add_card(elsewhere, "Four")
    news.wait()
    return news


def test_news_that_were_asked_for_before_a_move_do_not_take_it_back(
    page: Page, board: str, elsewhere: Page
) -> None:
    news = hold_old_news(page, elsewhere)
    drag_to_column(page, "One", "Done")
    toast(page, "Moved to Done").wait_for()
    expect(card(page, "One")).to_have_attribute("data-version", "2")
    news.release()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three", "Four"])
    expect(titles(page, "Done")).to_have_text(["One"])


def test_news_that_come_while_a_move_is_on_its_way_wait_for_it(
    page: Page, board: str, elsewhere: Page
) -> None:
    news = hold_old_news(page, elsewhere)
    move = Held(page, MOVE)
    drag_to_column(page, "One", "Done")
    move.wait()
    news.release()
    page.wait_for_timeout(300)
    expect(titles(page, "Done")).to_have_text(["One"])
    move.release()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three", "Four"])
    expect(titles(page, "Done")).to_have_text(["One"])


def test_a_filter_that_is_chosen_during_a_move_shows_the_card_where_it_went(
    page: Page, board: str
) -> None:
    held: list[Route] = []
    page.route(MOVE, lambda route: held.append(route))
    drag_to_column(page, "One", "Done")
    expect(titles(page, "Done")).to_have_text(["One"])
    page.locator("#board-lanes > summary").click()
    page.locator("#board-lanes .menu__item", has_text="No lanes").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    held.pop().continue_()
    expect(titles(page, "Done")).to_have_text(["One"])
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])


def test_a_redo_is_not_taken_back_by_late_news_of_its_undo(page: Page, board: str) -> None:
    drag_to_column(page, "One", "Done")
    toast(page, "Moved to Done").wait_for()
    undo = Held(page, UNDO)
    news = Held(page, COLUMNS)
    page.keyboard.press("Control+z")
    undo.wait()
    page.wait_for_timeout(600)  # the hint of one's own change is here before its answer
    undo.release()
    toast(page, "Moved to Backlog again").wait_for()
    page.keyboard.press("Control+Shift+Z")
    toast(page, "Moved to Done again").wait_for()
    news.release()
    page.wait_for_timeout(600)
    expect(titles(page, "Done")).to_have_text(["One"])
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])


def test_a_redo_may_be_pressed_before_anything_was_answered(page: Page, board: str) -> None:
    move = Held(page, MOVE)
    drag_to_column(page, "One", "Done")
    move.wait()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+Z")
    move.release()
    toast(page, "Moved to Done again").wait_for()
    expect(card(page, "One")).to_have_attribute("data-version", "4")
    expect(titles(page, "Done")).to_have_text(["One"])


def test_a_redo_may_be_pressed_before_the_undo_of_an_earlier_page_was_answered(
    page: Page, board: str
) -> None:
    drag_to_column(page, "One", "Done")
    toast(page, "Moved to Done").wait_for()
    page.reload()
    page.locator('[data-live="on"]').wait_for()
    undo = Held(page, UNDO)
    page.keyboard.press("Control+z")
    undo.wait()
    page.keyboard.press("Control+Shift+Z")
    undo.release()
    toast(page, "Redone").wait_for()
    expect(titles(page, "Done")).to_have_text(["One"])


def test_a_move_between_lanes_is_undone_where_no_lanes_are_shown_any_more(
    page: Page, board: str
) -> None:
    page.goto(f"{board}?lanes=priority")
    page.keyboard.press("j")
    card(page, "One").locator(".card__title").focus()
    page.keyboard.press(".")
    toast(page, "Moved to To do").wait_for()
    page.locator("#board-lanes > summary").click()
    page.locator("#board-lanes .menu__item").filter(
        has_text=re.compile("None|No lanes")
    ).first.click()
    expect(page.locator(".lane")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(titles(page, "To do")).to_have_count(0)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
