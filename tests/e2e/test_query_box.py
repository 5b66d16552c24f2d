"""A query is typed into the filter: completed by keys, shown at once, and what is wrong is said where it is typed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.boards import titles
from tests.e2e.journeys import column
from tests.e2e.test_views import assert_accessible, chips, context_options

__all__ = ["context_options"]


def test_a_query_is_completed_by_keys_and_filters_as_one_types(page: Page, board: str) -> None:
    page.evaluate("window.same = true")
    page.locator("#board-filter").click()
    sheet = page.get_by_role("dialog", name="Filter")
    query = sheet.get_by_role("combobox", name="Query")
    options = sheet.get_by_role("option")
    query.press_sequentially("prio")
    expect(options.first).to_contain_text("priority:")
    expect(query).to_have_attribute("aria-expanded", "true")
    query.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert_accessible(page)
    query.press("Enter")
    expect(query).to_have_value("priority:")
    expect(options).to_have_count(4)
    expect(query).to_have_attribute("aria-invalid", "true")
    expect(sheet.get_by_role("alert")).to_contain_text("A value is missing")
    query.press("ArrowUp")
    query.press("Tab")
    expect(query).to_have_value("priority:urgent ")
    expect(titles(page, "Backlog")).to_have_count(0)
    expect(column(page, "Backlog").locator(".column__hidden")).to_contain_text("3 hidden")
    expect(chips(page)).to_have_text(["priority:urgent"])
    expect(page).to_have_url(f"{board}?q=priority%3Aurgent+")
    query.press("Escape")
    expect(sheet).to_be_hidden()
    page.locator("#board-chips .filter-chip").click()
    expect(titles(page, "Backlog")).to_have_count(3)
    assert page.evaluate("window.same")


def test_a_wrong_word_is_marked_and_escape_closes_the_list_before_the_filter(
    page: Page, board: str
) -> None:
    page.goto(f"{board}?q=-two")
    expect(titles(page, "Backlog")).to_have_text(["One", "Three"])
    page.locator("#board-filter").click()
    sheet = page.get_by_role("dialog", name="Filter")
    query = sheet.get_by_role("combobox", name="Query")
    query.fill("-two is:opne")
    expect(sheet.locator("mark")).to_have_text("opne")
    expect(sheet.get_by_role("alert")).to_contain_text("Did you mean open?")
    expect(titles(page, "Backlog")).to_have_text(["One", "Three"])
    query.fill("-two is:o")
    expect(sheet.get_by_role("option")).to_have_text(["open", "overdue"])
    query.press("Escape")
    expect(sheet.get_by_role("option")).to_have_count(0)
    expect(sheet).to_be_visible()
    query.fill("-two is:open")
    expect(sheet.get_by_role("alert")).to_have_count(0)
    expect(chips(page)).to_have_text(["-two", "is:open"])


def test_the_search_completes_terms_and_marks_a_wrong_one(page: Page, board: str) -> None:
    page.goto(board.partition("/boards")[0] + "/find")
    query = page.get_by_role("combobox", name="Search everything")
    options = page.get_by_role("option")
    results = page.get_by_role("region", name="Results")
    query.press_sequentially("is:op")
    expect(options).to_have_text(["open"])
    query.press("ArrowDown")
    query.press("Tab")
    expect(query).to_have_value("is:open ")
    expect(results.get_by_role("listitem")).to_contain_text(["Three", "Two", "One"])
    expect(options).to_have_count(0)
    query.fill("is:open -title:two")
    expect(results.get_by_role("listitem")).to_contain_text(["Three", "One"])
    query.fill("is:opne")
    expect(results.locator("mark")).to_have_text("opne")
    expect(results.get_by_role("alert")).to_contain_text("Did you mean open?")
    assert_accessible(page)
