"""axe-core finds nothing serious or critical on any page, in both themes, on a desktop and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.pages import VISITOR_PAGES, furnish

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


def problems(page: Page) -> list[str]:
    """Serious and critical findings on the open page, and a page that is wider than its window."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    said = [
        f"{finding['id']}: {finding['nodes'][0]['html'][:160]}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
        said.append("the page scrolls sideways")
    return said


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_problem(
    browser: Browser, live_server: str, size: str, theme: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=live_server,
        color_scheme=theme,
        viewport={"width": width, "height": height},
        bypass_csp=True,  # axe is injected; the policy itself is asserted elsewhere
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(5000)
    wrong = {}
    for name, address in VISITOR_PAGES.items():
        page.goto(address)
        wrong[name] = problems(page)
    for name, address in furnish(page).items():
        page.goto(address)
        wrong[name] = problems(page)
    context.close()
    assert {name: said for name, said in wrong.items() if said} == {}
