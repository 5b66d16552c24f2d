"""The command palette: what it offers first, what it finds, and what happens on Enter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accounts import add_column, join_team, make_board
from tests.e2e.axe import problems
from tests.e2e.journeys import column
from tests.search.feeding import feed_search


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """A board with two cards in the backlog."""
    log_in(page)
    board = make_board(page, "Quench the blade", "Sweep the floor")
    page.goto(board)
    return board


def open_palette(page: Page, keys: str = "Control+k") -> Locator:
    page.keyboard.press(keys)
    field = page.locator("#palette").get_by_role("combobox")
    expect(field).to_be_focused()
    return field


def options(page: Page) -> Locator:
    return page.locator("#palette").get_by_role("option")


def active(page: Page) -> Locator:
    return page.locator("#palette [aria-selected=true]")


def test_the_selected_card_comes_first_and_is_moved_by_enter(page: Page, board: str) -> None:
    page.keyboard.press("ArrowDown")
    field = open_palette(page)
    expect(options(page).first).to_contain_text("Peek")
    expect(page.locator(".palette__title").first).to_contain_text("Quench the blade")
    field.fill("move done")
    expect(active(page)).to_contain_text("Move to Done")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("palette-"))
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()
    expect(column(page, "Done").get_by_role("link", name="Quench the blade")).to_be_visible()
    expect(page.get_by_role("link", name="Sweep the floor")).to_be_focused()
    open_palette(page)
    expect(page.locator(".palette__title").first).to_have_text("Recent")
    expect(options(page).first).to_contain_text("Move to Done")


def test_of_two_columns_of_one_name_the_chosen_one_is_taken(page: Page, board: str) -> None:
    add_column(page, "Done")
    page.goto(board)
    page.keyboard.press("ArrowDown")
    open_palette(page).fill("move done")
    found = options(page).filter(has_text="Move to Done")
    expect(found).to_have_count(2)
    found.last.click()
    quenched = page.get_by_role("link", name="Quench the blade")
    expect(page.locator(".column").last.filter(has=quenched)).to_be_visible()


def test_a_new_board_begins_in_the_form_of_the_open_boards_team(page: Page, board: str) -> None:
    team = page.locator(".crumbs a").first.get_attribute("href") or ""
    field = open_palette(page)
    field.fill("new board")
    options(page).filter(has_text="New board").first.click()
    name = page.locator(f"#board-name-{team.split('/')[-1]}")
    expect(name).to_be_focused()
    expect(name).to_have_value("")
    page.goto(board)
    field = open_palette(page)
    field.fill("new board Autumn fair")
    expect(active(page)).to_contain_text("Create board “Autumn fair”")
    page.keyboard.press("Enter")
    expect(name).to_have_value("Autumn fair")
    expect(name).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Autumn fair")
    expect(page.locator(".crumbs a").first).to_have_attribute("href", team)


def test_a_card_is_created_in_the_lane_of_the_selected_one(page: Page, board: str) -> None:
    page.goto(f"{board}?lanes=priority")
    page.get_by_role("link", name="Sweep the floor").focus()
    field = open_palette(page)
    field.fill("Oil the hinge")
    options(page).filter(has_text="Create card “Oil the hinge”").click()
    lane = page.locator(".lane").filter(has=page.get_by_role("heading", name="Medium"))
    expect(lane.get_by_role("link", name="Oil the hinge")).to_be_visible()


def test_somebody_is_assigned_by_name(page: Page, board: str) -> None:
    page.keyboard.press("ArrowDown")
    field = open_palette(page)
    field.fill("assign byr")
    options(page).filter(has_text="Assign to Ada Byron").click()
    expect(page.locator(".card", has_text="Quench").locator(".avatar")).to_have_attribute(
        "aria-label", "Ada Byron"
    )


def test_places_are_found_and_the_arrows_go_round(page: Page, board: str) -> None:
    field = open_palette(page)
    expect(options(page).first).to_contain_text("Go to Boards")
    page.keyboard.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    field.fill("trash")
    expect(active(page)).to_contain_text("Go to Trash")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trash")


def test_a_task_is_found_from_any_page(app: Flask, page: Page, board: str) -> None:
    feed_search(app)
    page.goto("/boards")
    field = open_palette(page, "/")
    field.fill("blade")
    expect(active(page)).to_contain_text("Quench the blade")
    expect(page.locator("#palette .visually-hidden[role=status]")).to_have_text("1 result")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/**")


def test_what_is_not_found_can_be_made(page: Page, board: str) -> None:
    field = open_palette(page, "/")
    field.fill("Order charcoal")
    expect(options(page)).to_have_count(1)
    expect(active(page)).to_contain_text("Create card “Order charcoal”")
    page.keyboard.press("Enter")
    expect(column(page, "Backlog").get_by_role("link", name="Order charcoal")).to_be_visible()


def test_it_closes_by_escape_and_gives_the_focus_back(page: Page, board: str) -> None:
    page.keyboard.press("ArrowDown")
    open_palette(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Quench the blade")).to_be_focused()
    open_palette(page)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_hidden()
    page.get_by_role("link", name="Search", exact=True).click()
    expect(page.locator("#palette").get_by_role("combobox")).to_be_focused()


def test_a_search_that_fails_leaves_the_commands(page: Page, board: str) -> None:
    page.route("**/find?**", lambda route: route.abort())
    field = open_palette(page)
    field.fill("zzzz")
    expect(page.locator("#palette")).to_contain_text("The search does not answer")
    field.fill("inbox")
    expect(active(page)).to_contain_text("Go to Inbox")


def test_a_wrong_term_is_named(app: Flask, page: Page, board: str) -> None:
    feed_search(app)
    palette = page.locator("#palette")
    field = open_palette(page)
    field.fill("blade is:opne")
    expect(palette.locator(".palette__empty")).to_contain_text("Did you mean open?")
    expect(palette.locator(".visually-hidden[role=status]")).to_contain_text("Did you mean open?")
    field.fill("blade is:open")
    expect(active(page)).to_contain_text("Quench the blade")
    expect(palette.locator(".palette__empty")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_palette_is_accessible(app: Flask, page: Page, board: str, theme: str) -> None:
    feed_search(app)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.keyboard.press("ArrowDown")
    field = open_palette(page)
    assert problems(page) == []
    field.fill("the")
    expect(options(page).filter(has_text="Sweep the floor")).to_be_visible()
    assert problems(page) == []


def found(page: Page, typed: str) -> Locator:
    """The first option for what is typed, in a palette that is opened anew."""
    palette = page.locator("#palette")
    if palette.is_visible():
        page.keyboard.press("Escape")
        expect(palette).to_be_hidden()
    open_palette(page).fill(typed)
    return active(page)


# The browser takes the focus from a closed dialog a frame later; until then its field gets the keys.
PRESS_AFTER_CLOSE = """(field, init) => {
    const dialog = field.closest("dialog");
    if (dialog.open) dialog.close();
    field.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
}"""


def test_the_keys_right_after_it_was_closed_are_not_for_the_palette(page: Page, board: str) -> None:
    page.keyboard.press("ArrowDown")
    open_palette(page).fill("Go to Teams")
    expect(active(page)).to_contain_text("Go to Teams")
    field = page.locator("#palette input")
    field.evaluate(PRESS_AFTER_CLOSE, {"key": "Enter"})
    field.evaluate(PRESS_AFTER_CLOSE, {"key": "k", "ctrlKey": True})
    expect(page.locator("#palette").get_by_role("combobox")).to_be_focused()
    field.evaluate(PRESS_AFTER_CLOSE, {"key": "?", "shiftKey": True})
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert page.url == board


def test_a_command_is_found_by_other_words_for_it(page: Page, board: str) -> None:
    page.keyboard.press("ArrowDown")
    for typed, words in (
        ("delete", "Move to the trash"),
        ("theme", "Change the theme"),
        ("dark", "Change the theme"),
        ("bearer", "Go to API tokens"),
        ("export", "Your data"),
        ("passkey", "Two-factor log-in and passkeys"),
        ("password", "Change your password"),
        ("mail", "Change your e-mail address"),
        ("invite", "Invite people"),
        ("fold done", "Fold Done"),
        ("collapse review", "Fold In review"),
        ("column limit done", "Settings of Done"),
        ("delete board", "Go to Board settings"),
        ("lanes tag", "Lanes: by tag"),
    ):
        expect(found(page, typed)).to_contain_text(words)
    expect(found(page, "fold done")).to_contain_text("Fold Done")
    with page.expect_response("**/fold"):
        page.keyboard.press("Enter")
    expect(column(page, "Done").locator(".card, .column__cards")).to_be_hidden()
    expect(found(page, "unfold")).to_contain_text("Unfold Done")


def test_other_pages_offer_what_they_have(page: Page, board: str) -> None:
    team = page.locator(".crumbs a").first.get_attribute("href") or ""
    page.goto(team)
    expect(found(page, "invite")).to_contain_text("Invite a person")
    page.keyboard.press("Enter")
    expect(page.locator("#member-form [name=email]")).to_be_focused()
    expect(found(page, "edit")).to_contain_text("Edit")
    page.goto(f"{board}/settings")
    expect(found(page, "new column")).to_contain_text("New column")
    page.keyboard.press("Enter")
    expect(page.locator("#new-column [name=name]")).to_be_focused()
    expect(found(page, "delete")).to_contain_text("Delete this board")
    page.goto(board)
    page.get_by_role("link", name="Sweep the floor").click()
    page.locator("#task-dialog .task__title").wait_for()
    page.reload()
    page.locator(".task__title").wait_for()
    expect(found(page, "due")).to_contain_text("Change: Due")
    expect(found(page, "delete")).to_contain_text("to the trash")
    page.goto("/profile")
    expect(found(page, "theme")).to_be_visible()


def test_a_guest_is_offered_nothing_that_a_guest_may_not_do(
    page: Page, board: str, second_page: Page, log_in: Callable[..., None]
) -> None:
    log_in(second_page, "Gus", "Guest")
    join_team(page, second_page, role="guest")
    second_page.goto(board)
    second_page.keyboard.press("ArrowDown")
    for typed in ("delete", "invite"):
        found(second_page, typed)
        expect(options(second_page).filter(has_text="Move to the trash")).to_have_count(0)
        expect(options(second_page).filter(has_text="Invite people")).to_have_count(0)
    expect(found(second_page, "fold done")).to_contain_text("Fold Done")
