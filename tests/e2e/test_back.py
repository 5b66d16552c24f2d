"""Back shows nothing to somebody whose session was ended elsewhere, however the browser kept the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from taskforge.accounts import session_records
from tests.e2e.conftest import BROWSER_OPTIONS, VIEWPORT, close_context, find_browser, open_page
from tests.factories import Person, Team, make_person, make_task, make_team

NOTE_WHAT_IS_SHOWN = """
  addEventListener("pageshow", ({persisted}) => {
    if (persisted) window.shownAtOnce = getComputedStyle(document.body).visibility;
  });
"""


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
def keeping(live_server: str, chromium: Browser, app: Flask) -> Iterator[BrowserContext]:
    """A profile of a browser that keeps whole pages, which Playwright switches off by default."""
    browser = chromium.browser_type.launch(
        executable_path=find_browser(),
        args=list(BROWSER_OPTIONS),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    context = browser.new_context(base_url=live_server, viewport=VIEWPORT)
    yield context
    close_context(context)
    browser.close()


def enter(context: BrowserContext, server: str, person: Person) -> None:
    name = person.app.config["SESSION_COOKIE_NAME"]
    context.add_cookies([{"name": name, "value": person.secret, "url": server}])


def leave_board(page: Page, team: Team) -> None:
    page.goto(f"/boards/{team.board_id}")
    page.get_by_role("link", name="Secret card", exact=True).wait_for()
    page.goto("/profile")


def test_a_stored_answer_is_not_shown_after_the_session_was_ended(
    browser: Browser, live_server: str, ada: Person, team: Team, revoke: Callable[[], None]
) -> None:
    with open_page(browser, base_url=live_server, viewport=VIEWPORT) as page:
        enter(page.context, live_server, ada)
        leave_board(page, team)
        revoke()
        page.go_back()
        page.wait_for_url("**/login**")
        expect(page.locator("body")).not_to_contain_text("Secret")


def test_a_kept_page_is_not_shown_after_the_session_was_ended(
    keeping: BrowserContext, live_server: str, ada: Person, team: Team, revoke: Callable[[], None]
) -> None:
    enter(keeping, live_server, ada)
    page = keeping.new_page()
    leave_board(page, team)
    revoke()
    page.go_back()
    page.wait_for_url("**/login**")
    expect(page.locator("body")).not_to_contain_text("Secret")


def test_a_kept_page_is_shown_as_soon_as_the_server_knows_who_asks(
    keeping: BrowserContext, live_server: str, ada: Person, team: Team
) -> None:
    enter(keeping, live_server, ada)
    page = keeping.new_page()
    page.add_init_script(NOTE_WHAT_IS_SHOWN)
    leave_board(page, team)
    page.go_back()
    expect(page.get_by_role("link", name="Secret card", exact=True)).to_be_visible()
    assert page.evaluate("window.shownAtOnce") == "hidden"


def test_without_a_network_a_kept_page_stays(
    keeping: BrowserContext, live_server: str, ada: Person, team: Team
) -> None:
    enter(keeping, live_server, ada)
    page = keeping.new_page()
    leave_board(page, team)
    keeping.set_offline(True)
    page.go_back()
    expect(page.get_by_role("link", name="Secret card", exact=True)).to_be_visible()
