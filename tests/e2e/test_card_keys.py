"""A key changes the selected card at once, wherever it stands, and Undo takes it back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.boards import (
    CONNECTED,
    card,
    count,
    lane,
    limit_column,
    link,
    open_board,
    titles,
    toast,
)


def test_a_key_changes_a_card_at_once_and_only_others_see_a_pulse(
    page: Page, board: str, grace: Page
) -> None:
    link(page, "Two").focus()
    page.keyboard.press("4")
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_be_attached()
    expect(link(page, "Two")).to_be_focused()
    expect(card(grace, "Two")).to_have_attribute("data-by", "AB")
    expect(card(grace, "Two").locator(".icon--priority-urgent")).to_be_attached()
    expect(page.locator(".card.is-changed")).to_have_count(0)
    toast(page, "priority urgent").get_by_role("button", name="Undo").click()
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_have_count(0)


@pytest.mark.parametrize("key", ["t", "d", "l", "a"])
def test_a_field_changed_beside_its_card_is_on_the_card(page: Page, board: str, key: str) -> None:
    link(page, "Two").focus()
    page.keyboard.press(key)
    pop = page.locator(".field-popover")
    expect(pop).to_be_visible()
    if key == "t":
        pop.locator("[name=value]").fill("Two and a half")
        page.keyboard.press("Enter")
    elif key == "d":
        pop.get_by_role("button", name="Tomorrow").click()
    elif key == "l":
        pop.locator("[name=value]").fill("iron")
        page.keyboard.press("Enter")
    else:
        pop.get_by_role("button", name="Ada Byron").click()
    seen = {"t": "Two and a half", "d": "Tomorrow", "l": "iron", "a": "AB"}[key]
    expect(page.locator(".card", has_text="Two")).to_contain_text(re.compile(seen, re.I))
    expect(pop).to_be_hidden()
    expect(page.locator(".card", has_text="Two").locator(".card__title")).to_be_focused()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".card", has_text="Two")).not_to_contain_text(re.compile(seen, re.I))


def test_the_column_chosen_beside_a_card_takes_the_card(page: Page, board: str) -> None:
    limit_column(page, board, "Done", 1)
    page.locator(CONNECTED).wait_for()
    link(page, "Two").focus()
    page.keyboard.press("s")
    page.locator(".field-popover").get_by_role("button", name="Done").click()
    expect(titles(page, "Done")).to_have_text(["Two"])
    expect(count(page, "Done")).to_contain_text("1/1")
    expect(count(page, "Backlog")).to_contain_text("2 ")
    expect(link(page, "Two")).to_be_focused()


def test_a_priority_by_key_takes_the_card_to_its_lane(page: Page, board: str) -> None:
    open_board(f"{board}?lanes=priority", page)
    link(page, "Two").focus()
    page.keyboard.press("4")
    expect(lane(page, "Urgent").locator(".card__title")).to_have_text(["Two"])
    expect(lane(page, "Urgent").locator(".lane__count")).to_have_text("1")
    expect(lane(page, "Medium").locator(".lane__count")).to_have_text("2")
    expect(link(page, "Two")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(lane(page, "Medium").locator(".card__title")).to_have_text(["One", "Two", "Three"])


def test_the_column_chosen_in_lanes_takes_the_card(page: Page, board: str) -> None:
    open_board(f"{board}?lanes=priority", page)
    link(page, "Two").focus()
    page.keyboard.press("s")
    page.locator(".field-popover").get_by_role("button", name="In progress").click()
    cell = lane(page, "Medium").locator(".column").nth(2)
    expect(cell.locator(".card__title")).to_have_text(["Two"])
    link(page, "Three").focus()
    page.keyboard.press(".")
    expect(lane(page, "Medium").locator(".column").nth(1).locator(".card__title")).to_have_text(
        ["Three"]
    )
