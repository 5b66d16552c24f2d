"""Keys on other keyboards, with Caps Lock, and while an input method composes; Ctrl+Enter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.boards import DIALOG, card, link, open_card, titles
from tests.e2e.journeys import column

PRESS = """([key, code, more]) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true, ...more}))"""


def strike(page: Page, key: str, code: str, **more: bool) -> None:
    """Press a key as a keyboard of another layout reports it."""
    page.evaluate(PRESS, [key, code, more])


@pytest.mark.parametrize(
    ("key", "code"), [("ш", "KeyI"), ("ι", "KeyI"), ("ן", "KeyI"), ("I", "KeyI"), ("i", "KeyI")]
)
def test_a_letter_key_works_on_every_layout(page: Page, board: str, key: str, code: str) -> None:
    link(page, "Two").focus()
    strike(page, key, code)
    expect(card(page, "Two").locator(".avatar")).to_be_visible()


def test_signs_that_other_layouts_keep_elsewhere_work_by_their_place(
    page: Page, board: str
) -> None:
    link(page, "One").focus()
    strike(page, "ю", "Period")
    expect(titles(page, "To do")).to_have_text(["One"])


def test_a_sequence_and_a_command_work_on_a_cyrillic_layout(page: Page, board: str) -> None:
    strike(page, "л", "KeyK", ctrlKey=True)
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    strike(page, "п", "KeyG")
    strike(page, "е", "KeyT")
    page.wait_for_url("**/teams")


def test_a_letter_that_is_latin_stays_what_it_is(page: Page, board: str) -> None:
    link(page, "Two").focus()
    strike(page, "é", "Digit2")
    strike(page, "I", "KeyI", shiftKey=True)
    page.keyboard.press("4")
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_be_visible()
    expect(card(page, "Two").locator(".avatar")).to_have_count(0)


def test_the_keys_of_an_open_card_work_on_a_greek_layout(page: Page, board: str) -> None:
    open_card(page, "Two")
    strike(page, "ξ", "KeyJ")
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Three")
    strike(page, "ε", "KeyE")
    expect(page.locator(f"{DIALOG} form#task-details")).to_be_visible()


@pytest.mark.parametrize("where", ["quick-add", "title"])
def test_escape_while_composing_leaves_the_field_alone(page: Page, board: str, where: str) -> None:
    if where == "quick-add":
        field = column(page, "Backlog").locator("form.quick-add [name=title]")
        field.fill("にほ")
    else:
        open_card(page, "Two")
        page.locator(f"{DIALOG} #field-title .inline-field__edit").click()
        field = page.locator("#value-title")
        field.fill("にほ")
    strike(page, "Escape", "Escape", isComposing=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("にほ")


def test_control_enter_sends_a_form_of_one_line_and_one_of_many(page: Page, board: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.fill("Four")
    field.press("Control+Enter")
    card(page, "Four").wait_for()
    open_card(page, "Four")
    page.locator(f"{DIALOG} #comment-form textarea").fill("A word")
    page.locator(f"{DIALOG} #comment-form textarea").press("Control+Enter")
    expect(page.locator(f"{DIALOG} .comment")).to_contain_text("A word")
    page.locator("#checklist-text").fill("A step")
    page.locator("#checklist-text").press("Control+Enter")
    page.get_by_role("checkbox", name="A step").wait_for()
    page.goto("/teams")
    page.locator("#team-form [name=name]").fill("By a key")
    page.locator("#team-form [name=name]").press("Control+Enter")
    page.get_by_role("heading", name="By a key").wait_for()
