"""A board without a mouse: walking, changing and moving the selected card, and looking into it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accounts import make_board
from tests.e2e.axe import problems
from tests.e2e.boards import press, press_at_once
from tests.e2e.journeys import column, move_card


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """A board with One, Two and Three in the backlog and Four in progress."""
    log_in(page)
    board = make_board(page, "One", "Two", "Three", "Four")
    page.goto(board)
    move_card(page, "Four", "In progress")
    page.goto(board)
    page.locator("[data-live=on]").wait_for()
    return board


def card(page: Page, title: str) -> Locator:
    return page.locator(".card").filter(has=page.get_by_role("link", name=title, exact=True))


def expect_selected(page: Page, title: str) -> None:
    expect(page.get_by_role("link", name=title, exact=True)).to_be_focused()


def titles(page: Page, name: str) -> list[str]:
    return column(page, name).locator(".card__title").all_inner_texts()


def test_arrows_walk_cards_and_columns(page: Page, board: str) -> None:
    press(page, "ArrowDown")
    expect_selected(page, "One")
    press(page, "ArrowDown", "ArrowDown", "ArrowDown")
    expect_selected(page, "Three")
    press(page, "Home")
    expect_selected(page, "One")
    press(page, "End", "ArrowUp")
    expect_selected(page, "Two")
    press(page, "ArrowRight")  # past the empty column
    expect_selected(page, "Four")
    press(page, "ArrowRight")
    expect_selected(page, "Four")
    press(page, "ArrowLeft")
    expect_selected(page, "One")
    press(page, "Escape")
    expect(page.locator("body")).to_be_focused()
    press(page, "ArrowDown")
    expect_selected(page, "One")
    with page.expect_navigation():
        press(page, "Enter")
    expect(page).to_have_url(re.compile("/tasks/"))


def test_tab_passes_all_cards_but_the_selected_one(page: Page, board: str) -> None:
    press(page, "ArrowDown", "ArrowDown")
    expect_selected(page, "Two")
    press(page, "Tab")
    expect(card(page, "Two").locator(".card__move")).to_be_focused()
    press(page, "Tab")
    expect(column(page, "Backlog").locator("form.quick-add [name=title]")).to_be_focused()
    for _ in range(20):
        press(page, "Tab")
        assert not page.evaluate("document.activeElement.closest('.card') !== null")
    column(page, "Backlog").locator("form.quick-add [name=title]").focus()
    press(page, "Shift+Tab", "Shift+Tab")
    expect_selected(page, "Two")


def test_cards_are_carried_by_shift_and_arrows(page: Page, board: str) -> None:
    press(page, "ArrowDown", "Shift+ArrowDown")
    expect(card(page, "One")).to_have_attribute("data-version", "2")
    assert titles(page, "Backlog") == ["Two", "One", "Three"]
    expect_selected(page, "One")
    press(page, "Shift+ArrowUp")
    expect(card(page, "One")).to_have_attribute("data-version", "3")
    assert titles(page, "Backlog") == ["One", "Two", "Three"]
    press(page, "Shift+ArrowRight")
    expect(card(page, "One")).to_have_attribute("data-version", "4")
    expect_selected(page, "One")
    press(page, "Shift+ArrowRight")
    expect(card(page, "One")).to_have_attribute("data-version", "5")
    assert titles(page, "In progress") == ["One", "Four"]
    expect(page.locator("#board-announcement")).to_contain_text("moved to In progress, place 1")
    page.reload()
    assert titles(page, "In progress") == ["One", "Four"]


def test_a_digit_sets_the_priority_and_undo_takes_it_back(page: Page, board: str) -> None:
    press(page, "ArrowDown", "4")
    glyph = card(page, "One").locator(".icon--priority-urgent")
    expect(glyph).to_be_visible()
    expect(page.locator("#board-announcement")).to_contain_text("priority urgent")
    expect(page.locator(".toast")).to_contain_text("priority urgent")
    expect(card(page, "One")).to_have_attribute("data-version", "2")
    expect_selected(page, "One")
    expect(page.locator(".card.is-changed")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(card(page, "One").locator(".card__fact--icon")).to_have_count(0)
    press(page, "ArrowDown", "3", "0")
    expect(card(page, "One")).to_have_attribute("data-version", "5")
    expect(card(page, "One").locator(".card__fact--icon")).to_have_count(0)


def test_i_assigns_me_and_a_asks_whom(page: Page, board: str) -> None:
    press(page, "ArrowDown", "i")
    avatar = card(page, "One").locator(".avatar")
    expect(avatar).to_have_attribute("aria-label", "Ada Byron")
    expect(page.locator(".toast")).to_contain_text("assigned to Ada Byron")
    page.reload()
    expect(avatar).to_have_attribute("aria-label", "Ada Byron")


def test_a_field_is_edited_beside_the_card(page: Page, board: str) -> None:
    press(page, "ArrowDown", "t")
    form = page.get_by_role("dialog", name=re.compile("^Title of"))
    expect(form.locator("[name=value]")).to_be_focused()
    page.keyboard.type("First of all")
    press(page, "Enter")
    expect(page.get_by_role("link", name="First of all", exact=True)).to_be_focused()
    expect(form).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("Title of")
    press(page, "l")
    page.get_by_role("dialog", name=re.compile("^Tags of")).locator("[name=value]").fill("iron")
    press(page, "Enter")
    expect(card(page, "First of all").locator(".chip")).to_have_text("iron")
    press(page, "d")
    expect(page.get_by_role("dialog", name=re.compile("^Due date of"))).to_be_visible()
    press(page, "Escape")
    expect_selected(page, "First of all")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_refused_value_stays_in_its_form(page: Page, board: str) -> None:
    press(page, "ArrowDown", "l")
    form = page.get_by_role("dialog", name=re.compile("^Tags of"))
    form.locator("[name=value]").fill("x" * 60)
    press(page, "Enter")
    expect(form).to_contain_text("at most 40 characters")
    expect(form.locator("[name=value]")).to_have_value("x" * 60)


def test_c_adds_a_card_to_the_column_in_which_one_is(page: Page, board: str) -> None:
    page.get_by_role("link", name="Four", exact=True).focus()
    press(page, "c")
    field = column(page, "In progress").locator("form.quick-add [name=title]")
    expect(field).to_be_focused()
    page.keyboard.type("Five, 3. c")
    press(page, "Enter")
    expect(column(page, "In progress").get_by_role("link", name="Five, 3. c")).to_be_visible()
    press(page, "Escape", "f")
    expect(page.locator("#board-filter")).to_have_attribute("aria-expanded", "true")
    press(page, "Escape")


def test_keys_are_letters_where_one_types_or_composes(page: Page, board: str) -> None:
    field = column(page, "Backlog").locator("form.quick-add [name=title]")
    field.focus()
    page.keyboard.type("e4 i.,?")
    expect(field).to_have_value("e4 i.,?")
    page.get_by_role("link", name="One", exact=True).focus()
    for more in (
        {"isComposing": True},
        {"keyCode": 229},
        {"ctrlKey": True},
        {"metaKey": True},
        {"altKey": True},
    ):
        page.evaluate(
            "(more) => document.activeElement.dispatchEvent("
            "new KeyboardEvent('keydown', {key: '4', bubbles: true, ...more}))",
            more,
        )
    page.wait_for_timeout(200)
    expect(card(page, "One")).to_have_attribute("data-version", "1")


def test_space_looks_into_a_card_and_the_arrows_take_it_along(page: Page, board: str) -> None:
    press(page, "ArrowDown", "Space")
    peek = page.get_by_role("region", name=re.compile("^Preview of"))
    expect(peek.get_by_role("heading")).to_have_text("One")
    expect(peek).to_contain_text("No description yet")
    expect_selected(page, "One")
    press(page, "ArrowDown")
    expect(peek.get_by_role("heading")).to_have_text("Two")
    press(page, "Space")
    expect(peek).to_be_hidden()
    press(page, "Space", "Escape")
    expect(peek).to_be_hidden()
    expect_selected(page, "Two")


def test_the_selection_survives_what_others_do(page: Page, board: str) -> None:
    other = page.context.new_page()
    other.goto(board)
    press(page, "ArrowDown", "ArrowDown")
    other.locator("[data-live=on]").wait_for()
    other.get_by_role("link", name="One", exact=True).focus()
    press(other, "3", ".")
    expect(column(page, "To do").get_by_role("link", name="One")).to_be_visible()
    expect_selected(page, "Two")
    other.get_by_role("link", name="Two", exact=True).focus()
    press(other, "4")
    expect(card(page, "Two").locator(".icon--priority-urgent")).to_be_visible()
    expect_selected(page, "Two")
    other.close()


def test_the_arrows_bring_in_the_next_page_of_a_column(page: Page, board: str) -> None:
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    form = column(page, "Done").locator("form.quick-add")
    column_id = form.locator("[name=column_id]").input_value()
    for number in range(52):
        answer = page.request.post(
            form.get_attribute("action") or "",
            form={"title": f"Done {number}", "column_id": column_id},
            headers={"X-CSRFToken": token, "HX-Request": "true", "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.ok
    page.goto(board)
    page.get_by_role("link", name="Done 49", exact=True).focus()
    press(page, "ArrowDown")
    expect_selected(page, "Done 50")


def test_the_sheet_lists_what_works_here(page: Page, board: str) -> None:
    press(page, "?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet).to_contain_text("Priority: low to urgent")
    expect(sheet.get_by_text("Task", exact=True)).to_be_hidden()
    press(page, "Escape")
    expect(sheet).to_be_hidden()
    page.goto("/teams")
    press(page, "?")
    expect(sheet.get_by_text("Commands and search")).to_be_visible()
    expect(sheet.get_by_text("Priority: low to urgent")).to_be_hidden()
    press(page, "Escape")
    expect(sheet).to_be_hidden()
    press_at_once(page, "g", "b")
    page.wait_for_url("**/boards")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_the_keys_open_is_accessible(page: Page, board: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    press(page, "ArrowDown", "Space")
    page.get_by_role("region", name=re.compile("^Preview of")).wait_for()
    assert problems(page) == []
    press(page, "Escape", "d")
    page.get_by_role("dialog", name=re.compile("^Due date of")).wait_for()
    assert problems(page) == []
    press(page, "Escape", "?")
    page.get_by_role("dialog", name="Keyboard").wait_for()
    assert problems(page) == []
