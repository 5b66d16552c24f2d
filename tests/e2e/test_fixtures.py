"""What one test does in the browser does not reach the next one."""

from __future__ import annotations

from playwright.sync_api import Browser, Route

from tests.e2e.conftest import open_page
from tests.e2e.journeys import wait_until


def test_a_request_that_is_held_when_its_page_closes_fails_no_other_page(
    browser: Browser, live_server: str
) -> None:
    held: list[Route] = []
    with open_page(browser, base_url=live_server) as page:

        def hold(route: Route) -> None:
            held.append(route)
            page.wait_for_timeout(60_000)
            raise AssertionError("the page was closed long ago")

        page.route("**/register", hold)
        page.goto("/login")
        page.evaluate("void fetch('/register')")
        wait_until(page, lambda: held)
    with open_page(browser, base_url=live_server) as page:
        page.goto("/login")
        assert page.evaluate("document.hasFocus()")


def test_two_windows_both_have_the_focus_on_every_page(browser: Browser, live_server: str) -> None:
    with (
        open_page(browser, base_url=live_server) as first,
        open_page(browser, base_url=live_server) as second,
    ):
        for address in ("/login", "/register", "/login"):
            for page in (first, second):
                page.goto(address)
            for page in (first, second):
                assert page.evaluate("[document.hasFocus(), document.hidden]") == [True, False]
