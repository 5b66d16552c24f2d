"""Cards written straight into a lane, and lanes that are there again the next time."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.journeys import create_team, sign_up
from tests.e2e.test_drag import card, toast
from tests.e2e.test_quick_add import paste
from tests.e2e.test_views import assert_accessible, context_options, lane

__all__ = ["context_options"]


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """The address of an open board in lanes by priority, with a card of usual priority."""
    log_in(page)
    address = make_board(page, "One")
    page.goto(address)
    choose_lanes(page, "By priority")
    return address


def choose_lanes(page: Page, name: str) -> None:
    page.locator("#board-lanes > summary").click()
    with page.expect_response("**/lanes"):  # they are remembered, and shown even before
        page.locator("#board-lanes").get_by_text(name).click()
    expect(page.locator(".lane")).to_have_count(0 if name == "No lanes" else 4)


def add_link(page: Page, lane_name: str, column_name: str = "Backlog") -> Locator:
    return page.get_by_role("link", name=f"Add a card to {column_name}, {lane_name}", exact=True)


def field(page: Page) -> Locator:
    return page.locator(".lane form.is-live [name=title]")


def cell(page: Page, lane_name: str, place: int = 0) -> Locator:
    return lane(page, lane_name).locator(".column--cell").nth(place)


def test_a_card_written_into_a_lane_has_its_value_and_the_field_stays(
    page: Page, board: str
) -> None:
    cell(page, "High", 1).hover()
    add_link(page, "High", "To do").click()
    expect(field(page)).to_be_focused()
    field(page).press_sequentially("Mend the bellows")
    field(page).press("Enter")
    expect(cell(page, "High", 1).locator(".card__title")).to_have_text(["Mend the bellows"])
    expect(card(page, "Mend the bellows").locator(".icon--priority-high")).to_be_visible()
    expect(lane(page, "High").locator(".lane__count")).to_have_text("1")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")
    field(page).press_sequentially("Sweep !1")
    field(page).press("Enter")
    toast(page, "“Sweep” is in the lane “Low”.").wait_for()
    expect(cell(page, "Low", 1).locator(".card__title")).to_have_text(["Sweep"])
    expect(cell(page, "High", 1).locator(".card__title")).to_have_text(["Mend the bellows"])
    field(page).press("Escape")
    expect(add_link(page, "High", "To do")).to_be_focused()
    page.reload()
    expect(cell(page, "High", 1).locator(".card__title")).to_have_text(["Mend the bellows"])


def test_c_writes_into_the_cell_of_the_selected_card(page: Page, board: str) -> None:
    card(page, "One").locator(".card__title").focus()
    page.keyboard.press("c")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_attribute("aria-label", "Add a card to Backlog, Medium")
    page.keyboard.press("Escape")
    expect(page.locator(".lane form")).to_have_count(0)


def test_pasted_lines_come_into_the_lane_and_go_again(page: Page, board: str) -> None:
    add_link(page, "Urgent").focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    paste(page, "Oil\nSweep\nRest")
    page.get_by_role("button", name="Make 3 cards").click()
    expect(cell(page, "Urgent").locator(".card__title")).to_have_text(["Oil", "Sweep", "Rest"])
    expect(lane(page, "Urgent").locator(".lane__count")).to_have_text("3")
    toast(page, "3 cards made").get_by_role("button", name="Undo").click()
    expect(cell(page, "Urgent").locator(".card")).to_have_count(0)
    expect(lane(page, "Urgent").locator(".lane__count")).to_have_text("0")


def test_a_line_that_was_begun_in_a_lane_survives_a_filter(page: Page, board: str) -> None:
    add_link(page, "High").focus()
    page.keyboard.press("Enter")
    field(page).press_sequentially("Half a thou")
    page.get_by_role("link", name="Mine: only cards assigned to you").click()
    expect(page.locator("#board-chips a").first).to_be_visible()
    expect(field(page)).to_have_value("Half a thou")
    page.keyboard.press("Escape")
    field(page).press("Enter")
    toast(page, "was added. The filter hides it.").wait_for()


def test_lanes_are_there_again_until_none_are_chosen(page: Page, board: str) -> None:
    page.goto(board)
    expect(page.locator(".lane")).to_have_count(4)
    choose_lanes(page, "No lanes")
    page.goto("/boards")
    page.goto(board)
    expect(page.locator(".column").first).to_be_visible()
    expect(page.locator(".lane")).to_have_count(0)


def test_back_leads_from_lanes_to_columns_and_they_stay(page: Page, board: str) -> None:
    choose_lanes(page, "No lanes")
    page.goto(board)
    choose_lanes(page, "By priority")
    page.go_back()
    expect(page.locator(".lane")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".lane")).to_have_count(4)


def test_a_lane_with_its_quick_add_is_accessible(page: Page, board: str) -> None:
    assert_accessible(page)
    add_link(page, "High").focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    field(page).press_sequentially("Mend #tools !4")
    assert_accessible(page)


def test_without_javascript_the_link_of_a_cell_adds_cards_to_it(plain: Page) -> None:
    sign_up(plain)
    board = create_team(plain)
    plain.goto(f"{board}?lanes=priority")
    add_link(plain, "Urgent", "In review").click()
    plain.locator("[name=lines]").fill("One\nTwo")
    plain.get_by_role("button", name="Add cards").click()
    plain.wait_for_url(re.compile("/boards/"))
    expect(cell(plain, "Urgent", 3).locator(".card__title")).to_have_text(["One", "Two"])
