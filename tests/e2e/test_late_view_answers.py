"""Answers that come late in a board's views and in the inbox act on nothing that was replaced meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from tests.e2e.test_calendar import day
from tests.e2e.test_inbox_work import at, entry, grace
from tests.e2e.test_own_changes import Held
from tests.e2e.test_views import chips

__all__ = ["at", "grace"]

MARCH = "/calendar?month=2026-03"
LIVE = "[data-live=on]"
EDIT_ELSEWHERE = """async ([url, value]) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const body = new URLSearchParams({ value, version: "", op: crypto.randomUUID() });
  return (await fetch(url, { method: "POST", headers, body })).status;
}"""
PAUSE = 400  # milliseconds in which what came late would have done its harm


def test_an_older_choice_in_the_filter_is_not_shown_over_what_was_chosen_since(
    page: Page, board: str
) -> None:
    titles = page.locator(".board .card__title")
    page.locator("#board-filter").click()
    query = page.get_by_role("combobox", name="Query")
    old = Held(page, re.compile(r"/filter\?.*q=one$"))
    query.fill("one")
    old.wait()
    query.fill("two")
    expect(titles).to_have_text(["Two"])
    old.release()
    page.wait_for_timeout(PAUSE)
    expect(titles).to_have_text(["Two"])
    expect(page).to_have_url(f"{board}?q=two")

    query.click()
    old = Held(page, re.compile(r"/filter\?.*q=three$"))
    query.fill("three")
    old.wait()
    page.keyboard.press("Escape")
    page.locator("#board-chips .filter-chip").click()
    expect(titles).to_have_text(["One", "Two", "Three"])
    old.release()
    page.wait_for_timeout(PAUSE)
    expect(titles).to_have_text(["One", "Two", "Three"])
    expect(chips(page)).to_have_count(0)


def test_completions_that_come_late_are_offered_and_complete_the_whole_word(
    page: Page, board: str
) -> None:
    page.locator("#board-filter").click()
    query = page.get_by_role("combobox", name="Query")
    options = page.get_by_role("option")
    late = Held(page, re.compile("/filter/completions"))
    query.press_sequentially("prio")
    late.wait()
    expect(page.locator(".column__hidden").first).to_contain_text("3 hidden")
    late.release()
    expect(options.first).to_contain_text("priority:")
    late = Held(page, re.compile("/filter/completions"))
    query.press("r")
    query.press("ArrowDown")
    query.press("Enter")
    expect(query).to_have_value("priority:")
    late.release()
    expect(options).to_have_count(4)


def test_a_card_of_a_calendar_stands_where_it_is_whatever_comes_late(
    page: Page, board: str
) -> None:
    page.goto(board + MARCH)
    page.locator(LIVE).wait_for()
    card = page.locator(".calendar .card", has_text="One")
    monday, tuesday, friday = (date(2026, 3, number) for number in (16, 17, 20))
    card.drag_to(day(page, monday))
    expect(page.locator(".toast")).to_contain_text("due on 16 March")
    # It is drawn anew while it is being dragged.
    late = Held(page, re.compile("/calendar/cards/"))
    card.locator(".card__title").focus()
    page.keyboard.press("Shift+ArrowRight")
    late.wait()
    card.hover()
    page.mouse.down()
    day(page, friday).hover()
    day(page, friday).hover(position={"x": 20, "y": 60})
    expect(day(page, friday)).to_have_class(re.compile("is-target"))
    late.release()
    page.wait_for_timeout(PAUSE)
    page.mouse.up()
    expect(page.locator(".toast", has_text="due on 20 March")).to_be_visible()
    expect(card).to_have_count(1)
    expect(day(page, friday).locator(".card")).to_contain_text("One")
    # The line is cut for one change, which nobody makes.
    page.route("**/fields/due", lambda route: route.abort(), times=1)
    card.locator(".card__title").focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(".toast", has_text="That did not work")).to_be_visible()
    expect(day(page, friday).locator(".card")).to_contain_text("One")
    expect(card.locator(".card__title")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Set the due date")).to_be_visible()
    expect(day(page, tuesday).locator(".card")).to_have_count(0)


def test_a_row_stands_in_the_groups_that_are_shown_now_and_keeps_the_focus_in_its_cell(
    page: Page, board: str
) -> None:
    page.goto(f"{board}/table")
    page.locator(LIVE).wait_for()
    groups = page.locator(".table__group-name")
    row = page.locator(".table .card", has_text="Two")
    page.locator("#table-groups summary").click()
    page.get_by_role("link", name="By priority").click()
    expect(groups).to_have_text(["Medium"])
    row.locator(".card__title").focus()
    page.keyboard.press("4")
    expect(groups).to_have_text(["Urgent", "Medium"])
    due = row.locator("[data-field=due] a")
    due.focus()
    address = f"{row.locator('.card__title').get_attribute('href')}/fields/title"
    assert page.evaluate(EDIT_ELSEWHERE, [address, "Two, and more"]) == 200
    expect(row).to_contain_text("Two, and more")
    expect(due).to_be_focused()


def test_an_inbox_puts_off_what_was_meant_and_shows_nothing_that_is_done(
    at: Callable[..., object],
) -> None:
    with at("/inbox") as page:
        page.locator("[data-live-inbox][data-live=on]").wait_for()
        times = page.get_by_role("dialog", name="Put off")
        put_off = entry(page, "Three").get_by_role("link", name="Put off")
        address = put_off.get_attribute("href")
        late = Held(page, re.compile(re.escape(address.split("?")[0])))
        entry(page, "Three").hover()
        put_off.click()
        late.wait()
        entry(page, "Two").hover()
        entry(page, "Two").get_by_role("link", name="Put off").click()
        expect(times).to_be_visible()
        late.release()
        page.wait_for_timeout(PAUSE)
        # Whoever is choosing a time is not disturbed.
        times.locator("#snooze-until").fill("2031-01-01T10:00")
        tell = "document.dispatchEvent(new CustomEvent('forge:inbox-changed'))"
        page.evaluate(tell)
        page.wait_for_timeout(2 * PAUSE)
        expect(times.locator("#snooze-until")).to_have_value("2031-01-01T10:00")
        times.get_by_role("button", name="Tomorrow").click()
        expect(entry(page, "Two")).to_have_count(0)
        expect(entry(page, "Three")).to_be_visible()
        # The list that was asked for before something was done comes after it.
        late = Held(page, re.compile("/inbox$"))
        page.evaluate(tell)
        late.wait()
        page.keyboard.press("j")
        entry(page, "Three").locator(".inbox-entry__title").focus()
        page.keyboard.press("e")
        expect(entry(page, "Three")).to_have_count(0)
        late.release()
        page.wait_for_timeout(PAUSE)
        expect(entry(page, "Three")).to_have_count(0)
        expect(entry(page, "One")).to_be_visible()
