"""On a screen that is touched, whatever can be pressed is at least 44 pixels high and wide, or has that much room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.boards import open_board

# Controls that are smaller than a finger. A link inside a sentence is no target of its own, and the title of a card
# reaches over the whole card. A control that lies in a larger label or covers more by `::after` has its size.
SMALL = """() => {
  const most = 43.5;
  const box = (element) => {
    const after = getComputedStyle(element, "::after");
    const covering = after.position === "absolute" && after.content !== "none" ? element.offsetParent : null;
    return (element.closest("label") ?? covering ?? element).getBoundingClientRect();
  };
  return [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false }))
    .filter((element) => !element.closest("p, .prose, [inert], .visually-hidden, .skip"))
    .map((element) => [element, box(element)])
    .filter(([, { width, height }]) => width > 1 && (width < most || height < most))
    .map(([element, { width, height }]) => {
      return `${Math.round(width)}x${Math.round(height)} ${element.outerHTML.slice(0, 110)}`;
    });
}"""


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
    assert page.evaluate(SMALL) == []


def test_what_opens_over_a_board(page: Page, board: str) -> None:
    open_board(board, page)
    page.locator("#board-more summary").tap()
    assert page.evaluate(SMALL) == []
    page.locator("#board-more summary").tap()
    page.locator("#board-filter").tap()
    page.get_by_role("dialog", name="Filter").get_by_role("button", name="Done").wait_for()
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Move ").first.tap()
    page.locator("#move-form").wait_for()
    assert page.evaluate(SMALL) == []


def test_an_open_card(page: Page, board: str) -> None:
    open_board(board, page)
    page.get_by_role("link", name="Two", exact=True).tap()
    expect(page.locator("#task-dialog .task__title")).to_have_text("Two")
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize(
    "path", ["/boards", "/teams", "/inbox", "{board}/settings", "{board}/trash"]
)
def test_a_page(page: Page, board: str, path: str) -> None:
    page.goto(path.format(board=board))
    assert page.evaluate(SMALL) == []
