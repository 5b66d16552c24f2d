"""A screen that is touched: taking an open page for one, and what on it is too small for a finger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

# Controls that are smaller than a finger. A link inside a sentence is no target of its own, and the title of a card
# reaches over the whole card. A control that lies in a larger label or covers more by `::after` has its size.
_SMALL = """() => {
  const most = 43.5;
  const box = (element) => {
    const after = getComputedStyle(element, "::after");
    const covering = after.position === "absolute" && after.content !== "none" ? element.offsetParent : null;
    return (element.closest("label") ?? covering ?? element).getBoundingClientRect();
  };
  return [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false }))
    .filter((element) => !element.closest("p, .prose, [inert], .visually-hidden, .skip"))
    .map((element) => [element, box(element)])
    .filter(([, { width, height }]) => width > 1 && (width < most || height < most))
    .map(([element, { width, height }]) => {
      return `${Math.round(width)}x${Math.round(height)} ${element.outerHTML.slice(0, 110)}`;
    });
}"""


def small_targets(page: Page) -> list[str]:
    """What can be pressed on the open page, and is smaller than a finger."""
    found: list[str] = page.evaluate(_SMALL)
    return found


@contextmanager
def touched(page: Page) -> Iterator[None]:
    """Within the block the page is on a screen that is touched."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    page.wait_for_function("matchMedia('(pointer: coarse)').matches")
    yield
    session.detach()  # which ends it
