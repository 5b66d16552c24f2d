"""Scenes of many cards at once: a selection, its page, and lanes into which cards are written."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.e2e.scene import go, select
from tests.e2e.world import World


def bulk(page: Page, world: World) -> None:
    """Three cards of a column are selected."""
    select(page, world, "x")
    page.locator("#bulk").wait_for()
    for key in ("ArrowUp", "x", "ArrowUp", "x"):
        page.keyboard.press(key)


def bulk_menu(page: Page, world: World) -> None:
    bulk(page, world)
    page.locator("#bulk-column > summary").click()


def bulk_page(page: Page, world: World) -> None:
    """What selecting is without scripts."""
    go(page, f"{world.board}/select")
    for place in (0, 2, 3):
        page.locator("main [name=task_id]").nth(place).check(force=True)


def lanes(kind: str) -> Callable[[Page, World], object]:
    """The board in lanes, which it forgets for the next scene."""

    def open_lanes(page: Page, world: World) -> None:
        go(page, f"{world.board}?lanes={kind}")
        world.forget_lanes()

    return open_lanes


def open_field(page: Page, world: World) -> Locator:
    lanes("priority")(page, world)
    page.locator(".lane-add").first.dispatch_event("click")
    page.locator(".lane form.is-live").wait_for()
    return page.locator(".lane form.is-live [name=title]")


def lanes_quick_add(page: Page, world: World) -> None:
    open_field(page, world)


def lanes_typed(page: Page, world: World) -> None:
    open_field(page, world).press_sequentially("Oil it #shop @ma")
    page.locator(".suggest:popover-open [role=option]").first.wait_for()
