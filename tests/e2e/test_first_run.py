"""From the sign-up page to one's own first card, and from the tour to an empty board."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.boards import drag_to_column, toast, type_where_focused
from tests.e2e.journeys import column, move_card, sign_up
from tests.e2e.test_quick_add import PASTE

DRAG = "Drag me one column to the right, or select me and press “.”"
UNDO = "Move me, then undo it. Nothing is ever lost"


def test_the_first_own_card_is_two_steps_after_signing_up(page: Page) -> None:
    sign_up(page)
    type_where_focused(page, "Mend the roof")  # step one: no click comes before it
    page.keyboard.press("Enter")  # step two
    expect(column(page, "Backlog").get_by_role("link", name="Mend the roof")).to_be_visible()
    expect(page.locator(":focus")).to_have_attribute("name", "title")


def test_the_tour_can_be_done_on_its_cards(page: Page) -> None:
    sign_up(page)
    type_where_focused(page, "Call the mill @ada !3 #idea fri")
    page.keyboard.press("Enter")
    mill = page.locator(".card", has=page.get_by_role("link", name="Call the mill", exact=True))
    expect(mill.locator(".chip")).to_have_text("idea")
    expect(mill.locator("[title='Ada Byron']")).to_be_visible()
    expect(mill.locator("time")).to_be_visible()
    page.keyboard.press("Escape")
    drag_to_column(page, DRAG, "To do")
    expect(column(page, "To do").get_by_role("link", name=DRAG)).to_be_visible()
    page.get_by_role("link", name=DRAG, exact=True).focus()
    page.keyboard.press(".")
    expect(column(page, "In progress").get_by_role("link", name=DRAG)).to_be_visible()
    drag_to_column(page, UNDO, "Done")
    page.locator(".toast").filter(has_text="Moved to Done").get_by_role("button").click()
    expect(column(page, "To do").get_by_role("link", name=UNDO)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("WEL-2")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Open me")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("f")
    page.get_by_role("dialog", name="Filter").get_by_label("idea").check()
    expect(page.locator(".card")).to_have_count(2)
    page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".card")).to_have_count(10)
    column(page, "Backlog").locator("[name=title]").focus()
    page.evaluate(PASTE, "Buy nails\nBuy rope")
    page.get_by_role("button", name="Make 2 cards").click()
    expect(page.get_by_role("link", name="Buy rope")).to_be_visible()


class TestOnAPhone:
    @pytest.fixture
    def context_options(self) -> dict[str, object]:
        return {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

    def test_the_tour_needs_no_keys(self, page: Page) -> None:
        sign_up(page)
        move_card(page, DRAG, "To do")
        page.locator("[data-live=on]").wait_for()
        mover = page.locator(".card", has_text=UNDO).locator(".card__move")
        mover.scroll_into_view_if_needed()
        page.wait_for_timeout(500)  # the column snaps into place
        expect(mover).to_be_in_viewport()
        mover.tap()
        form = page.locator("form[action$='/move']")
        form.get_by_label("Done").check()
        form.get_by_role("button", name="Move", exact=True).tap()
        toast(page, "Moved to Done").get_by_role("button", name="Undo").tap()
        expect(column(page, "To do").get_by_role("link", name=UNDO)).to_be_visible()
        page.get_by_role("link", name="Search", exact=True).tap()
        page.locator("#palette").get_by_role("combobox").fill("WEL-2")
        page.locator("#palette [role=option]", has_text="Open me").tap()
        expect(page.locator(".task__title")).to_have_text("Open me, there is more inside")
        page.go_back()
        page.locator("#board-filter").tap()
        page.get_by_role("dialog", name="Filter").get_by_label("idea").check()
        page.get_by_role("button", name="Done", exact=True).tap()
        expect(page.locator(".card")).to_have_count(1)
        page.locator("#board-more summary").tap()
        page.get_by_role("link", name="History").tap()
        expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_start_empty_is_one_click_and_can_be_undone(page: Page) -> None:
    sign_up(page)
    tour = page.locator(".card").count()
    assert tour >= 7
    page.get_by_role("button", name="Start empty").click()
    expect(page.get_by_role("heading", name="A clean anvil")).to_be_visible()
    expect(page.locator("#sample-notice")).to_have_count(0)
    expect(page.locator(":focus")).to_have_attribute("name", "title")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".card")).to_have_count(tour)
    expect(page.locator("#sample-notice")).to_be_visible()


def test_the_banner_stays_away_once_the_board_is_ones_own(page: Page) -> None:
    sign_up(page)
    page.get_by_role("button", name="Start empty").click()
    expect(page.locator("#sample-notice")).to_have_count(0)
    type_where_focused(page, "Mend the roof")
    page.keyboard.press("Enter")
    expect(column(page, "Backlog").get_by_role("link", name="Mend the roof")).to_be_visible()
    page.reload()
    expect(page.locator("#sample-notice")).to_have_count(0)
    expect(page.locator(".card")).to_have_count(1)
