"""Ways of looking at a board: filtered, folded, in lanes; and its columns changed in place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import problems
from tests.e2e.boards import (
    card,
    count,
    drag_to_cell,
    drag_to_column,
    fold,
    grab,
    lane,
    titles,
    toast,
)
from tests.e2e.journeys import add_card, column


@pytest.fixture
def context_options() -> dict[str, object]:
    # axe is injected; the policy itself is asserted elsewhere
    return {"viewport": {"width": 1280, "height": 720}, "bypass_csp": True}


def chips(page: Page) -> Locator:
    return page.locator("#board-chips .filter-chip bdi")


def assert_accessible(page: Page) -> None:
    page.bring_to_front()  # a page in the background finishes no transition
    page.emulate_media(reduced_motion="reduce")  # else colours change over a moment
    for theme in ("light", "dark"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        page.wait_for_timeout(300)
        assert problems(page) == [], theme
    page.emulate_media(reduced_motion="no-preference")


def test_the_filter_shows_each_choice_at_once_and_back_takes_it_back(
    page: Page, board: str
) -> None:
    page.evaluate("window.same = true")
    page.locator("#board-filter").click()
    sheet = page.get_by_role("dialog", name="Filter")
    sheet.get_by_label("Query").fill("t")
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(chips(page)).to_have_text(["t"])
    expect(page).to_have_url(f"{board}?q=t")
    expect(sheet.get_by_label("Medium")).to_have_accessible_name(re.compile("2 cards"))
    sheet.get_by_label("Urgent").check()
    expect(titles(page, "Backlog")).to_have_count(0)
    expect(column(page, "Backlog").locator(".column__hidden")).to_contain_text("3 hidden")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.go_back()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    expect(chips(page)).to_have_text(["t"])
    page.locator(".filter-chip", has_text="t").click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    expect(page).to_have_url(board)
    assert page.evaluate("window.same")


def test_a_name_that_is_typed_into_the_filter_becomes_a_chosen_person(
    page: Page, board: str
) -> None:
    page.evaluate("window.same = true")
    page.locator("#board-filter").click()
    sheet = page.get_by_role("dialog", name="Filter")
    words = sheet.get_by_label("Query")
    words.fill("@nobody")
    expect(sheet).to_contain_text("Nobody in this team goes by @nobody.")
    expect(words).to_be_focused()
    words.fill("@ada")
    expect(chips(page)).to_have_text(["Ada Byron"])
    expect(sheet.get_by_label("Ada Byron")).to_be_checked()
    expect(words).to_have_value("")
    assert page.evaluate("window.same")


def test_a_filter_is_saved_by_a_click_and_forgotten_by_another(page: Page, board: str) -> None:
    page.goto(f"{board}?q=t&priority=medium")
    page.locator("#board-filter").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(board)
    page.locator("#board-filter").click()
    page.get_by_role("link", name="Medium, t").click()
    expect(titles(page, "Backlog")).to_have_text(["Two", "Three"])
    page.locator("#board-filter").click()
    page.get_by_role("button", name="Forget Medium, t").click()
    expect(page.get_by_role("group", name="Saved filters")).to_be_hidden()


def test_moving_and_adding_under_a_filter_keep_the_numbers(page: Page, board: str) -> None:
    page.goto(f"{board}?q=t")
    hidden = column(page, "Backlog").locator(".column__hidden")
    expect(hidden).to_contain_text("1 hidden")
    drag_to_column(page, "Two", "To do")
    toast(page, "Moved to To do").wait_for()
    add_card(page, "Fourth")
    expect(titles(page, "Backlog")).to_have_text(["Three", "Fourth"])
    expect(hidden).to_contain_text("1 hidden")
    expect(count(page, "Backlog")).to_have_text("3 cards")
    hidden.click()
    expect(titles(page, "Backlog")).to_have_text(["One", "Three", "Fourth"])


def test_a_folded_column_takes_cards_by_drag_and_by_key(page: Page, board: str) -> None:
    fold(page, "To do")
    strip = column(page, "To do")
    box = strip.bounding_box()
    assert box
    assert box["width"] == 40
    grab(page, "Two")
    page.mouse.move(box["x"] + 20, box["y"] + 60, steps=6)
    expect(strip).to_have_class(re.compile("is-target"))
    page.mouse.up()
    toast(page, "Moved to To do").wait_for()
    expect(count(page, "To do")).to_have_text("1 cards")
    expect(card(page, "Two")).to_be_hidden()
    page.get_by_role("link", name="One", exact=True).focus()
    page.keyboard.press(".")
    expect(count(page, "To do")).to_have_text("2 cards")
    expect(page.get_by_role("link", name="Three", exact=True)).to_be_focused()
    assert_accessible(page)
    page.reload()
    expect(strip).to_have_class(re.compile("is-folded"))
    page.get_by_role("button", name="Open To do").click()
    expect(titles(page, "To do")).to_have_text(["One", "Two"])


def test_a_card_dragged_to_another_lane_takes_its_value(page: Page, board: str) -> None:
    page.locator("#board-lanes summary").click()
    page.get_by_role("button", name="By priority").click()
    expect(page).to_have_url(f"{board}?lanes=priority")
    expect(lane(page, "Medium").locator(".card")).to_have_count(3)
    drag_to_cell(page, "Two", "Urgent", 1)
    toast(page, "Moved to To do, Urgent").wait_for()
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_be_attached()
    expect(lane(page, "Urgent").locator(".lane__count")).to_have_text("1")
    expect(lane(page, "Medium").locator(".lane__count")).to_have_text("2")
    expect(page.locator("#board-announcement")).to_contain_text("moved to To do, Urgent")
    page.get_by_role("link", name="Two", exact=True).focus()
    page.keyboard.press(".")
    toast(page, "Moved to In progress, Urgent").wait_for()
    assert_accessible(page)
    page.reload()
    cell = lane(page, "Urgent").locator(".column").nth(2)
    expect(cell.locator(".card__title")).to_have_text(["Two"])


def test_a_lane_drop_is_undone_and_others_see_lanes_live(page: Page, board: str) -> None:
    page.goto(f"{board}?lanes=priority")
    other = page.context.new_page()
    other.goto(f"{board}?lanes=priority")
    expect(other.locator(".board__columns[data-live=on]")).to_be_attached()
    lane(other, "High").locator("summary").click()
    drag_to_cell(page, "Two", "High", 0)
    expect(lane(other, "High").locator(".card")).to_have_count(1)
    expect(lane(other, "High")).not_to_have_attribute("open", "")
    toast(page, "Moved to Backlog, High").get_by_role("button", name="Undo").click()
    expect(lane(page, "Medium").locator(".card__title")).to_have_text(["One", "Two", "Three"])
    expect(lane(other, "Medium").locator(".card")).to_have_count(3)
    other.close()


def test_a_column_is_changed_in_place_and_live_for_others(page: Page, board: str) -> None:
    other = page.context.new_page()
    other.goto(board)
    column(page, "To do").get_by_role("link", name="Column settings").click()
    sheet = page.get_by_role("dialog", name="Column settings")
    assert_accessible(page)
    sheet.get_by_label("Name", exact=True).fill("")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet.get_by_label("Name", exact=True)).to_be_focused()
    sheet.get_by_label("Name", exact=True).fill("Next")
    sheet.get_by_label("Limit").fill("2")
    sheet.get_by_role("button", name="Save").click()
    for one in (page, other):
        expect(count(one, "Next")).to_have_text("0/2 cards, the limit is 2")
    column(page, "Next").get_by_role("link", name="Column settings").click()
    page.get_by_label("Name of a new column to the right").fill("Waiting")
    page.keyboard.press("Enter")
    for one in (page, other):
        expect(one.locator(".column__name")).to_have_text(
            ["Backlog", "Next", "Waiting", "In progress", "In review", "Done"]
        )
    column(page, "Backlog").get_by_role("link", name="Column settings").click()
    page.get_by_text("Delete column…").click()
    page.get_by_role("button", name="Move and delete the column").click()
    for one in (page, other):
        expect(one.locator(".column__name")).to_have_text(
            ["Next", "Waiting", "In progress", "In review", "Done"]
        )
    other.close()
