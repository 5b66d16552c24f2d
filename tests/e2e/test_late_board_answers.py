"""An answer that comes after somebody has gone on acts on nothing that has taken the place of what it was asked for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.boards import (
    card,
    drag_to_column,
    grab,
    link,
    press,
    resting_box,
    titles,
    toast,
)
from tests.e2e.journeys import column, wait_until
from tests.e2e.test_own_changes import MOVE, Held
from tests.e2e.test_palette import open_palette

POPOVER = ".field-popover"


def hold_over(page: Page, title: str, column_name: str) -> None:
    """Drag a card over a column, and hold it there."""
    grab(page, title)
    box = resting_box(column(page, column_name))
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 4, steps=5)
    expect(titles(page, column_name).last).to_have_text(title)


def release(page: Page, held: Held) -> None:
    """Let an answer come, and the page take it."""
    with page.expect_response(held.address):
        held.release()
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")


def task_address(page: Page, title: str) -> str:
    return link(page, title).get_attribute("href") or ""


def field_form(page: Page, title: str, field: str) -> re.Pattern[str]:
    """The address of the form of a card's field."""
    return re.compile(f"{task_address(page, title)}/fields/{field}$")


def open_settings(page: Page, name: str) -> None:
    column(page, name).hover()
    column(page, name).get_by_label("Column settings").click()


def settings_name(page: Page) -> Locator:
    """The field for the name in the settings of a column."""
    return page.locator("#view-popover").get_by_label("Name", exact=True)


def settings_address(page: Page, name: str) -> re.Pattern[str]:
    href = column(page, name).get_by_label("Column settings").get_attribute("href") or ""
    return re.compile(f"{href}$")


def test_a_card_that_is_held_over_a_column_can_be_dropped_after_others_changed_it(
    page: Page, board: str, grace: Page
) -> None:
    drag_to_column(grace, "Two", "Done")
    expect(titles(page, "Done")).to_have_text(["Two"])
    hold_over(page, "One", "Done")
    page.evaluate("document.addEventListener('forge:hint', () => { window.heard = true })")
    link(grace, "Two").focus()
    press(grace, "4")
    wait_until(page, lambda: page.evaluate("window.heard"))
    page.wait_for_timeout(600)  # in which the column would be fetched
    box = resting_box(column(page, "To do"))
    page.mouse.move(box["x"] + 60, box["y"] + 100, steps=5)
    page.mouse.up()
    expect(titles(page, "To do")).to_have_text(["One"])
    expect(titles(grace, "To do")).to_have_text(["One"])
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_be_attached()


def test_a_drag_ends_when_another_view_replaces_the_card(page: Page, board: str) -> None:
    page.locator(".board__views > a[data-view]").click()
    expect(titles(page, "Backlog")).to_have_count(0)
    page.locator(".board__views > a[data-view]").click()
    expect(titles(page, "Backlog")).to_have_count(3)
    hold_over(page, "One", "To do")
    page.go_back()
    expect(page.locator(".card.is-dragging, .is-target, .is-sorting")).to_have_count(0)
    page.mouse.up()
    page.go_forward()
    drag_to_column(page, "One", "Done")
    expect(titles(page, "Done")).to_have_text(["One"])


def test_what_waits_for_its_turn_is_sent_although_a_filter_hides_the_cards(
    page: Page, board: str
) -> None:
    held: list[Route] = []
    page.route(MOVE, lambda route: route.continue_() if held else held.append(route))
    link(page, "One").focus()
    press(page, ".", ".", "4")
    expect(card(page, "Three").locator(".icon--priority-urgent")).to_be_attached()
    wait_until(page, lambda: held)
    page.locator("#board-filter").click()
    page.get_by_role("dialog", name="Filter").get_by_label("Query").fill("none")
    expect(page.locator(".board__columns .card")).to_have_count(0)
    held[0].continue_()
    toast(page, "priority urgent").wait_for()
    page.goto(board)
    expect(titles(page, "To do")).to_have_text(["Two", "One"])
    expect(card(page, "Three").locator(".icon--priority-urgent")).to_be_attached()


def test_a_late_form_of_one_card_is_not_mistaken_for_that_of_the_next(
    page: Page, board: str
) -> None:
    held = Held(page, field_form(page, "One", "assignee"))
    link(page, "One").focus()
    press(page, "a")
    held.wait()
    press(page, "ArrowDown", "a")
    expect(page.locator(POPOVER)).to_be_visible()
    release(page, held)
    page.locator(POPOVER).get_by_role("button", name="Ada Byron").click()
    expect(card(page, "Two").locator(".avatar")).to_have_text("AB")
    expect(card(page, "One").locator(".avatar")).to_have_count(0)


@pytest.mark.parametrize(("key", "path"), [("t", "/fields/title"), ("m", "/move")])
def test_a_late_form_does_not_open_over_a_field_in_which_somebody_writes(
    page: Page, board: str, key: str, path: str
) -> None:
    held = Held(page, re.compile(f"{task_address(page, 'One')}{path}$"))
    link(page, "One").focus()
    press(page, key)
    held.wait()
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.click()
    page.keyboard.type("Fo")
    release(page, held)
    page.keyboard.type("ur")
    expect(field).to_have_value("Four")
    expect(page.locator(f"{POPOVER}:popover-open, #dialog[open]")).to_have_count(0)


def test_the_move_form_that_is_asked_for_twice_opens_once_on_the_board(
    page: Page, board: str
) -> None:
    held = Held(page, MOVE)
    link(page, "One").focus()
    press(page, "m")
    held.wait()
    press(page, "m")
    wait_until(page, lambda: len(held.late) == 2)
    release(page, held)
    expect(page.locator("#dialog #move-form")).to_be_visible()
    expect(page).to_have_url(board)


def test_late_settings_of_a_column_do_not_replace_those_of_the_next(page: Page, board: str) -> None:
    held = Held(page, settings_address(page, "Backlog"))
    open_settings(page, "Backlog")
    held.wait()
    open_settings(page, "To do")
    name = settings_name(page)
    expect(name).to_have_value("To do")
    release(page, held)
    expect(name).to_have_value("To do")


def test_settings_that_are_refused_after_they_were_closed_are_not_lost_silently(
    page: Page, board: str
) -> None:
    held: list[Route] = []
    page.route(
        "**/columns/**",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    open_settings(page, "To do")
    settings_name(page).fill("Next")
    page.keyboard.press("Enter")
    wait_until(page, lambda: held)
    open_settings(page, "Done")
    name = settings_name(page)
    expect(name).to_have_value("Done")
    held[0].fulfill(status=422, content_type="text/html", body="<p>No.</p>")
    toast(page, "That did not work").wait_for()
    expect(name).to_have_value("Done")


def test_the_palette_acts_on_a_card_that_was_drawn_again_since_it_was_opened(
    page: Page, board: str, grace: Page
) -> None:
    link(page, "One").focus()
    field = open_palette(page)
    link(grace, "One").focus()
    press(grace, "4")
    expect(card(page, "One").locator(".icon--priority-urgent")).to_be_attached()
    field.fill("move done")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Move to Done")
    page.keyboard.press("Enter")
    expect(titles(page, "Done")).to_have_text(["One"])
