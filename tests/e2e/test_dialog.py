"""A task in a dialog over its board: it has its own address, and the board is as it was when it closes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import problems
from tests.e2e.journeys import add_card, column, create_team, sign_up

DIALOG = "#task-dialog"


def open_card(page: Page, title: str) -> str:
    """Click a card's title; answers the address of its task."""
    link = page.get_by_role("link", name=title, exact=True)
    href = link.get_attribute("href") or ""
    link.click()
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text(title)
    return href


def test_a_click_opens_the_task_and_back_closes_it(page: Page, board: str) -> None:
    href = open_card(page, "Two")
    expect(page).to_have_url(re.compile(f"{href}$"))
    expect(page).to_have_title(re.compile("Two"))
    page.go_back()
    expect(page.locator(DIALOG)).not_to_be_visible()
    expect(page).to_have_url(board)
    expect(page).not_to_have_title(re.compile("Two"))
    expect(page.get_by_role("link", name="Two", exact=True)).to_be_focused()
    page.go_forward()
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Two")
    expect(page).to_have_url(re.compile(f"{href}$"))


def test_forward_right_after_back_opens_the_task_again(page: Page, board: str) -> None:
    href = open_card(page, "Two")
    # Forward before the browser has said that the dialog was closed by Back, which it says in a task of its own.
    page.evaluate(
        """(href) => addEventListener("popstate", () => {
          dispatchEvent(new PopStateEvent("popstate", { state: { task: href } }));
        }, { once: true })""",
        href,
    )
    page.go_back()
    page.wait_for_timeout(300)
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Two")
    expect(page).to_have_url(board)


def test_a_reload_shows_the_page_and_back_leads_to_the_board(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.reload()
    expect(page.locator("main .task__title")).to_have_text("Two")
    expect(page.locator(DIALOG)).to_have_count(0)
    page.go_back()
    expect(page.locator(".board__columns")).to_be_visible()
    expect(page).to_have_url(board)


@pytest.mark.parametrize("how", ["Escape", "button", "backdrop"])
def test_it_closes_as_people_expect(page: Page, board: str, how: str) -> None:
    open_card(page, "One")
    if how == "Escape":
        page.keyboard.press("Escape")
    elif how == "button":
        page.locator(f"{DIALOG} [data-close]").click()
    else:
        page.mouse.click(5, 400)
    expect(page.locator(DIALOG)).not_to_be_visible()
    expect(page).to_have_url(board)


def test_enter_on_a_card_opens_it_and_its_neighbours_follow_by_key(page: Page, board: str) -> None:
    page.get_by_role("link", name="One", exact=True).focus()
    page.keyboard.press("Enter")
    title = page.locator(f"{DIALOG} .task__title")
    expect(title).to_have_text("One")
    page.keyboard.press("j")
    expect(title).to_have_text("Two")
    page.keyboard.press("j")
    expect(title).to_have_text("Three")
    page.keyboard.press("k")
    expect(title).to_have_text("Two")
    page.go_back()
    expect(page).to_have_url(board)
    expect(page.get_by_role("link", name="Two", exact=True)).to_be_focused()


def test_the_board_keeps_its_scroll(page: Page, board: str) -> None:
    for number in range(12):
        add_card(page, f"More {number}")
    cards = column(page, "Backlog").locator(".column__cards")
    cards.evaluate("(list) => { list.scrollTop = 200; }")
    before = cards.evaluate("(list) => list.scrollTop")
    assert before > 0
    open_card(page, "More 6")
    page.go_back()
    expect(page.locator(DIALOG)).not_to_be_visible()
    assert cards.evaluate("(list) => list.scrollTop") == before


def test_a_control_click_opens_a_tab(page: Page, board: str) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="One", exact=True).click(modifiers=["Control"])
    expect(opened.value.locator("main .task__title")).to_have_text("One")
    expect(page.locator(DIALOG)).to_have_count(0)


def test_what_cannot_be_shown_in_the_dialog_is_said_there(page: Page, board: str) -> None:
    href = page.get_by_role("link", name="One", exact=True).get_attribute("href") or ""

    def fail_the_partial(route: object) -> None:
        if route.request.headers.get("hx-request"):  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route(f"**{href}", fail_the_partial)
    page.get_by_role("link", name="One", exact=True).click()
    expect(page.locator(DIALOG)).to_contain_text("No connection, so this card can’t be shown.")
    expect(page.locator(".board__columns")).to_be_visible()
    page.unroute(f"**{href}")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("One")


def test_what_is_done_in_the_dialog_is_seen_on_the_board_behind(page: Page, board: str) -> None:
    open_card(page, "Two")
    page.locator(f"{DIALOG} .task__title").click()
    page.locator(f"{DIALOG} #value-title").fill("Two and a half")
    page.keyboard.press("Enter")
    expect(page.locator(f"{DIALOG} .task__title")).to_have_text("Two and a half")
    card = page.locator(".card", has_text="Two and a half")
    expect(card).to_have_count(1)
    expect(card).not_to_have_class(re.compile("is-changed"))
    page.locator(f"{DIALOG} #comment-form [name=content]").fill("A word")
    page.locator(f"{DIALOG} #comment-form button[type=submit]").click()
    expect(page.locator(f"{DIALOG} .comment")).to_contain_text("A word")
    page.locator(DIALOG).get_by_role("button", name="Mark done").click()
    expect(page.locator(f"{DIALOG} #field-column")).to_contain_text("Done")
    expect(column(page, "Done").locator(".card")).to_have_count(1)
    expect(page.locator(DIALOG).get_by_role("button", name="Mark done")).to_have_count(0)
    expect(page.locator(".toast").last).to_contain_text("is done")


def test_deleting_closes_the_dialog_and_takes_the_card_away(page: Page, board: str) -> None:
    open_card(page, "Three")
    page.locator(f"{DIALOG} form[action$='/delete'] button").click()
    expect(page.locator(DIALOG)).not_to_be_visible()
    expect(page).to_have_url(board)
    expect(page.locator(".card", has_text="Three")).to_have_count(0)
    expect(page.locator(".toast").last).to_contain_text("is in the trash")


SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_dialog_has_no_serious_problem(
    browser: Browser, live_server: str, size: str, theme: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=live_server,
        color_scheme=theme,
        viewport={"width": width, "height": height},
        has_touch=size == "phone",
        bypass_csp=True,  # axe is injected
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)  # axe looks at every field
    sign_up(page)
    create_team(page)
    add_card(page, "Examined")
    open_card(page, "Examined")
    found = {"dialog": problems(page)}
    page.locator("#checklist-text").fill("A step")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="A step").wait_for()
    for name in ("title", "description", "column", "assignee", "due", "tags"):
        page.locator(f"#field-{name} .inline-field__edit").click()
        page.locator(f"#field-{name}.inline-field--open").wait_for()
        found[name] = problems(page)
        page.keyboard.press("Escape")
        page.locator(f"#field-{name}:not(.inline-field--open)").wait_for()
    if size == "phone":
        box = page.locator(DIALOG).bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (width, height)
    context.close()
    assert {name: said for name, said in found.items() if said} == {}
