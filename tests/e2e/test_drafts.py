"""Leaving what one is writing, in whatever way, saves it or keeps a draft that is offered again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.boards import DIALOG, card, close_card, link, open_card, toast
from tests.e2e.conftest import CUT_OFF, VIEWPORT, open_page
from tests.e2e.journeys import column

FORGIVEN = re.compile(
    rf"{CUT_OFF.pattern}|Failed to load .* status of 502"
    r"|htmx:(afterRequest|responseError), |Response Status Error Code 502"
)


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    """A page between which and the server a test may put a proxy that fails."""
    with open_page(browser, FORGIVEN, base_url=live_server, viewport=VIEWPORT) as page:
        yield page


def leave(page: Page, how: str) -> None:
    """Close the open card in one of the ways that people know."""
    if how == "cross":
        page.locator(f"{DIALOG} [data-close]").click()
    elif how == "backdrop":
        page.mouse.click(5, 400)
    elif how == "back":
        page.go_back()
    else:
        page.locator(f"{DIALOG} [data-close-task]").click()
    expect(page.locator(DIALOG)).to_be_hidden()


def open_field(page: Page, name: str) -> Locator:
    """Open the form of a field of the open card; answers its control."""
    page.locator(f"{DIALOG} #field-{name} .inline-field__edit").click()
    return page.locator(f"{DIALOG} #value-{name}")


LEAVINGS = ("cross", "backdrop", "back", "link")


@pytest.mark.parametrize("how", LEAVINGS)
def test_what_is_written_in_a_card_is_saved_by_closing_it(page: Page, board: str, how: str) -> None:
    open_card(page, "Two")
    open_field(page, "due").fill("2031-12-24")
    leave(page, how)
    open_card(page, "Two")
    expect(page.locator(f"{DIALOG} #field-due time")).to_have_attribute(
        "datetime", re.compile("2031-12-24")
    )


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("title", "Two and a half", "Two and a half"),
        ("description", "Line by line", "Line by line"),
        ("tags", "iron, tools", "tools"),
        ("start", "2031-12-24", "24 Dec"),
    ],
)
def test_every_field_of_a_card_is_saved_by_closing_it(
    page: Page, board: str, name: str, text: str, shown: str
) -> None:
    open_card(page, "Two")
    open_field(page, name).fill(text)
    leave(page, "cross")
    toast(page, "saved.").wait_for()
    page.reload()
    open_card(page, "Two and a half" if name == "title" else "Two")
    expect(page.locator(f"{DIALOG} #field-{name}")).to_contain_text(shown)
    expect(page.get_by_role("button", name="Unsaved draft")).to_have_count(0)


def test_a_step_that_was_not_sent_is_saved_by_closing_the_card(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator("#checklist-text").fill("Measure")
    leave(page, "cross")
    toast(page, "Step saved.").wait_for()
    open_card(page, "Two")
    expect(page.get_by_role("checkbox", name="Measure")).to_be_visible()
    expect(page.locator("#checklist-text")).to_have_value("")


def test_going_to_the_next_card_saves_what_was_written(page: Page, board: str) -> None:
    open_card(page, "Two")
    open_field(page, "tags").fill("iron")
    page.locator(f"{DIALOG} [data-step='1']").click()
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Three")
    page.locator(f"{DIALOG} [data-step='-1']").click()
    expect(page.locator(f"{DIALOG} #field-tags .chip")).to_have_text(["iron"])


def test_a_description_is_saved_by_leaving_its_field(page: Page, board: str) -> None:
    open_card(page, "Two")
    open_field(page, "description").fill("An hour of **work**")
    page.locator(f"{DIALOG} #comment-form textarea").click()
    expect(page.locator(f"{DIALOG} #field-description strong")).to_have_text("work")
    expect(page.locator(f"{DIALOG} #comment-form textarea")).to_be_focused()


def test_a_field_that_opened_beside_its_card_is_saved_by_a_click_elsewhere(
    page: Page, board: str
) -> None:
    link(page, "Two").focus()
    page.keyboard.press("l")
    page.locator(".field-popover #value-tags").fill("iron")
    page.mouse.click(640, 700)
    expect(card(page, "Two")).to_contain_text("iron")


def test_what_cannot_be_saved_while_closing_is_kept_and_said(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.route(
        "**/fields/tags", lambda route: route.abort() if is_post(route) else route.continue_()
    )
    open_field(page, "tags").fill("iron")
    leave(page, "cross")
    said = toast(page, "Tags is not saved")
    expect(said).to_contain_text("kept on this device")
    page.unroute("**/fields/tags")
    said.get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Unsaved draft: continue").click()
    expect(page.locator(f"{DIALOG} #value-tags")).to_have_value("iron")


def is_post(route: object) -> bool:
    return route.request.method == "POST"  # type: ignore[attr-defined]


def test_a_comment_that_was_not_sent_is_offered_where_it_was_written(
    page: Page, board: str
) -> None:
    open_card(page, "Two")
    page.locator(f"{DIALOG} #comment-form textarea").fill("Half a thou")
    close_card(page)
    expect(page.locator("#draft-link")).to_be_visible()
    toast(page, "kept on this device").get_by_role("button", name="Continue").click()
    field = page.locator(f"{DIALOG} #comment-form textarea")
    expect(field).to_have_value("Half a thou")
    expect(page.locator(f"{DIALOG} #comment-form")).to_contain_text("Restored from this device")
    page.locator(f"{DIALOG} #comment-form").get_by_role("button", name="Discard").click()
    expect(field).to_have_value("")
    page.reload()
    expect(page.locator("main #comment-form textarea")).to_have_value("")
    expect(page.locator("#draft-link")).to_have_count(0)


AWAY: dict[str, Callable[[Page, str], object]] = {
    "reload": lambda page, board: page.reload(),
    "address": lambda page, board: (page.goto("/teams"), page.goto(board)),
    "link": lambda page, board: (
        page.get_by_role("link", name="Teams").first.click(),
        page.wait_for_url("**/teams"),
        page.goto(board),
    ),
}


@pytest.mark.parametrize("how", sorted(AWAY))
def test_a_line_for_a_new_card_survives_leaving_the_board(page: Page, board: str, how: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.fill("Half a line")
    AWAY[how](page, board)
    expect(field).to_have_value("Half a line")
    field.press("Enter")
    card(page, "Half a line").wait_for()
    page.reload()
    expect(column(page, "Backlog").locator(".card")).to_have_count(4)
    expect(field).to_have_value("")


def test_a_draft_survives_the_tab_and_is_named_where_its_form_is_not(
    page: Page, board: str
) -> None:
    href = link(page, "Two").get_attribute("href") or ""
    tab = page.context.new_page()
    tab.goto(f"{href}/edit")
    tab.locator("textarea[name=description]").fill("Written in a tab that is closed")
    tab.close()
    page.goto("/teams")
    page.locator("#draft-link").click()
    expect(page.locator("textarea[name=description]")).to_have_value(
        "Written in a tab that is closed"
    )
    page.goto(href)
    page.get_by_role("button", name="Unsaved draft: continue").click()
    expect(page.locator("#task-details [name=description]")).to_have_value(
        "Written in a tab that is closed"
    )


def test_a_form_that_was_folded_away_is_open_with_its_draft(page: Page, board: str) -> None:
    page.goto("/boards")
    page.locator(".tile--new summary").first.click()
    page.locator(".tile--new [name=name]").first.fill("Autumn fair")
    page.reload()
    expect(page.locator(".tile--new [name=name]").first).to_be_visible()
    expect(page.locator(".tile--new [name=name]").first).to_have_value("Autumn fair")


def test_pasted_lines_survive_a_reload(page: Page, board: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.focus()
    page.locator(".quick-add__hint").first.wait_for(state="attached")
    field.evaluate(
        """(field) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", "First\\nSecond");
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }"""
    )
    page.get_by_role("button", name="Make 2 cards").wait_for()
    page.reload()
    page.get_by_role("button", name="Make 2 cards").click()
    card(page, "Second").wait_for()
    page.reload()
    page.locator(".board__columns[data-live=on]").wait_for()
    expect(page.get_by_role("button", name="Make 2 cards")).to_have_count(0)
    expect(column(page, "Backlog").locator(".card")).to_have_count(5)
