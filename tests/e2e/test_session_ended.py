"""A session that ended while somebody was writing: the log-in says why, leads back, and the text is there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.accounts import end_session, fill_log_in
from tests.e2e.boards import DIALOG, card, drag_to_column, grab, link, open_board, open_card, titles
from tests.e2e.journeys import column

WHY = "Your session has ended"
# As the live stream does.
TOLD_OF_THE_END = """
    document.dispatchEvent(new CustomEvent("forge:inbox", {detail: {ids: [], ended: true}}))
"""


def come_back(page: Page) -> None:
    """Read why one has to log in, and do."""
    page.wait_for_url("**/login**")
    expect(page.get_by_text(WHY)).to_be_visible()
    fill_log_in(page)


def test_a_line_for_a_new_card_is_there_after_logging_in(page: Page, board: str) -> None:
    open_board(f"{board}?q=o", page)
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.fill("Written in vain")
    end_session(page)
    field.press("Enter")
    come_back(page)
    expect(page).to_have_url(f"{board}?q=o")
    expect(field).to_have_value("Written in vain")
    field.press("Enter")
    page.get_by_text("“Written in vain” was added").or_(card(page, "Written in vain")).wait_for()


def test_a_field_of_an_open_card_is_there_after_logging_in(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(f"{DIALOG} #field-title .inline-field__edit").click()
    page.locator("#value-title").fill("Two and a half")
    end_session(page)
    page.keyboard.press("Enter")
    come_back(page)
    expect(page).to_have_url(re.compile("/tasks/"))
    page.get_by_role("button", name="Unsaved draft: continue").click()
    page.locator("#value-title").press("Enter")
    expect(page.locator(".task__title")).to_have_text("Two and a half")


def test_a_whole_form_is_there_after_logging_in(page: Page, board: str) -> None:
    page.goto(f"{link(page, 'Two').get_attribute('href')}/edit")
    field = page.locator("textarea[name=description]")
    field.fill("A long text")
    end_session(page)
    page.get_by_role("button", name="Save").click()
    come_back(page)
    expect(page).to_have_url(re.compile("/edit$"))
    expect(field).to_have_value("A long text")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#field-description")).to_contain_text("A long text")


def test_a_cookie_that_has_run_out_is_an_ended_session_too(page: Page, board: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.fill("Written in vain")
    page.context.clear_cookies()
    field.press("Enter")
    come_back(page)
    expect(field).to_have_value("Written in vain")


def test_a_card_that_is_moved_after_the_end_is_moved_after_logging_in(
    page: Page, board: str
) -> None:
    """It is refused before the code is here that keeps it."""
    held: list[Route] = []
    page.route("**/js/index-*.js", lambda route: held.append(route))
    end_session(page)
    with page.expect_response("**/move") as moved:
        drag_to_column(page, "One", "To do")
    assert moved.value.status == 401
    expect(titles(page, "Backlog")).to_have_text(["One", "Two", "Three"])
    for route in held:
        route.continue_()
    page.unroute("**/js/index-*.js")
    come_back(page)
    expect(titles(page, "To do")).to_have_text(["One"])


def test_a_card_that_is_being_dragged_at_the_end_can_still_be_dropped(
    page: Page, board: str
) -> None:
    grab(page, "One")
    end_session(page)
    page.evaluate(TOLD_OF_THE_END)
    page.wait_for_timeout(500)  # in which the page must not go
    box = column(page, "To do").bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 4, steps=5)
    page.mouse.up()
    come_back(page)
    expect(titles(page, "To do")).to_have_text(["One"])


def test_changes_that_are_not_answered_before_the_log_in_are_made_after_it(
    page: Page, board: str
) -> None:
    """The server does not get the move, and the change of a field waits behind it, when the stream tells of the end."""
    page.route("**/move", lambda route: None, times=1)
    with page.expect_request("**/move"):
        drag_to_column(page, "One", "To do")
    link(page, "Two").focus()
    page.keyboard.press("4")
    expect(card(page, "Two")).to_contain_text("urgent")
    end_session(page)
    page.evaluate(TOLD_OF_THE_END)
    come_back(page)
    expect(titles(page, "To do")).to_have_text(["One"])
    expect(card(page, "Two")).to_contain_text("urgent")
    page.reload()
    expect(card(page, "Two")).to_contain_text("urgent")


def test_an_open_card_that_is_asked_for_after_the_end_leads_to_the_log_in(
    page: Page, board: str
) -> None:
    end_session(page)
    link(page, "One").click()
    come_back(page)
    expect(page.locator(".task__title")).to_have_text("One")


@pytest.mark.parametrize("path", ["/teams", "/inbox"])
def test_a_page_that_needs_a_log_in_says_so(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_text("Log in to open the page")).to_be_visible()
    expect(page.get_by_text(WHY)).to_have_count(0)
