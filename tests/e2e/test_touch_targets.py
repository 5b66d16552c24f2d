"""On a screen that is touched, whatever can be pressed is at least 44 pixels high and wide, or has that much room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.boards import open_board
from tests.e2e.touching import small_targets


@pytest.fixture
def context_options() -> dict[str, object]:
    return {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    log_in(page)
    return make_board(page, "One", "Two")


@pytest.mark.parametrize("query", ["", "?lanes=priority", "?q=One&priority=medium"])
def test_a_board(page: Page, board: str, query: str) -> None:
    open_board(f"{board}{query}", page)
    assert small_targets(page) == []


def test_what_opens_over_a_board(page: Page, board: str) -> None:
    open_board(board, page)
    page.locator("#board-more summary").tap()
    assert small_targets(page) == []
    page.locator("#board-more summary").tap()
    page.locator("#board-filter").tap()
    page.get_by_role("dialog", name="Filter").get_by_role("button", name="Done").wait_for()
    assert small_targets(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Move ").first.tap()
    page.locator("#move-form").wait_for()
    assert small_targets(page) == []


def test_an_open_card(page: Page, board: str) -> None:
    open_board(board, page)
    page.get_by_role("link", name="Two", exact=True).tap()
    expect(page.locator("#task-dialog .task__title")).to_have_text("Two")
    assert small_targets(page) == []


@pytest.mark.parametrize(
    "path", ["/boards", "/teams", "/inbox", "{board}/settings", "{board}/trash"]
)
def test_a_page(page: Page, board: str, path: str) -> None:
    page.goto(path.format(board=board))
    assert small_targets(page) == []
