"""Back, forward and reload go through filters, lanes and open tasks in the order in which they were seen."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.boards import (
    CONNECTED,
    DIALOG,
    lane,
    link,
    open_card,
    task_title,
    titles,
)


def look_by(page: Page, name: str) -> None:
    page.locator("#board-lanes summary").click()
    page.get_by_role("button", name=name).click()
    page.locator(".lane").first.wait_for()


def filter_words(page: Page, words: str) -> None:
    page.locator("#board-filter").click()
    page.get_by_role("dialog", name="Filter").get_by_label("Query").fill(words)
    expect(page.locator("#board-chips .filter-chip bdi")).to_have_text([words])
    page.keyboard.press("Escape")


def test_back_and_forward_go_through_filters_and_open_tasks(page: Page, board: str) -> None:
    filter_words(page, "t")
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    open_card(page, "Two")
    page.go_back()
    expect(page.locator(DIALOG)).to_be_hidden()
    expect(page).to_have_url(f"{board}?q=t")
    expect(link(page, "Two")).to_be_focused()
    page.go_forward()
    expect(task_title(page)).to_have_text("Two")
    page.go_back()
    expect(page.locator(DIALOG)).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(board)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    page.go_forward()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])


def test_a_reload_on_a_filtered_board_keeps_the_steps_before_it(page: Page, board: str) -> None:
    filter_words(page, "t")
    page.reload()
    page.locator(CONNECTED).wait_for()
    page.go_back()
    expect(page).to_have_url(board)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    page.go_forward()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])


def test_a_reload_on_an_open_task_leads_back_to_its_lanes(page: Page, board: str) -> None:
    look_by(page, "By priority")
    open_card(page, "Two")
    page.reload()
    expect(page.locator("main .task__title")).to_have_text("Two")
    page.go_back()
    expect(page).to_have_url(f"{board}?lanes=priority")
    expect(lane(page, "Medium").locator(".card")).to_have_count(3)
    page.go_forward()
    expect(page.locator(".task__title")).to_have_text("Two")
    page.go_back()
    page.locator(".lane").first.wait_for()
    page.go_back()
    expect(page).to_have_url(board)
    expect(page.locator(".lane")).to_have_count(0)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_a_task_opened_while_a_filter_arrives_leaves_the_steps_right(
    page: Page, board: str
) -> None:
    look_by(page, "By priority")  # what looks otherwise is here now
    slow = re.compile(r"/boards/[^/]+\?lanes=tag")
    page.route(slow, lambda route: (page.wait_for_timeout(600), route.continue_()))
    page.locator("#board-lanes summary").click()
    page.get_by_role("button", name="By tag").click()
    link(page, "Two").click()
    expect(task_title(page)).to_have_text("Two")
    page.wait_for_timeout(800)
    page.go_back()
    expect(page).to_have_url(f"{board}?lanes=tag")
    expect(page.locator(".lane__name")).to_have_text(["No tag"])
    page.go_back()
    expect(page).to_have_url(f"{board}?lanes=priority")
    expect(lane(page, "Medium").locator(".card")).to_have_count(3)
