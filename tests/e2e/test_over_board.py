"""An open task over its board: what others do behind it, and toasts, keys and commands over it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.boards import (
    DIALOG,
    card,
    close_card,
    drag_to_column,
    lane,
    link,
    open_board,
    open_card,
    task_title,
    titles,
    toast,
)
from tests.e2e.journeys import column


def test_others_change_a_filtered_board_behind_an_open_task(
    page: Page, board: str, grace: Page
) -> None:
    open_board(f"{board}?q=t", page)
    open_card(page, "Two")
    drag_to_column(grace, "Three", "To do")
    expect(titles(page, "To do")).to_have_text(["Three"])
    expect(titles(page, "Backlog")).to_have_text(["Two"])
    expect(column(page, "Backlog").locator(".column__hidden")).to_contain_text("1 hidden")


def test_others_change_lanes_behind_an_open_task(page: Page, board: str, grace: Page) -> None:
    open_board(f"{board}?lanes=priority", page)
    open_card(page, "Two")
    drag_to_column(grace, "Three", "To do")
    cell = lane(page, "Medium").locator(".column").nth(1)
    expect(cell.locator(".card__title")).to_have_text(["Three"])
    expect(page.locator(".board__columns > .column")).to_have_count(0)
    close_card(page)
    expect(link(page, "Two")).to_be_focused()


def test_an_open_task_that_others_delete_and_restore_says_so(
    page: Page, board: str, grace: Page
) -> None:
    open_card(page, "Two")
    open_card(grace, "Two")
    grace.locator(f"{DIALOG} form[action$='/delete'] button").click()
    expect(card(page, "Two")).to_have_count(0)
    expect(page.locator(f"{DIALOG} .task__deleted")).to_be_visible()
    toast(grace, "is in the trash").get_by_role("button", name="Undo").click()
    expect(page.locator(f"{DIALOG} .task__deleted")).to_have_count(0)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    close_card(page)
    expect(link(page, "Two")).to_be_focused()


def test_a_toast_over_an_open_task_can_be_clicked(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(DIALOG).get_by_role("button", name="Mark done").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    toast(page, "is done").get_by_role("button", name="Undo").click()
    undone = toast(page, "Undone")
    undone.hover()  # it waits as long as it is pointed at
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(page.locator(f"{DIALOG} #field-column")).to_contain_text("Backlog")
    expect(page.locator(DIALOG)).to_be_visible()
    close_card(page)
    undone.get_by_role("button", name="Redo").click()
    expect(titles(page, "Done")).to_have_text(["Two"])


def test_a_toast_that_is_there_already_is_above_a_task_that_opens(page: Page, board: str) -> None:
    drag_to_column(page, "One", "To do")
    toast(page, "Moved to To do").wait_for()
    open_card(page, "Two")
    toast(page, "Moved to To do").get_by_role("button", name="Undo").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])


def test_control_z_in_an_open_task_takes_back_its_last_change(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(DIALOG).get_by_role("button", name="Mark done").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(page.locator(DIALOG).get_by_role("button", name="Mark done")).to_be_visible()


def test_the_palette_over_an_open_task_does_what_it_says(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette).to_be_visible()
    palette.locator("input").fill("new card")
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(page.locator(DIALOG)).to_be_hidden()
    expect(column(page, "Backlog").locator("[name=title]")).to_be_focused()


def test_help_opens_over_an_open_task_and_escape_closes_one_at_a_time(
    page: Page, board: str
) -> None:
    open_card(page, "Two")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts-help")).to_be_hidden()
    expect(page.locator(DIALOG)).to_be_visible()
    close_card(page)
    expect(link(page, "Two")).to_be_focused()


def test_keys_of_the_board_do_nothing_behind_an_open_task(page: Page, board: str) -> None:
    open_card(page, "Two")
    for key in (".", ",", "x", "4", "ArrowDown", " "):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_have_count(0)
    expect(task_title(page)).to_have_text("Two")
