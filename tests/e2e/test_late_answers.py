"""An answer that comes after somebody has gone on takes nothing from them, and what it says is heard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.boards import DIALOG, close_card, link, open_card, task_title, toast
from tests.e2e.journeys import wait_until
from tests.e2e.test_own_changes import Held
from tests.e2e.test_reopened_card import TASK

FIELD = f"{DIALOG} #field-title"
TITLE = f"{DIALOG} #value-title"
COMMENT = f"{DIALOG} #comment-form textarea"
FORM = f"{DIALOG} form#task-details"
REFUSAL = '<div class="toast toast--danger"><span class="toast__text">You may not.</span></div>'


def wait_for_answers(page: Page) -> None:
    """Until htmx has dealt with all that it asked for."""
    expect(page.locator("#progress.htmx-request")).to_have_count(0)


def open_title(page: Page) -> None:
    """Open the card "Two", and go to the end of its title to edit it."""
    open_card(page, "Two")
    page.locator(f"{FIELD} .task__title").click()
    expect(page.locator(TITLE)).to_be_focused()
    page.keyboard.press("End")


@pytest.mark.parametrize("form", ["title", "all"])
def test_a_form_that_comes_late_does_not_take_the_focus(page: Page, board: str, form: str) -> None:
    open_card(page, "Two")
    held = Held(page, "**/fields/title" if form == "title" else "**/edit")
    page.locator(f"{FIELD} .inline-field__edit" if form == "title" else "[data-key=e]").click()
    held.wait()
    page.locator(COMMENT).click()
    page.keyboard.type("Half ")
    held.release()
    wait_for_answers(page)
    page.keyboard.type("a thought")
    expect(page.locator(COMMENT)).to_have_value("Half a thought")
    expect(task_title(page)).to_have_text("Two")


def test_escape_takes_back_even_what_is_being_saved(page: Page, board: str) -> None:
    open_title(page)
    held = Held(page, "**/fields/title")
    page.keyboard.type(" thought better of")
    held.wait()  # after a pause
    page.keyboard.press("Escape")
    held.release()
    expect(page.locator(TITLE)).to_have_count(0)
    wait_for_answers(page)
    page.reload()
    expect(page.locator(".task__title")).to_have_text("Two")


@pytest.mark.parametrize("how", ["Enter", "close"])
def test_what_is_written_while_a_line_is_being_saved_is_saved_too(
    page: Page, board: str, how: str
) -> None:
    open_title(page)
    held = Held(page, "**/fields/title")
    page.keyboard.type(" and")
    held.wait()  # after a pause
    page.keyboard.type(" a half")
    if how == "Enter":
        page.keyboard.press("Enter")
    else:
        page.locator(f"{DIALOG} [data-close]").click()
    held.release()
    expect(link(page, "Two and a half")).to_be_attached()
    expect(page.locator(TITLE)).to_have_count(0)
    expect(page.locator(".toast--danger")).to_have_count(0)


def test_a_comment_that_is_posted_after_its_card_was_closed_is_no_draft(
    page: Page, board: str
) -> None:
    open_card(page, "Two")
    held = Held(page, "**/comments/create")
    page.locator(COMMENT).fill("Said once")
    page.keyboard.press("Control+Enter")
    held.wait()
    close_card(page)
    held.release()
    wait_for_answers(page)
    expect(toast(page, "kept on this device")).to_have_count(0)
    open_card(page, "Two")
    expect(page.locator(f"{DIALOG} .comment")).to_have_text(re.compile("Said once"))
    expect(page.locator(COMMENT)).to_have_value("")


def test_ones_own_comment_is_shown_once(page: Page, board: str) -> None:
    open_card(page, "Two")
    held = Held(page, "**/comments/create")
    page.locator(COMMENT).fill("Said once")
    with page.expect_response(TASK):  # the hint of it comes before its answer
        page.keyboard.press("Control+Enter")
    held.release()
    wait_for_answers(page)
    expect(page.locator(f"{DIALOG} .comment")).to_have_count(1)


def test_a_refusal_that_comes_when_its_form_is_closed_is_said(page: Page, board: str) -> None:
    open_title(page)
    held: list[Route] = []
    page.route("**/fields/title", lambda route: held.append(route))
    page.keyboard.type(" is not mine to change")
    page.keyboard.press("Enter")
    wait_until(page, lambda: bool(held))
    page.keyboard.press("Escape")
    expect(task_title(page)).to_have_text("Two")
    headers = {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"}
    held[0].fulfill(status=403, headers=headers, content_type="text/html", body=REFUSAL)
    toast(page, "You may not.").wait_for()
    wait_for_answers(page)


def test_the_form_for_all_fields_holds_what_was_just_written(page: Page, board: str) -> None:
    open_title(page)
    page.keyboard.type(" and a half")
    page.locator("[data-key=e]").click()
    expect(page.locator(f"{FORM} [name=title]")).to_have_value("Two and a half")


def test_a_field_of_another_card_never_comes_into_a_popover(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(f"{DIALOG} #field-tags .inline-field__edit").click()
    page.locator(f"{DIALOG} #value-tags").wait_for()
    page.locator(f"{DIALOG} [data-close]").click()
    expect(page.locator(DIALOG)).to_be_hidden()
    link(page, "One").focus()
    page.keyboard.press("l")
    expect(page.locator(".field-popover #value-tags")).to_be_focused()
    page.locator(".field-popover").click(position={"x": 3, "y": 3})
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")  # the press has ended
    expect(page.locator(".field-popover #value-tags")).to_be_visible()


def test_of_two_steps_ticked_at_once_the_second_is_undone_first(page: Page, board: str) -> None:
    open_card(page, "Two")
    for words in ("Measure", "Cut"):
        page.locator("#checklist-text").fill(words)
        page.keyboard.press("Enter")
        page.get_by_role("checkbox", name=words).wait_for()
    held = Held(page, "**/checklist/**")
    for number, words in enumerate(("Measure", "Cut"), start=1):
        page.get_by_role("checkbox", name=words).click()
        wait_until(page, lambda number=number: len(held.late) == number)
    held.release()
    wait_for_answers(page)
    expect(page.get_by_role("checkbox", name="Cut")).to_be_checked()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("checkbox", name="Cut")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Measure")).to_be_checked()


def test_a_card_opened_again_from_a_toast_takes_the_place_of_the_open_one(
    page: Page, board: str
) -> None:
    open_card(page, "Two")
    page.locator(COMMENT).fill("Half a thought")
    page.locator(f"{DIALOG} [data-step='1']").click()
    expect(task_title(page)).to_have_text("Three")
    toast(page, "kept on this device").get_by_role("button", name="Continue").click()
    expect(task_title(page)).to_have_text("Two")
    close_card(page)
    expect(page).to_have_url(board)
