"""No script of a page can turn text into code, and none of our pages needs to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import VIEWPORT, open_page
from tests.e2e.journeys import add_card, create_team, sign_up

# Run as a handler of the page: what Playwright evaluates by itself is exempt from the policy.
ATTEMPTS = {
    "eval": "() => window.eval('1')",
    "function": "() => new Function('1')()",
    "timer": "() => setTimeout('1')",
    "source": "() => { document.createElement('script').src = '/assets/x.js'; }",
    "text": "() => { document.createElement('script').text = '1'; }",
    "handler": "() => { document.body.setAttribute('onclick', '1'); }",
    "policy": "() => { trustedTypes.createPolicy('mine', {}); }",
}
REFUSED = re.compile(".*(Trusted|trusted-types|unsafe-eval|Content Security Policy)", re.S)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_page_cannot_make_code_of_text(browser: Browser, live_server: str, name: str) -> None:
    with open_page(browser, REFUSED, base_url=live_server, viewport=VIEWPORT) as page:
        page.goto("/login")
        page.evaluate(
            "() => document.addEventListener('try', () => {"
            f" try {{ ({ATTEMPTS[name]})(); document.title = 'done'; }}"
            " catch { document.title = 'refused'; } })"
        )
        page.evaluate("setTimeout(() => document.dispatchEvent(new Event('try')), 0)")
        expect(page).to_have_title("refused")


def test_html_of_the_server_is_still_shown(page: Page) -> None:
    sign_up(page)
    create_team(page)
    add_card(page, "Shown")
    page.get_by_role("link", name="Shown", exact=True).click()
    expect(page.locator("#task-dialog .task__title")).to_have_text("Shown")
