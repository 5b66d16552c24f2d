"""A card that changes while its drawing is on its way is shown as it is now, not as it was asked for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.boards import DIALOG, link, open_card
from tests.e2e.journeys import wait_until

TASK = re.compile(r"/tasks/[0-9a-f-]+$")


def hold_answers(
    page: Page, held: list[tuple[Route, bytes]], address: re.Pattern[str] = TASK
) -> None:
    """Fetch a task's drawing when it is asked for, but keep it back."""

    def hold(route: Route) -> None:
        held.append((route, route.fetch().body()))

    page.route(address, hold)


def let_go(page: Page, held: list[tuple[Route, bytes]]) -> None:
    """Answer with the drawing that was fetched first; what is asked for from now on passes."""
    page.unroute(TASK)
    route, body = held[0]
    route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)


def test_a_card_opened_while_its_last_edit_is_being_saved_shows_it(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(f"{DIALOG} #field-due .inline-field__edit").click()
    page.locator(f"{DIALOG} #value-due").fill("2031-12-24")
    saving: list[Route] = []
    page.route("**/fields/due", lambda route: saving.append(route))
    held: list[tuple[Route, bytes]] = []
    hold_answers(page, held)
    page.locator(f"{DIALOG} [data-close]").click()
    expect(page.locator(DIALOG)).to_be_hidden()
    link(page, "Two").focus()
    page.keyboard.press("Enter")
    wait_until(page, lambda: bool(saving and held))
    with page.expect_response("**/fields/due"):
        saving[0].continue_()
    let_go(page, held)
    expect(page.locator(f"{DIALOG} #field-due time")).to_have_attribute(
        "datetime", re.compile("2031-12-24")
    )


@pytest.mark.parametrize("key", ["j", "k"])
def test_a_late_drawing_of_a_card_leaves_the_next_card_alone(
    page: Page, board: str, key: str
) -> None:
    open_card(page, "Two")
    held: list[tuple[Route, bytes]] = []
    hold_answers(page, held, re.compile(re.escape(page.url) + "$"))
    page.locator("#checklist-text").fill("Measure")
    page.keyboard.press("Enter")  # what else it changes in the card is asked for
    wait_until(page, lambda: bool(held))
    page.locator(f"{DIALOG} .task-dialog__body").focus()
    page.keyboard.press(key)
    title = "Three" if key == "j" else "One"
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text(title)
    with page.expect_response(TASK):
        let_go(page, held)
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")  # the page has taken it
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text(title)
    expect(page.get_by_role("checkbox", name="Measure")).to_have_count(0)
