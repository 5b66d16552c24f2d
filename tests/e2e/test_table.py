"""A board as a table in the browser: walking, editing in place, selecting, Undo, and what somebody else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.boards import make_shared_board
from tests.e2e.looking import LOOKED_AT, look

LIVE = ".table[data-live=on]"


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


@pytest.fixture
def pair(page: Page, second_page: Page, log_in: Callable[..., None]) -> tuple[Page, Page]:
    log_in(page)
    log_in(second_page, "Grace", "Hopper")
    return page, second_page


def titles(page: Page) -> Any:
    return page.locator(".table .card__title")


def test_a_table_is_walked_edited_selected_and_follows(
    page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    board = make_board(page, "One", "Two", "Three")
    page.goto(board)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Table").click()
    page.wait_for_url(f"{board}/table")
    page.locator(LIVE).wait_for()
    expect(titles(page)).to_have_text(["One", "Two", "Three"])
    # Keys: down to the second row, right to its priority, Enter opens the field's form beside the cell.
    titles(page).nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(titles(page).nth(1)).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".field-popover .option", has_text="Urgent").click()
    second = page.locator(".table .card").nth(1)
    expect(second.locator("[data-field=priority]")).to_contain_text("Urgent")
    expect(second.locator("[data-field=priority] a")).to_be_focused()
    page.locator(".toast", has_text="Priority").get_by_role("button", name="Undo").click()
    expect(second.locator("[data-field=priority]")).to_contain_text("Medium")
    # The title opens the card over the table; the keys of a card work on its row.
    titles(page).nth(2).click()
    expect(page.locator("#task-dialog .task__title")).to_have_text("Three")
    page.keyboard.press("Escape")
    expect(titles(page).nth(2)).to_be_focused()
    page.keyboard.press("4")
    expect(page.locator(".table .card").nth(2)).to_contain_text("Urgent")
    # Order, groups and columns without a page load.
    page.get_by_role("columnheader", name="Title").get_by_role("link").click()
    expect(titles(page)).to_have_text(["One", "Three", "Two"])
    page.locator("#table-groups summary").click()
    page.get_by_role("link", name="By priority").click()
    expect(page.locator(".table__group-name")).to_have_text(["Urgent", "Medium"])
    # The boxes select, and the bar acts on all of them.
    for number in (0, 1):
        row = page.locator(".table .card").nth(number)
        row.hover()
        row.locator("[data-select-row]").click()
    expect(page.locator(".bulk__count")).to_have_text("2 selected")
    look(page, "table")
    page.locator(".bulk").get_by_role("button", name="Done").click()
    expect(page.locator(".table [data-field=column]", has_text="Done")).to_have_count(2)
    page.keyboard.press("Escape")


def test_a_table_hears_of_others(pair: tuple[Page, Page]) -> None:
    ada, grace = pair
    board = make_shared_board(ada, grace, "One", "Two")
    grace.goto(f"{board}/table?sort=title")
    ada.goto(f"{board}/table")
    for window in (ada, grace):
        window.locator(LIVE).wait_for()
    ada.locator(".table .card", has_text="Two").locator("[data-field=assignee] a").click()
    ada.locator(".field-popover .option").nth(1).click()
    changed = grace.locator(".table .card", has_text="Two").locator("[data-field=assignee]")
    expect(changed.locator(".person")).to_be_visible()
    ada.goto(board)
    ada.locator(".column").first.locator("[name=title]").fill("A new one")
    ada.keyboard.press("Enter")
    expect(titles(grace)).to_have_text(["A new one", "One", "Two"])
    expect(grace.locator(".table__total")).to_have_text(re.compile(r"3\s+cards"))


def test_a_long_title_keeps_its_row_under_the_heads(
    page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    page.goto(f"{make_board(page, 'A title that is longer than its column ' * 4)}/table")
    for name in ("column", "tags"):
        head = page.locator(f".table__heads .table__cell--{name}").bounding_box()
        cell = page.locator(f".table__row.card .table__cell--{name}").bounding_box()
        assert head is not None
        assert cell is not None
        assert (cell["x"], cell["width"]) == (head["x"], head["width"])
