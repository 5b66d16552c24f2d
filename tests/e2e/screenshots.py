"""Pictures of every page, light and dark, desktop and phone: `make screenshots`.

All go to test-results/screenshots/ to be looked at; those that the README shows go to docs/screenshots/ too.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.pages import VISITOR_PAGES, furnish

ROOT = Path(__file__).parent.parent.parent
ALL = ROOT / "test-results" / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
IN_DOCS = (
    "board-light-desktop",
    "board-dark-desktop",
    "board-dark-phone",
    "task-light-desktop",
    "login-dark-desktop",
)
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_take_pictures(browser: Browser, live_server: str, size: str, theme: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=live_server,
        color_scheme=theme,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    page = context.new_page()
    ALL.mkdir(parents=True, exist_ok=True)
    SHOWN.mkdir(parents=True, exist_ok=True)

    def shoot(name: str, address: str) -> None:
        picture = ALL / f"{name}-{theme}-{size}.png"
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=picture)
        assert picture.stat().st_size > 5000
        if picture.stem in IN_DOCS:
            shutil.copy(picture, SHOWN / picture.name)

    for name, address in VISITOR_PAGES.items():
        shoot(name, address)
    for name, address in furnish(page).items():
        shoot(name, address)
    context.close()
