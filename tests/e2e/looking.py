"""Looking at an open page in both themes and at two sizes."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.axe import problems
from tests.e2e.scenes import show_in

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
PICTURES = os.environ.get("E2E_PICTURES")  # a folder
# Axe is injected (the policy itself is asserted elsewhere), and no colour is on its way to another.
LOOKED_AT: dict[str, object] = {
    "viewport": {"width": 1280, "height": 800},
    "bypass_csp": True,
    "reduced_motion": "reduce",
}


def look(page: Page, name: str) -> None:
    """Look at the open page (in a profile of `LOOKED_AT`): no serious problem, and not wider than its window."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            show_in(page, theme)
            assert problems(page) == [], f"{name}, {theme}, {size}"
            if PICTURES:
                page.screenshot(path=Path(PICTURES, f"{name}-{theme}-{size}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})
