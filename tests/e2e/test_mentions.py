"""Mentioning people while a comment or a description is written: offered, explained, and shown as a chip."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accounts import add_members, make_board
from tests.e2e.axe import problems
from tests.e2e.boards import DIALOG, link

PEOPLE = "**/people"
OFFERED = ".suggest:popover-open [role=option]"


@pytest.fixture
def comment(page: Page, log_in: Callable[..., None]) -> Locator:
    """The comment field of a card that is open over its board, in a team of Ada, Grace Hopper, Zoë and two Anns."""
    log_in(page)
    address = make_board(page, "Paint")
    add_members(page, ("Grace", "Hopper"), ("Zoë", "O’Neil"), ("Ann", "Lee"), ("Ann", "Park"))
    page.goto(address)
    link(page, "Paint").click()
    field = page.locator(f"{DIALOG} .comment-form__text")
    with page.expect_response(PEOPLE):
        field.focus()
    return field


def notes(page: Page) -> Locator:
    return page.locator(f"{DIALOG} .mention-notes .chip")


def test_a_name_is_offered_and_taken_by_keys(page: Page, comment: Locator) -> None:
    comment.press_sequentially("Hi (@zo")
    expect(page.locator(OFFERED)).to_have_text(["Zoë O’Neil@zoë"])
    expect(comment).to_have_attribute("aria-expanded", "true")
    expect(comment).to_have_role("combobox")
    comment.press("Enter")
    expect(comment).to_have_value("Hi (@zoë ")
    expect(page.locator(OFFERED)).to_have_count(0)
    expect(comment).to_have_role("textbox")
    comment.press_sequentially("and @ann")
    expect(page.locator(OFFERED)).to_have_count(2)
    comment.press("ArrowDown")
    comment.press("Tab")
    expect(comment).to_have_value("Hi (@zoë and @ann.park ")
    expect(notes(page)).to_have_text(["Zoë O’Neil will be notified", "Ann Park will be notified"])
    assert problems(page) == []


def test_a_name_is_taken_by_a_click(page: Page, comment: Locator) -> None:
    comment.press_sequentially("@hop")
    page.locator(OFFERED).click()
    expect(comment).to_have_value("@grace ")
    expect(comment).to_be_focused()


def test_escape_closes_the_list_and_not_the_card(page: Page, comment: Locator) -> None:
    comment.press_sequentially("@gr")
    expect(page.locator(OFFERED)).to_have_count(1)
    comment.press("Escape")
    expect(page.locator(OFFERED)).to_have_count(0)
    expect(comment).to_have_value("@gr")
    comment.press("Enter")
    expect(comment).to_have_value("@gr\n")


def test_what_reaches_nobody_is_said_before_it_is_sent(page: Page, comment: Locator) -> None:
    comment.fill("@grce, @ann and `@code` in https://a.test/@x, @hopper")
    expect(notes(page)).to_have_text(
        [
            "@grce: nobody goes by that name",
            "@ann could be Ann Lee or Ann Park",
            "Grace Hopper will be notified",
        ]
    )
    page.locator(f"{DIALOG} .comment-form").get_by_role("button", name="Comment").click()
    expect(page.locator(f"{DIALOG} .comment .mention")).to_have_text("@hopper")
    expect(page.locator(f"{DIALOG} .comment .mention")).to_have_attribute("title", "Grace Hopper")
    expect(notes(page)).to_have_count(0)


def test_a_description_offers_people_too(page: Page, comment: Locator) -> None:
    page.locator(f"{DIALOG} #field-description .inline-field__edit").click()
    field = page.locator(f"{DIALOG} #field-description textarea")
    field.press_sequentially("Ask @gra")
    expect(page.locator(OFFERED)).to_have_text(["Grace Hopper@grace"])
    field.press("Enter")
    field.press_sequentially("first")
    page.locator(f"{DIALOG} #field-description").get_by_role("button", name="Save").click()
    expect(page.locator(f"{DIALOG} #field-description .mention")).to_have_text("@grace")
