"""Looking at an open page in both themes and at two sizes."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.axe import problems
from tests.e2e.scenes import show_in
from tests.e2e.touching import small_targets, touched

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
PICTURES = os.environ.get("E2E_PICTURES")  # a folder
# Axe is injected (the policy itself is asserted elsewhere), and no colour is on its way to another.
LOOKED_AT: dict[str, object] = {
    "viewport": {"width": 1280, "height": 800},
    "bypass_csp": True,
    "reduced_motion": "reduce",
}


def look(page: Page, name: str) -> None:
    """Look at the open page (in a profile of `LOOKED_AT`): no serious problem, and not wider than its window.

    On a phone nothing that can be pressed is smaller than a finger.
    """
    _look_at(page, name, "desktop")
    with touched(page):
        _resize(page, "phone")
        assert small_targets(page) == [], name  # first: a picture ends the touching
        _look_at(page, name, "phone")
    _resize(page, "desktop")


def _look_at(page: Page, name: str, size: str) -> None:
    _resize(page, size)
    for theme in ("light", "dark"):
        show_in(page, theme)
        assert problems(page) == [], f"{name}, {theme}, {size}"
        if PICTURES:
            page.screenshot(path=Path(PICTURES, f"{name}-{theme}-{size}.png"), full_page=True)


def _resize(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
