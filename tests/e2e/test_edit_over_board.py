"""``e`` edits all of a card in the dialog over its board; saving and Cancel lead back to the open card."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.boards import DIALOG, card, link

FORM = f"{DIALOG} form#task-details"


def test_e_edits_over_the_board(page: Page, board: str) -> None:
    link(page, "Two").focus()
    page.keyboard.press("e")
    title = page.locator(f"{FORM} [name=title]")
    expect(title).to_be_focused()
    expect(page.locator(".board__columns")).to_be_visible()
    title.fill("Two and a half")
    page.locator(f"{FORM} [name=tags]").fill("iron")
    title.press("Control+Enter")
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Two and a half")
    expect(card(page, "Two and a half")).to_contain_text("iron")
    page.keyboard.press("Escape")
    expect(page).to_have_url(board)
    page.keyboard.press("Control+z")
    expect(card(page, "Two")).to_be_visible()


def test_cancel_and_escape_stay_at_the_board(page: Page, board: str) -> None:
    link(page, "Two").focus()
    page.keyboard.press("e")
    page.locator(f"{FORM} [name=title]").fill("Thought better of")
    page.locator(FORM).get_by_role("link", name="Cancel").click()
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Two")
    expect(page.get_by_role("button", name="Unsaved draft")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page).to_have_url(board)


def test_a_mistake_is_said_in_the_dialog(page: Page, board: str) -> None:
    link(page, "Two").focus()
    page.keyboard.press("e")
    title = page.locator(f"{FORM} [name=title]")
    title.fill("   ")
    title.press("Control+Enter")
    expect(page.locator(f"{FORM} .field__error")).to_be_visible()
    title.fill("Three halves")
    title.press("Control+Enter")
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Three halves")
    expect(page).to_have_url(re.compile("/tasks/"))


def test_without_javascript_it_is_a_page(board: str, plain: Page) -> None:
    plain.goto(board)
    plain.goto(f"{link(plain, 'Two').get_attribute('href')}/edit")
    plain.locator("[name=title]").fill("By a plain form")
    plain.get_by_role("button", name="Save").click()
    expect(plain.locator(".task__title")).to_have_text("By a plain form")
