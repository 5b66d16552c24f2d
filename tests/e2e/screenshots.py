"""Pictures of every page and state, light and dark, desktop and phone: `make screenshots`.

All go to test-results/screenshots/ to be looked at; those that the README shows go to docs/screenshots/ too.
`SCENES="board since" SIZE=phone make screenshots` takes only those.
"""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from tests.e2e.scenes import MEMBER, NEWCOMER, VISITOR, Scene, put_back, show_in
from tests.e2e.world import ERRORS, World, be_here, log_in, make_world, welcome

ROOT = Path(__file__).parent.parent.parent
ALL = ROOT / "test-results" / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
IN_DOCS = {
    "board-light-desktop",
    "board-dark-desktop",
    "board-dark-phone",
    "dialog-light-desktop",
    "board-history-dark-desktop",
    "history-light-desktop",
    "lanes-typed-light-desktop",
    "bulk-dark-desktop",
    "palette-dark-desktop",
    "login-dark-desktop",
    "team-rights-light-desktop",
    "team-activity-dark-desktop",
}
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
WANTED = os.environ.get("SCENES", "").split()
SIZE = os.environ.get("SIZE", "")


def test_take_pictures(app: Flask, browser: Browser, live_server: str) -> None:
    for folder in (ALL, SHOWN):
        folder.mkdir(parents=True, exist_ok=True)
    world = make_world(app)
    be_here(browser, live_server, world, range(1, 6))
    failed: dict[str, str] = {}
    for size in [SIZE] if SIZE else SIZES:
        context = open_context(browser, live_server, size)
        page = context.new_page()
        page.set_default_timeout(6000)
        take(page, world, VISITOR, size, failed)
        welcome(page, world)
        take(page, world, NEWCOMER, size, failed)
        context.clear_cookies()
        log_in(page)
        take(page, world, MEMBER, size, failed)
        take_errors(page, world, size)
        print_board(page, world, size)
        context.close()
    for other in world.here:
        other.close()
    assert failed == {}


def open_context(browser: Browser, base_url: str, size: str) -> BrowserContext:
    width, height = SIZES[size]
    is_phone = size == "phone"
    return browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        has_touch=is_phone,
        is_mobile=is_phone,
        service_workers="block",
    )


def take(
    page: Page, world: World, scenes: tuple[Scene, ...], size: str, failed: dict[str, str]
) -> None:
    """Each scene once, in both themes: the theme is changed under the open page."""
    for scene in scenes:
        if (scene.keys and size == "phone") or (WANTED and scene.name not in WANTED):
            continue
        try:
            scene.open(page, world)
        except (Error, AssertionError) as error:
            failed[f"{scene.name}-{size}"] = str(error)
        page.wait_for_timeout(150)
        shoot(page, scene.name, size)
        put_back(page)


def shoot(page: Page, name: str, size: str) -> None:
    for theme in ("light", "dark"):
        show_in(page, theme)
        picture = ALL / f"{name}-{theme}-{size}.png"
        page.screenshot(path=picture, scale="css")
        if picture.stem in IN_DOCS:
            shutil.copy(picture, SHOWN / picture.name)


def take_errors(page: Page, world: World, size: str) -> None:
    for name, make in ERRORS.items():
        if WANTED and name not in WANTED:
            continue
        answer = {"body": world.error_page(make()), "content_type": "text/html"}
        page.route("**/refused", partial(Route.fulfill, **answer))
        page.goto("/refused")
        shoot(page, name, size)
        page.unroute_all()


def print_board(page: Page, world: World, size: str) -> None:
    if WANTED and "print" not in WANTED:
        return
    page.goto(world.board)
    page.emulate_media(media="print")
    page.screenshot(path=ALL / f"print-light-{size}.png")
    page.emulate_media(media="screen")
