"""Pasted tables, right-to-left titles and long tags on a board."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.boards import DIALOG, link, titles
from tests.e2e.journeys import column
from tests.e2e.test_quick_add import NAMES, paste


def test_a_pasted_table_becomes_a_card_a_row(page: Page, log_in: Callable[..., None]) -> None:
    log_in(page)
    page.goto(make_board(page))
    with page.expect_response(NAMES):
        column(page, "Backlog").locator("[name=title]").focus()
    expect(column(page, "Backlog").locator("form.is-live")).to_be_visible()
    paste(page, 'Fix the door\t#tools\r\n"Paint\nthe wall"\t\r\n\t\r\n\x1b[1mSweep\x1b[0m\t!4\r\n')
    column(page, "Backlog").get_by_role("button", name="Make 3 cards").click()
    expect(titles(page, "Backlog")).to_have_text(["Fix the door", "Paint the wall", "Sweep"])
    expect(column(page, "Backlog").locator(".card .chip")).to_have_text(["tools"])


def test_a_paste_into_a_field_is_clean(page: Page, log_in: Callable[..., None]) -> None:
    log_in(page)
    page.goto(make_board(page, "Paint"))
    field = column(page, "Backlog").locator("[name=title]")
    with page.expect_response(NAMES):
        field.focus()
    paste(page, "\x1b[31mFix\tthe\x1b[0m door\x00\t")
    expect(field).to_have_value("Fix the door")
    field.fill("")
    link(page, "Paint").click()
    comment = page.locator(f"{DIALOG} .comment-form__text")
    comment.focus()
    paste(page, "One\vtwo\fthree\tfour\x07")
    expect(comment).to_have_value("One\ntwo\nthree\tfour")


def test_text_has_the_direction_of_its_script(page: Page, log_in: Callable[..., None]) -> None:
    log_in(page)
    page.goto(make_board(page, "שלום, World!", "Paint"))
    direction = "element => getComputedStyle(element).direction"
    assert link(page, "שלום, World!").evaluate(direction) == "rtl"
    assert link(page, "Paint").evaluate(direction) == "ltr"
    link(page, "שלום, World!").click()
    assert page.locator(f"{DIALOG} .task__title").evaluate(direction) == "rtl"
    comment = page.locator(f"{DIALOG} .comment-form__text")
    comment.fill("مرحبا")
    assert comment.evaluate(direction) == "rtl"


def test_a_long_tag_stays_inside_its_card(page: Page, log_in: Callable[..., None]) -> None:
    log_in(page)
    page.goto(make_board(page))
    field = column(page, "Backlog").locator("[name=title]")
    tag = "Donaudampfschifffahrtsgesellschaftskapi"
    field.fill(f"Paint #{tag}")
    field.press("Escape")
    field.focus()
    field.press("Enter")
    chip = page.locator(".card .chip")
    expect(chip).to_have_text(tag)
    inside = """chip => {
        const [inner, card] = [chip, chip.closest(".card")].map((one) => one.getBoundingClientRect());
        return inner.right <= card.right && chip.scrollWidth <= chip.clientWidth
            && chip.closest(".card").scrollWidth <= chip.closest(".card").clientWidth;
    }"""
    assert chip.evaluate(inside)
