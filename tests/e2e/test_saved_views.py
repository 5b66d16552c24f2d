"""Saved views in the browser: saved and opened from the head of a table, deleted and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.looking import LOOKED_AT, look


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


def test_a_view_is_saved_opened_deleted_and_brought_back(
    page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    board = make_board(page, "One", "Two")
    page.goto(f"{board}/table?sort=-title&group=priority")
    page.locator(".table[data-live=on]").wait_for()
    popover = page.locator("#view-popover")
    page.get_by_role("link", name="Saved", exact=True).click()
    popover.get_by_label("Name of the view").fill("Backwards")
    popover.get_by_label("For everybody on this board").check()
    popover.get_by_role("button", name="Save").click()
    expect(page.locator(".toast", has_text="The view is saved.")).to_be_visible()
    page.goto(board)
    page.locator("[data-live=on]").wait_for()
    page.get_by_role("link", name="Saved", exact=True).click()
    popover.get_by_label("Name of the view").fill("All of it")
    popover.get_by_role("button", name="Save").click()
    expect(popover).to_be_hidden()
    page.goto(f"{board}/views")
    look(page, "views")
    page.get_by_role("link", name="Backwards").click()
    expect(page.locator(".table .card__title")).to_have_text(["Two", "One"])
    page.locator(".table[data-live=on]").wait_for()
    page.get_by_role("link", name="Saved", exact=True).click()
    expect(popover.locator("[aria-current=true]")).to_contain_text("Backwards")
    popover.get_by_role("button", name="Delete Backwards").click()
    page.locator(".toast", has_text="deleted").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="The view is saved.")).to_be_visible()
    page.get_by_role("link", name="Saved", exact=True).click()
    expect(popover.locator("[aria-current=true]")).to_contain_text("Backwards")
