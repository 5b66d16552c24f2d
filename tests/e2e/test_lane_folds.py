"""Lanes: what is done is folded until it is opened, empty cells are low, and the filter shows its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accounts import join_team, make_board, make_cards
from tests.e2e.boards import drag_to_cell, lane, open_board, toast

LOW = 40  # pixels


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """The address of a board in lanes, with a card to do and five that are done."""
    log_in(page)
    address = make_board(page)
    make_cards(page, "todo", 1)
    make_cards(page, "done", 5)
    open_board(f"{address}?lanes=priority", page)
    return address


def head(page: Page, name: str) -> Locator:
    return page.locator(".lanes__head").filter(has=page.locator("h2", has_text=name))


def open_done(page: Page) -> None:
    with page.expect_response("**/fold"):
        head(page, "Done").get_by_role("button", name="Open Done").click()


def test_what_is_done_is_folded_and_stays_open_once_opened(page: Page, board: str) -> None:
    done = lane(page, "Medium").locator(".card__title", has_text="done")
    expect(done).to_have_count(5)
    expect(done.first).to_be_hidden()
    expect(lane(page, "Medium").locator(".card__title", has_text="todo")).to_be_visible()
    open_done(page)
    expect(done.first).to_be_visible()
    page.reload()
    expect(done.first).to_be_visible()
    page.goto(f"{board}?lanes=none")
    expect(page.locator(".column.is-folded")).to_have_count(0)  # the two do not mix
    page.goto(f"{board}?lanes=tag")
    expect(page.locator(".lanes__head.is-folded")).to_have_count(0)


def test_any_column_is_folded_in_lanes(page: Page, board: str) -> None:
    head(page, "To do").hover()
    with page.expect_response("**/fold"):
        head(page, "To do").get_by_role("button", name="Fold To do").click()
    expect(page.locator(".card__title", has_text="todo")).to_be_hidden()
    page.reload()
    expect(page.locator(".lanes__head.is-folded")).to_have_count(2)
    page.goto(f"{board}?lanes=none")
    expect(page.locator(".card__title", has_text="todo")).to_be_visible()


def test_a_folded_cell_takes_a_card(page: Page, board: str) -> None:
    drag_to_cell(page, "todo 000", "Urgent", 4)
    toast(page, "Moved to Done, Urgent").wait_for()
    expect(page.locator(".board__columns .card__title", has_text="todo")).to_be_hidden()
    page.reload()
    expect(lane(page, "Urgent").locator(".lane__count")).to_have_text("1")


def test_a_lane_without_cards_is_low(page: Page, board: str) -> None:
    box = lane(page, "Urgent").locator(".lane__cells").bounding_box()
    assert box
    assert box["height"] <= LOW
    open_done(page)
    box = lane(page, "Low").locator(".lane__cells").bounding_box()
    assert box
    assert box["height"] <= LOW


@pytest.mark.parametrize("context_options", [{"viewport": {"width": 390, "height": 844}}])
def test_on_a_phone_too(page: Page, board: str) -> None:
    done = lane(page, "Medium").locator(".card__title", has_text="done")
    expect(done.first).to_be_hidden()
    open_done(page)
    expect(done.first).to_be_visible()


def test_without_a_script_it_is_opened_by_its_button(board: str, plain: Page) -> None:
    plain.goto(f"{board}?lanes=priority")
    done = lane(plain, "Medium").locator(".card__title", has_text="done")
    expect(done.first).to_be_hidden()
    head(plain, "Done").get_by_role("button", name="Open Done").click()
    expect(done.first).to_be_visible()


def test_the_people_of_the_filter_are_in_no_scroller_of_their_own(
    page: Page, board: str, second_page: Page, log_in: Callable[..., None]
) -> None:
    for number in range(11):
        log_in(second_page, f"Person{number}", "Stone")
        join_team(page, second_page)
    page.locator("#board-filter").click()
    sheet = page.get_by_role("dialog", name="Filter")
    sheet.get_by_role("button", name="Done").wait_for()
    assert sheet.locator(".filter__kind").evaluate_all(
        "kinds => kinds.every(kind => kind.scrollHeight <= kind.clientHeight + 1)"
    )
    expect(sheet.get_by_text("Person9 Stone")).to_be_in_viewport()
