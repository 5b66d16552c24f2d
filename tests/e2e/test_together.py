"""Several people at one board: who is here, what the others do, and what they did while one was away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import text

from taskforge.stores import sql
from tests.e2e.accounts import see_board_yesterday, user_id_of
from tests.e2e.axe import problems
from tests.e2e.boards import CONNECTED, make_shared_board, open_board
from tests.e2e.journeys import (
    add_card,
    column,
    move_card,
    wait_until,
)

HERE = "#board-presence"
STRIP = "#unseen-changes"
HAS_SEEN_ALL = text("""
    SELECT p.seen_seq = b.seq
      FROM board_view_preferences p
      JOIN boards b USING (board_id)
     WHERE p.user_id = :user_id
""")
# A glide is a copy of the card above the page; it is gone before a test could look for it.
NOTE_FLIGHTS = """() => {
  window.flights = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    window.flights.push({ title: this.querySelector(".card__title")?.textContent, frames, ...options });
    return animate.call(this, frames, options);
  };
}"""


@pytest.fixture
def grace(page: Page, second_page: Page, log_in: Callable[..., None]) -> Page:
    """Grace's browser, and `page` is Ada's; both have an account."""
    log_in(page)
    log_in(second_page, "Grace", "Hopper")
    return second_page


def card(page: Page, title: str):  # type: ignore[no-untyped-def]
    return page.locator(".card", has_text=title)


def test_people_at_a_board_see_each_other_come_and_go(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace)
    open_board(board, page)
    expect(page.locator(HERE)).to_be_hidden()
    open_board(board, grace)
    expect(page.locator(HERE)).to_have_attribute("aria-label", "Also here: Grace Hopper")
    expect(page.locator(HERE)).to_have_text("GH")
    expect(grace.locator(HERE)).to_have_attribute("aria-label", "Also here: Ada Byron")
    grace.goto("/boards")
    expect(page.locator(HERE)).to_be_hidden()


def test_a_card_that_somebody_moves_glides_with_their_face_on_it(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Traveller", "Other")
    open_board(board, page, grace)
    page.evaluate(NOTE_FLIGHTS)
    move_card(grace, "Traveller", "In progress")
    moved = column(page, "In progress").locator(".card")
    expect(moved).to_have_class(re.compile("is-changed"))
    expect(moved).to_have_attribute("data-by", "GH")
    expect(page.locator("#remote-announcement")).to_have_text("Grace Hopper moved “Traveller”.")
    flights = page.evaluate("window.flights")
    assert [flight["title"] for flight in flights] == ["Traveller"]
    assert flights[0]["duration"] == 180
    assert "translate" in flights[0]["frames"][0]["transform"]
    expect(moved).not_to_have_attribute("data-by", "GH")
    expect(moved).not_to_have_class(re.compile("is-changed"))


def test_several_changes_are_said_in_one_sentence(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "One", "Two")
    open_board(board, page, grace)
    # What came while the line was cut arrives at once; over an open one, a slow machine would part the two.
    grace.context.set_offline(True)
    for title in ("One", "Two"):
        move_card(page, title, "Done")
    grace.context.set_offline(False)
    expect(grace.locator("#remote-announcement")).to_have_text("Ada Byron moved 2 cards.")


def test_ones_own_other_window_just_follows(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Mine")
    open_board(board, page)
    page.evaluate(NOTE_FLIGHTS)
    window = page.context.new_page()
    open_board(board, window)
    move_card(window, "Mine", "Done")
    expect(column(page, "Done").locator(".card")).to_have_count(1)
    expect(page.locator(".card.is-changed")).to_have_count(0)
    assert page.evaluate("window.flights") == []
    expect(page.locator("#remote-announcement")).to_be_empty()
    window.close()


def test_a_comment_asks_for_the_column_of_its_card_only(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Talked about", "Quiet")
    open_board(board, page)
    move_card(page, "Quiet", "Done")
    page.locator(CONNECTED).wait_for()
    open_board(board, grace)
    address = card(grace, "Talked about").locator(".card__title").get_attribute("href") or ""
    grace.goto(address)

    def is_columns(request: Request) -> bool:
        return "/columns?" in request.url

    with page.expect_request(is_columns) as asked:
        grace.locator("#comment-form [name=content]").fill("Hello")
        grace.locator("#comment-form button[type=submit]").click()
    expect(card(page, "Talked about").locator("[title=Comments]")).to_have_text("1")
    answer = asked.value.response()
    assert answer is not None
    assert answer.text().count('class="column"') == 1


def test_coming_back_says_what_is_new_and_walks_through_it(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Old", "To move", "To finish")
    see_board_yesterday(page)
    open_board(board, grace)
    move_card(grace, "To move", "In progress")
    move_card(grace, "To finish", "Done")
    add_card(grace, "Fresh")
    open_board(board, page)
    strip = page.locator(STRIP)
    expect(strip.locator("strong")).to_have_text("1 moved, 1 done, 1 new")
    expect(strip.locator("time")).to_have_text("yesterday")
    expect(page.locator(".card[data-unseen]")).to_have_count(3)
    expect(card(page, "Fresh")).to_have_attribute("title", "New since your last visit")
    for title in ("Fresh", "To move", "To finish", "Fresh"):
        page.keyboard.press("n")
        expect(page.get_by_role("link", name=title, exact=True)).to_be_focused()
    page.keyboard.press("p")
    expect(page.get_by_role("link", name="To finish", exact=True)).to_be_focused()
    # The visit goes on after a reload, although the server counts the board as seen.
    page.wait_for_timeout(2200)
    open_board(board, page)
    expect(strip.locator("strong")).to_have_text("1 moved, 1 done, 1 new")
    expect(strip.locator("time")).to_have_text("yesterday")
    expect(page.locator(".card[data-unseen]")).to_have_count(3)
    strip.get_by_role("button", name="Mark as seen").click()
    expect(strip).to_have_count(0)
    expect(page.locator(".card[data-unseen]")).to_have_count(0)
    open_board(board, page)
    expect(strip).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_strip_and_the_faces_are_accessible(
    browser: Browser, live_server: str, page: Page, grace: Page, theme: str
) -> None:
    board = make_shared_board(page, grace, "Old")
    see_board_yesterday(page)
    open_board(board, grace)
    move_card(grace, "Old", "Done")
    context = browser.new_context(
        base_url=live_server,
        color_scheme=theme,
        storage_state=page.context.storage_state(),
        bypass_csp=True,  # axe is injected
        reduced_motion="reduce",
    )
    window = context.new_page()
    open_board(board, window)
    window.locator(HERE).wait_for()
    window.locator(f"{STRIP} summary").click()
    for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        window.set_viewport_size(size)
        assert problems(window) == []
    context.close()


def test_what_one_watched_is_not_new_afterwards(app: Flask, page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Watched")
    open_board(board, page, grace)
    move_card(grace, "Watched", "Done")
    expect(column(page, "Done").locator(".card")).to_have_count(1)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    with app.app_context():
        reader = {"user_id": user_id_of(page)}
        # No request may follow: the page reports by itself two seconds after its load.
        wait_until(page, lambda: sql.scalar(HAS_SEEN_ALL, reader))
    page.goto("/boards")
    with app.app_context():
        sql.execute_now(
            text("UPDATE board_view_preferences SET seen_at = now() - interval '1 day'")
        )
    open_board(board, page)
    expect(page.locator(STRIP)).to_have_count(0)


def test_a_refused_move_says_who_was_first(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Wanted")
    open_board(board, grace)
    page.route("**/live/boards/**", lambda route: route.abort())
    page.goto(board)
    move_card(grace, "Wanted", "Done")
    page.get_by_role("link", name="Wanted", exact=True).focus()
    page.keyboard.press(".")
    said = "Grace Hopper moved it to “Done” just now. It was not moved again."
    expect(page.locator(".toast__text")).to_have_text(said)


def test_a_move_without_a_network_is_made_when_it_is_back(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Patient", "Second")
    open_board(board, page, grace)
    grace.get_by_role("link", name="Second", exact=True).focus()
    grace.keyboard.press("ArrowUp")
    expect(grace.get_by_role("link", name="Patient", exact=True)).to_be_focused()
    grace.context.set_offline(True)
    expect(grace.locator(".offline")).to_have_text("Offline · what you write stays here")
    grace.keyboard.press(".")
    expect(grace.locator(".offline")).to_contain_text("1 change will be tried again")
    expect(column(grace, "Backlog").locator(".card")).to_have_count(2)
    grace.context.set_offline(False)
    expect(column(grace, "To do").get_by_role("link", name="Patient")).to_be_visible()
    expect(column(page, "To do").get_by_role("link", name="Patient")).to_be_visible()
    expect(grace.locator(".offline")).to_be_hidden()


def test_a_form_that_is_sent_without_a_network_keeps_its_text(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace, "Written")
    open_board(board, grace)
    grace.get_by_role("link", name="Written", exact=True).click()
    grace.wait_for_url("**/tasks/**")
    grace.goto(f"{grace.url}/edit")
    title = grace.locator("main [name=title]")
    title.fill("Written with care")
    grace.context.set_offline(True)
    title.press("Enter")
    expect(grace.locator(".toast__text")).to_contain_text("You are offline")
    expect(title).to_have_value("Written with care")
    grace.context.set_offline(False)
    title.press("Enter")
    expect(grace.get_by_role("heading", name="Written with care")).to_be_visible()


def test_a_slow_request_shows_a_line_and_a_quick_one_does_not(page: Page, grace: Page) -> None:
    board = make_shared_board(page, grace)
    open_board(board, page)
    line = page.locator("#progress")
    expect(line).not_to_have_class(re.compile("htmx-request"))
    page.route("**/tasks/create", lambda route: (page.wait_for_timeout(900), route.continue_()))
    form = column(page, "Backlog").locator("form.quick-add")
    form.locator("[name=title]").fill("Slow")
    form.locator("[name=title]").press("Enter")
    expect(line).to_have_class(re.compile("htmx-request"))
    card(page, "Slow").wait_for()
    expect(line).not_to_have_class(re.compile("htmx-request"))
