"""What axe-core says of an open page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SOURCE = Axe().axe_script
# Two rules that are not among the default ones, or not serious, and that we keep all the same.
KEPT = ("label-content-name-mismatch", "heading-order")
OPTIONS = """{
    resultTypes: ['violations'],
    rules: { 'label-content-name-mismatch': { enabled: true } },
}"""


def problems(page: Page) -> list[str]:
    """Serious and critical findings on the open page, and a page that is wider than its window."""
    # Half a megabyte of script: once for a page, although it is examined in two themes.
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE)
    found: list[dict[str, Any]] = page.evaluate(
        f"axe.run({OPTIONS}).then(({{ violations }}) => violations)"
    )
    said = [
        f"{finding['id']}: {finding['nodes'][0]['html'][:160]}"
        for finding in found
        if finding["impact"] in ("serious", "critical") or finding["id"] in KEPT
    ]
    if page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
    ):
        said.append("the page scrolls sideways")
    return said
