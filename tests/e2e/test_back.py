"""Back shows nothing to somebody whose session was ended elsewhere, however the browser kept the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from taskforge.accounts import session_records
from tests.factories import Person, Team, make_person, make_task, make_team

# What a browser tells a page that it keeps whole while another one is shown. Headless Chromium keeps none.
LEAVE = "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
RETURN = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
VISIBILITY = "getComputedStyle(document.body).visibility"


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(app)


@pytest.fixture
def team(ada: Person) -> Team:
    team = make_team(ada, "Secret plans")
    make_task(ada, team, "Secret card")
    return team


@pytest.fixture
def revoke(ada: Person) -> Callable[[], None]:
    """Ends Ada's session as she would from another device."""

    def end() -> None:
        with ada.app.app_context():
            session_records.revoke_session(ada.actor, ada.session_id)

    return end


@pytest.fixture
def board(page: Page, live_server: str, ada: Person, team: Team) -> Page:
    """Ada's browser on the team's board."""
    cookie = {"name": ada.app.config["SESSION_COOKIE_NAME"], "value": ada.secret}
    page.context.add_cookies([{**cookie, "url": live_server}])
    page.goto(f"/boards/{team.board_id}")
    expect_board(page)
    return page


def expect_board(page: Page) -> None:
    expect(page.get_by_role("link", name="Secret card", exact=True)).to_be_visible()


def test_a_stored_answer_is_not_shown_after_the_session_was_ended(
    board: Page, revoke: Callable[[], None]
) -> None:
    board.goto("/profile")
    revoke()
    board.go_back()
    board.wait_for_url("**/login**")
    expect(board.locator("body")).not_to_contain_text("Secret")


def test_a_stored_answer_is_shown_to_its_owner(board: Page) -> None:
    board.goto("/profile")
    board.go_back()
    expect_board(board)


def test_a_kept_page_is_not_shown_after_the_session_was_ended(
    board: Page, revoke: Callable[[], None]
) -> None:
    board.evaluate(LEAVE)
    revoke()
    board.evaluate(RETURN)
    board.wait_for_url("**/login**")
    expect(board.locator("body")).not_to_contain_text("Secret")


def test_a_kept_page_is_hidden_until_the_server_has_said_who_asks(board: Page) -> None:
    board.evaluate(LEAVE)
    assert board.evaluate(VISIBILITY) == "hidden"
    board.evaluate(RETURN)
    expect_board(board)


def test_a_kept_page_stays_without_a_network(board: Page) -> None:
    board.evaluate(LEAVE)
    board.route("**/boards/**", lambda route: route.abort())
    board.evaluate(RETURN)
    expect_board(board)
