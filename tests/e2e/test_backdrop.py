"""A dialog is closed by a press and a release on its backdrop, and by nothing less."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.boards import DIALOG, link, open_card


def open_task(page: Page) -> Locator:
    open_card(page, "Two")
    page.locator(f"{DIALOG} #comment-form textarea").fill("Selected with a long stroke")
    return page.locator(f"{DIALOG} #comment-form textarea")


def open_palette(page: Page) -> Locator:
    page.keyboard.press("Control+k")
    field = page.locator("#palette input")
    field.fill("Selected")
    return field


def open_move_form(page: Page) -> Locator:
    link(page, "Two").focus()
    page.keyboard.press("m")
    form = page.locator("#dialog form")
    form.wait_for()
    return form


OPENERS: dict[str, Callable[[Page], Locator]] = {
    "task": open_task,
    "palette": open_palette,
    "move": open_move_form,
}


@pytest.mark.parametrize("which", sorted(OPENERS))
def test_a_stroke_that_ends_or_begins_outside_closes_nothing(
    page: Page, board: str, which: str
) -> None:
    within = OPENERS[which](page)
    box = within.bounding_box()
    assert box
    inside = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    outside = (5, 700)
    for start, end in ((inside, outside), (outside, inside)):
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=4)
        page.mouse.up()
        expect(within).to_be_visible()
    page.mouse.click(*outside)
    expect(within).to_be_hidden()
