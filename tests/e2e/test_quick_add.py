"""Writing cards: chips while typing, names by arrow keys, pasted lists."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.accounts import make_board
from tests.e2e.axe import problems
from tests.e2e.journeys import column, create_team, sign_up

SEVEN = "- Buy charcoal #shop\n- Mend the bellows !3\n- Oil\n- Sweep\n\n- Sharpen\n- Polish\n- Rest"
NAMES = re.compile("/quick-add$")
PASTE = (
    "(text) => { const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', text);"
    " document.activeElement.dispatchEvent("
    "new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })); }"
)


@pytest.fixture
def field(page: Page, log_in: Callable[..., None]) -> Locator:
    """The quick-add field of the first column of an empty board, with all that helps in it."""
    log_in(page)
    page.goto(make_board(page))
    found = column(page, "Backlog").locator("[name=title]")
    with page.expect_response(NAMES):
        found.focus()
    expect(column(page, "Backlog").locator("form.is-live")).to_be_visible()
    return found


def chips(page: Page) -> Locator:
    return column(page, "Backlog").locator(".quick-add__preview .chip")


def suggestions(page: Page) -> Locator:
    return page.locator(".suggest:popover-open [role=option]")


def write(page: Page, field: Locator, line: str) -> None:
    """Add the first card of the board by a line."""
    field.fill(line)
    field.press("Escape")  # the suggestions
    field.focus()
    field.press("Enter")
    expect(page.locator(".card")).to_have_count(1)


def paste(page: Page, text: str) -> None:
    page.evaluate(PASTE, text)


def test_chips_say_what_a_line_means_while_it_is_typed(page: Page, field: Locator) -> None:
    expect(page.locator(".quick-add__hint").first).to_be_visible()
    field.press_sequentially("Fix the hinge !4 #tools 12 may ")
    expect(chips(page)).to_have_count(3)
    expect(chips(page).nth(0)).to_contain_text("urgent")
    expect(chips(page).nth(1)).to_contain_text("12 May")
    expect(chips(page).nth(2)).to_contain_text("tools")
    field.fill("Fix the hinge #tools")
    expect(chips(page)).to_have_count(1)
    field.press("Enter")
    expect(page.get_by_role("link", name="Fix the hinge", exact=True)).to_be_visible()
    expect(chips(page)).to_have_count(0)
    expect(field).to_be_focused()


def test_an_unknown_name_is_said_before_and_after(page: Page, field: Locator) -> None:
    field.press_sequentially("Ask @nobody")
    expect(chips(page)).to_have_count(0)  # it may yet become somebody
    field.press_sequentially(" now")
    expect(chips(page)).to_contain_text("@nobody: nobody goes by that name")
    field.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Nobody in this team goes by @nobody")
    expect(page.get_by_role("link", name="Ask @nobody now")).to_be_visible()


def test_names_and_tags_are_chosen_by_the_arrow_keys(page: Page, field: Locator) -> None:
    write(page, field, "Old #tools #toys")
    field.press_sequentially("Oil it @")
    options = suggestions(page)
    expect(options).to_have_text(["Ada Byron@ada"])
    field.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Enter")
    expect(field).to_have_value("Oil it @ada ")
    expect(chips(page)).to_contain_text("Ada Byron")
    expect(options).to_have_count(0)
    column(page, "To do").locator("[name=title]").focus()
    field.focus()  # asks again which tags there are
    field.press_sequentially("#to")
    expect(options).to_have_text(["tools", "toys"])
    field.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value("Oil it @ada #toys ")
    field.press_sequentially("@a")
    expect(options).to_have_count(1)
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_be_focused()


def test_names_that_arrive_after_the_word_was_begun_are_offered_then(
    page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    held: list[Route] = []
    page.route(NAMES, lambda route: held.append(route))
    page.goto(make_board(page))
    field = column(page, "Backlog").locator("[name=title]")
    field.focus()
    expect(column(page, "Backlog").locator("form.is-live")).to_be_visible()
    field.press_sequentially("Oil it @")
    expect(suggestions(page)).to_have_count(0)
    held.pop().continue_()
    expect(suggestions(page)).to_have_text(["Ada Byron@ada"])
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Oil it @ada ")
    expect(chips(page)).to_contain_text("Ada Byron")


def test_a_tag_that_one_has_just_used_is_known_at_once(page: Page, field: Locator) -> None:
    page.route(NAMES, lambda route: None)  # it is not told again
    write(page, field, "Old #tools")
    field.press_sequentially("New #to")
    expect(suggestions(page)).to_have_text(["tools"])
    field.fill("")
    paste(page, "One #toys\nTwo")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(3)
    expect(field).to_be_focused()
    field.press_sequentially("Three #to")
    expect(suggestions(page)).to_have_text(["tools", "toys"])


def test_what_was_declined_by_escape_is_not_offered_again(page: Page, field: Locator) -> None:
    write(page, field, "Old #tools")
    held: list[Route] = []
    page.route(NAMES, lambda route: held.append(route))
    with page.expect_request(NAMES):
        column(page, "To do").locator("[name=title]").focus()
    field.focus()
    field.press_sequentially("#to")
    expect(suggestions(page)).to_have_count(1)
    field.press("Escape")
    with page.expect_response(NAMES):
        held.pop().continue_()
    expect(chips(page)).to_have_count(0)
    expect(suggestions(page)).to_have_count(0)


def test_a_tag_that_only_begins_like_another_is_not_changed(page: Page, field: Locator) -> None:
    write(page, field, "Old #tools")
    column(page, "To do").locator("[name=title]").focus()
    field.focus()
    field.press_sequentially("New #to")
    expect(suggestions(page)).to_have_count(1)
    field.press("Enter")
    card = page.locator(".card", has_text="New")
    expect(card.locator(".chip")).to_have_text("to")


def test_seven_pasted_lines_become_seven_cards_by_one_key_and_go_by_another(
    page: Page, field: Locator
) -> None:
    paste(page, SEVEN)
    expect(page.locator(".quick-add__paste")).to_contain_text("and 4 more")
    expect(page.get_by_role("button", name="Make 7 cards")).to_be_focused()
    page.keyboard.press("Enter")
    expect(column(page, "Backlog").locator(".card__title")).to_have_text(
        ["Buy charcoal", "Mend the bellows", "Oil", "Sweep", "Sharpen", "Polish", "Rest"]
    )
    expect(column(page, "Backlog").locator(".column__count")).to_contain_text("7")
    expect(field).to_be_focused()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("7 cards are in the trash.")
    page.reload()
    expect(page.locator(".card")).to_have_count(0)


def test_pasted_lines_wait_while_the_board_changes_around_them(page: Page, field: Locator) -> None:
    page.goto(f"{page.url.partition('#')[0]}?priority=high")
    with page.expect_response(NAMES):
        field.focus()
    expect(column(page, "Backlog").locator("form.is-live")).to_be_visible()
    paste(page, SEVEN)
    panel = page.locator(".quick-add__paste")
    expect(panel).to_be_visible()
    with page.expect_response(re.compile(r"/columns")):
        page.evaluate(
            "document.querySelector('.board__columns').dispatchEvent(new Event('forge:board-stale'))"
        )
    expect(panel).to_be_visible()
    page.locator("#board-chips a").last.click()
    expect(page.locator("#board-chips a")).to_have_count(0)
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Make 7 cards").click()
    expect(column(page, "Backlog").locator(".card")).to_have_count(7)
    expect(panel).to_have_count(0)


def test_pasted_lines_can_stay_one_line(page: Page, field: Locator) -> None:
    field.press_sequentially("Buy: ")
    paste(page, "bread\nbutter")
    page.get_by_role("button", name="Keep as one").click()
    expect(field).to_have_value("Buy: bread butter")
    field.press("Enter")
    expect(page.get_by_role("link", name="Buy: bread butter")).to_be_visible()


def test_too_many_lines_are_told_at_once(page: Page, field: Locator) -> None:
    paste(page, "\n".join(["Card"] * 131))
    panel = page.locator(".quick-add__paste")
    expect(panel).to_contain_text("At most 100 cards can be added at once, and these are 131")
    expect(panel.get_by_role("button", name=re.compile("Make"))).to_have_count(0)


def test_a_wrong_line_is_named_and_nothing_is_lost(page: Page, field: Locator) -> None:
    paste(page, f"Good\n{'x' * 201}")
    page.keyboard.press("Enter")
    panel = page.locator(".quick-add__paste")
    expect(panel.get_by_role("alert")).to_contain_text("Line 2: Title must be at most 200")
    expect(panel.get_by_role("button", name="Make 2 cards")).to_be_visible()
    expect(page.locator(".card")).to_have_count(0)


def test_a_lost_connection_keeps_the_lines_and_another_try_adds_them_once(
    page: Page, field: Locator
) -> None:
    paste(page, "One\nTwo")
    address = re.compile("/tasks/create-many$")
    page.route(address, lambda route: (route.fetch(), route.abort()))  # the answer is lost
    page.keyboard.press("Enter")
    expect(page.locator(".quick-add__paste")).to_contain_text("No connection.")
    page.unroute(address)
    page.get_by_role("button", name="Make 2 cards").click()
    expect(page.locator(".quick-add__paste")).to_have_count(0)
    expect(column(page, "Backlog").locator(".card")).to_have_count(2)
    page.reload()
    expect(column(page, "Backlog").locator(".card")).to_have_count(2)


def test_without_javascript_a_page_takes_several_lines(plain: Page) -> None:
    sign_up(plain)
    create_team(plain)
    column(plain, "To do").get_by_role("link", name="Add several cards to To do").click()
    expect(plain.locator("[name=column_id] option:checked")).to_have_text("To do")
    plain.locator("[name=lines]").fill(SEVEN)
    plain.get_by_role("button", name="Add cards").click()
    expect(column(plain, "To do").locator(".card")).to_have_count(7)
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator(".card")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chips_suggestions_and_pasted_lines_are_accessible(
    browser: Browser, live_server: str, theme: str
) -> None:
    context = browser.new_context(
        base_url=live_server,
        color_scheme=theme,
        bypass_csp=True,  # axe is injected; the policy itself is asserted elsewhere
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_up(page)
    field = column(page, "Backlog").locator("[name=title]")
    expect(column(page, "Backlog").locator("form.is-live")).to_be_visible()
    field.press_sequentially("Fix @ada @zed !4 #idea fri #te")
    expect(suggestions(page)).to_have_text(["team"])
    assert problems(page) == []
    paste(page, SEVEN)
    expect(page.get_by_role("button", name="Make 7 cards")).to_be_focused()
    assert problems(page) == []
    context.close()
