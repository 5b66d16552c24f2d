"""What a narrow window, or a finger without a keyboard, is not shown, and what still fits beside the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from taskforge.boards.service import delete_board
from tests.e2e.accounts import make_board
from tests.e2e.boards import open_board
from tests.e2e.conftest import open_page
from tests.e2e.journeys import column
from tests.factories import make_person, make_team

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(browser: Browser, live_server: str) -> Iterator[Page]:
    with open_page(browser, base_url=live_server, **PHONE) as page:
        yield page


def test_a_finger_is_shown_no_keys(phone: Page, log_in: Callable[..., None]) -> None:
    log_in(phone)
    open_board(make_board(phone, "One"), phone)
    phone.locator("#board-more summary").tap()
    expect(phone.get_by_role("link", name="History")).to_be_visible()
    expect(phone.locator("kbd:visible")).to_have_count(0)


def test_a_narrow_window_has_room_for_signs_and_not_for_their_keys(page: Page, board: str) -> None:
    page.set_viewport_size({"width": 600, "height": 700})
    expect(page.locator(".bar__search")).to_be_visible()
    expect(page.locator(".bar kbd:visible, .board__tools kbd:visible")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()


def test_the_pages_of_the_account_are_behind_a_button_also_without_scripts(
    browser: Browser, live_server: str, log_in: Callable[..., None]
) -> None:
    with open_page(browser, base_url=live_server, java_script_enabled=False, **PHONE) as page:
        log_in(page)
        page.goto("/profile")
        ways = page.get_by_role("navigation", name="Account")
        expect(ways).to_be_hidden()
        page.get_by_role("button", name="Account Profile").tap()
        ways.get_by_role("link", name="Your data").tap()
        expect(page.get_by_role("heading", name="Your data")).to_be_visible()


def test_a_columns_settings_lie_within_their_popover(
    phone: Page, log_in: Callable[..., None]
) -> None:
    log_in(phone)
    open_board(make_board(phone, "One"), phone)
    column(phone, "Backlog").get_by_role("link", name="Column settings").tap()
    popover = phone.locator("#view-popover")
    popover.locator("#column-settings").wait_for()
    assert popover.evaluate("(element) => element.scrollWidth <= element.clientWidth")


def test_a_deleted_board_is_restored_by_a_button_beside_its_name(
    app: Flask, phone: Page, live_server: str
) -> None:
    person = make_person(app)
    team = make_team(person)
    with app.app_context():
        delete_board(person.actor, team.board_id)
    cookie = person.browser().get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    phone.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    phone.goto(f"/teams/{team.team_id}/boards/deleted")
    row = phone.locator("#deleted-boards .row")
    name, button = (
        row.locator(".row__main").bounding_box(),
        row.get_by_role("button").bounding_box(),
    )
    assert name
    assert button
    assert button["x"] >= name["x"] + name["width"]
    assert button["y"] < name["y"] + name["height"]


def test_a_menu_that_a_key_opens_has_the_focus_on_its_first_line(page: Page, board: str) -> None:
    summary = page.locator("#board-more summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="History")).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()


def test_what_deleting_a_column_asks_is_in_view_when_it_opens(page: Page, board: str) -> None:
    page.set_viewport_size({"width": 1000, "height": 520})
    column(page, "Backlog").get_by_role("link", name="Column settings").click()
    page.get_by_text("Delete column…").click()
    expect(page.get_by_role("button", name="Move and delete the column")).to_be_in_viewport()
    expect(page.get_by_text("Both can be undone, for 30 days.")).to_be_in_viewport()
