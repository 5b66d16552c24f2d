"""Pictures of every page, light and dark, desktop and phone: `make screenshots`.

All go to test-results/screenshots/ to be looked at; those that the README shows go to docs/screenshots/ too.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from taskforge import clock
from taskforge.demo import stage, story
from tests.e2e.journeys import PASSWORD
from tests.e2e.pages import VISITOR_PAGES, furnish

ROOT = Path(__file__).parent.parent.parent
ALL = ROOT / "test-results" / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
IN_DOCS = (
    "demo-board-light-desktop",
    "demo-board-dark-desktop",
    "demo-board-dark-phone",
    "task-light-desktop",
    "login-dark-desktop",
)
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_take_pictures(
    app: Flask, browser: Browser, live_server: str, size: str, theme: str
) -> None:
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
    context.clear_cookies()
    shoot("demo-board", open_demo(app, page))
    context.close()


def open_demo(app: Flask, page: Page) -> str:
    """Log in to a demo team; answers the address of its biggest board."""
    with app.app_context():
        scene = stage.set_up(PASSWORD, clock.now())
        stage.act(scene, story.tell(1, clock.now(), share=0.35), done=lambda: None)
    page.goto("/login")
    page.locator("[name=email]").fill(stage.email_of(0))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/boards**")
    return f"/boards/{scene.boards[0]}"
