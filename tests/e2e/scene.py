"""What scenes are made of: a name and a way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.e2e.world import TITLE, World


@dataclass(frozen=True)
class Scene:
    """A state: `open` leads there. `keys` are scenes that only a pointer device with a keyboard has."""

    name: str
    open: Callable[[Page, World], object]
    keys: bool = False


def go(page: Page, address: str) -> None:
    """Open a page and wait until its scripts and its stream are there."""
    page.goto(address)
    if page.locator("[data-live-url]").count():
        page.locator("[data-live=on]").first.wait_for()


def at(address: str) -> Callable[[Page, World], object]:
    """A plain page; `{board}`, `{task}` and so on stand for parts of the world's addresses."""
    return lambda page, world: go(page, address.format(**vars(world)))


def select(page: Page, world: World, *keys: str) -> None:
    """The board with the task's card selected, and keys pressed on it."""
    go(page, world.board)
    page.get_by_role("link", name=TITLE, exact=True).focus()
    for key in keys:
        page.keyboard.press(key)
