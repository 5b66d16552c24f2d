"""Parts of the board used together: drops, undo, filters, folds and quick-add, and what others do meanwhile."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.boards import (
    CONNECTED,
    card,
    count,
    drag_to_cell,
    drag_to_column,
    fold,
    lane,
    limit_column,
    link,
    make_limits_hard,
    open_board,
    titles,
    toast,
)
from tests.e2e.journeys import column


def test_a_card_with_tags_dropped_in_a_lane_gets_them_back(page: Page, board: str) -> None:
    form = column(page, "Backlog").locator("form.quick-add")
    for title in ("Pot #iron #red", "Pan #blue"):
        form.locator("[name=title]").fill(title)
        form.locator("button[type=submit]").click()
        card(page, title.split()[0]).wait_for()
    open_board(f"{board}?lanes=tag", page)
    drag_to_cell(page, "Pot", "blue", 0)
    expect(lane(page, "blue").locator(".card__title")).to_have_text(["Pan", "Pot"])
    toast(page, "blue").wait_for()
    page.keyboard.press("Control+z")
    expect(lane(page, "iron").locator(".card__title")).to_have_text(["Pot"])
    expect(card(page, "Pot")).to_contain_text("red")
    expect(card(page, "Pot")).not_to_contain_text("blue")
    toast(page, "again").wait_for()
    page.keyboard.press("Control+Shift+z")
    expect(lane(page, "blue").locator(".card__title")).to_have_text(["Pan", "Pot"])
    open_board(f"{board}?lanes=tag", page)
    expect(lane(page, "blue").locator(".card__title")).to_have_text(["Pan", "Pot"])


def test_limits_and_numbers_are_right_after_each_drop_and_undo(page: Page, board: str) -> None:
    limit_column(page, board, "To do", 2)
    make_limits_hard(page, board)
    page.locator(CONNECTED).wait_for()
    full = column(page, "To do").locator(".column__limit")
    drag_to_column(page, "One", "To do")
    expect(count(page, "To do")).to_contain_text("1/2")
    expect(full).to_have_count(0)
    drag_to_column(page, "Two", "To do")
    page.keyboard.press("Control+z")  # the drop may still be on its way
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(full).to_have_count(0)
    toast(page, "again").wait_for()
    page.keyboard.press("Control+Shift+z")
    expect(titles(page, "To do")).to_have_text(["One", "Two"])
    expect(full).to_have_text("full")
    expect(count(page, "Backlog")).to_have_text("1 cards")
    drag_to_column(page, "Three", "To do")
    toast(page, "is full: 2 of 2 tasks").wait_for()
    expect(count(page, "To do")).to_contain_text("2/2")
    expect(titles(page, "Backlog")).to_have_text(["Three"])


def test_a_drag_goes_on_while_others_move_cards(page: Page, board: str, grace: Page) -> None:
    box = card(page, "One").bounding_box()
    target = column(page, "In progress").bounding_box()
    assert box
    assert target
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 200, steps=5)
    drag_to_column(grace, "Three", "To do")
    toast(grace, "Moved to To do").wait_for()
    page.wait_for_timeout(500)
    page.mouse.up()
    expect(titles(page, "In progress")).to_have_text(["One"])
    expect(titles(page, "To do")).to_have_text(["Three"])
    expect(titles(page, "Backlog")).to_have_text(["Two"])
    expect(titles(grace, "In progress")).to_have_text(["One"])


def test_a_card_goes_into_a_folded_column_while_another_changes_it(
    page: Page, board: str, grace: Page
) -> None:
    fold(page, "To do")
    drag_to_column(grace, "Three", "To do")
    expect(count(page, "To do")).to_have_text("1 cards")
    expect(column(page, "To do")).to_have_class(re.compile("is-folded"))
    link(page, "One").focus()
    page.keyboard.press(".")
    expect(count(page, "To do")).to_have_text("2 cards")
    expect(count(grace, "To do")).to_have_text("2 cards")
    page.keyboard.press("Control+z")
    expect(titles(page, "Backlog")).to_have_text(["One", "Two"])
    expect(column(page, "To do")).to_have_class(re.compile("is-folded"))


def test_a_new_card_that_the_filter_hides_is_spoken_of(page: Page, board: str) -> None:
    open_board(f"{board}?q=t", page)
    form = column(page, "Backlog").locator("form.quick-add")
    form.locator("[name=title]").fill("Anvil")
    form.locator("[name=title]").press("Enter")
    toast(page, "“Anvil” was added. The filter hides it.").wait_for()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(column(page, "Backlog").locator(".column__hidden")).to_contain_text("2 hidden")
    form.locator("[name=title]").fill("Tongs")
    form.locator("[name=title]").press("Enter")
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three", "Tongs"])
    below = column(page, "Backlog").locator(".column__cards > :last-child")
    expect(below).to_have_class("column__hidden")


def test_a_draft_in_quick_add_survives_others_and_a_dead_line(
    page: Page, board: str, grace: Page
) -> None:
    field = column(grace, "Backlog").locator("form.quick-add [name=title]")
    field.fill("Half a tho")
    drag_to_column(page, "One", "To do")
    expect(count(grace, "Backlog")).to_have_text("2 cards")
    expect(field).to_have_value("Half a tho")
    expect(field).to_be_focused()
    grace.context.set_offline(True)
    field.press("Enter")
    expect(column(grace, "Backlog").locator(".quick-add__waiting")).to_have_count(1)
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    grace.context.set_offline(False)
    card(grace, "Half a tho").wait_for()
