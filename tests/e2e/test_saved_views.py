"""Saved views in the browser: saved and opened from the head of a table, deleted and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

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
    page.get_by_role("link", name="Backwards Table").click()
    expect(page.locator(".table .card__title")).to_have_text(["Two", "One"])
    page.locator(".table[data-live=on]").wait_for()
    page.get_by_role("link", name="Saved", exact=True).click()
    expect(popover.locator("[aria-current=true]")).to_contain_text("Backwards")
    popover.get_by_role("button", name="Delete Backwards").click()
    page.locator(".toast", has_text="deleted").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="The view is saved.")).to_be_visible()
    page.get_by_role("link", name="Saved", exact=True).click()
    expect(popover.locator("[aria-current=true]")).to_contain_text("Backwards")


def test_changes_of_an_opened_view_are_saved_to_it_and_taken_back(
    page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    board = make_board(page, "One", "Two")
    page.goto(f"{board}/table?sort=title")
    page.locator(".table[data-live=on]").wait_for()
    popover = page.locator("#view-popover")
    saved = page.get_by_role("link", name="Saved", exact=True)
    saved.click()
    popover.get_by_label("Name of the view").fill("Sorted")
    popover.get_by_role("button", name="Save", exact=True).click()
    expect(saved).to_have_attribute("href", re.compile("view="))
    page.get_by_role("link", name="Title").click()
    expect(page.locator(".table .card__title")).to_have_text(["Two", "One"])
    saved.click()
    expect(popover.locator(".saved-views__opened")).to_contain_text("differs from “Sorted”")
    before = saved.get_attribute("href") or ""
    changed = urljoin(board, before)
    opened = popover.locator(".saved-views__opened").get_by_role("button")
    opened.press("Enter")
    toast = page.locator(".toast", has_text="saved as it is shown")
    toast.hover()  # it stays as long as the mouse is there
    expect(saved).not_to_have_attribute("href", before)
    expect(saved).to_be_focused()
    page.keyboard.press("Enter")
    expect(popover.locator("[aria-current=true]")).to_contain_text("Sorted")
    expect(opened).to_have_count(0)
    page.keyboard.press("Escape")
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="saved as it is shown")).to_contain_text("Redo")
    page.goto(f"{board}/calendar?week=2026-03-16")
    page.locator(".calendar[data-live=on]").wait_for()
    saved.click()
    expect(popover).to_contain_text("It will open at the week that it is then.")
    popover.get_by_label("Name of the view").fill("Weekly")
    popover.get_by_label("Name of the view").press("Enter")
    expect(saved).to_have_attribute("href", re.compile("view="))
    expect(page.locator(".calendar-steps__name")).to_contain_text("16 Mar")  # it stays where it is
    page.goto(changed)
    expect(page.get_by_role("button", name="Save changes to")).to_be_visible()
    look(page, "changed-view")
    page.get_by_role("link", name="Calendar feed of Weekly").click()
    page.get_by_role("button", name="Make an address").press("Enter")
    expect(page.get_by_label("Address for your calendar")).to_have_value(
        re.compile(r"/feeds/.+\.ics")
    )
    look(page, "feed")
    page.get_by_role("button", name="Switch off").press("Enter")
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    look(page, "no-feed")
