"""Days and times in a browser whose zone is not the server's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import VIEWPORT
from tests.e2e.journeys import column
from tests.factories import Person, Team, make_person, make_task, make_team

ZONE = "Pacific/Auckland"  # a day ahead of UTC for half of each day
LATER_YEAR = datetime.now(UTC).year + 2  # another year in every zone


@pytest.fixture
def context_options() -> dict[str, object]:
    return {"viewport": VIEWPORT, "timezone_id": ZONE}


@pytest.fixture
def ada(app: Flask, page: Page, live_server: str) -> Person:
    """Somebody who is logged in at the page."""
    person = make_person(app)
    cookie = person.browser().get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    return person


@pytest.fixture
def team(ada: Person) -> Team:
    return make_team(ada)


def due_of(page: Page, title: str) -> Locator:
    return page.locator(".card").filter(has_text=title).locator("time")


def test_cards_show_the_readers_day_and_another_year(page: Page, ada: Person, team: Team) -> None:
    make_task(ada, team, "A day", due_at=date(LATER_YEAR, 6, 24))
    make_task(ada, team, "An instant", due_at=datetime(LATER_YEAR, 6, 24, 13, 30, tzinfo=UTC))
    page.goto(f"/boards/{team.board_id}")
    expect(due_of(page, "A day")).to_have_text(f"24 Jun {LATER_YEAR}")
    expect(due_of(page, "An instant")).to_have_text(f"25 Jun {LATER_YEAR}, 01:30")
    title = due_of(page, "An instant").get_attribute("title") or ""
    assert "25 June" in title
    assert title.endswith(f"{LATER_YEAR}, 01:30")


def test_what_is_due_today_is_found_by_the_readers_day(page: Page, ada: Person, team: Team) -> None:
    today = datetime.now(ZoneInfo(ZONE)).date()
    make_task(ada, team, "Due today", due_at=today)
    make_task(ada, team, "Due yesterday", due_at=today - timedelta(days=1))
    page.goto(f"/boards/{team.board_id}")  # the first page tells the zone
    expect(due_of(page, "Due today")).to_have_text("today")
    expect(due_of(page, "Due yesterday")).to_have_text("1 day late")
    page.goto(f"/boards/{team.board_id}?due=today")
    expect(page.locator(".card__title")).to_have_text(["Due today"])
    page.goto(f"/boards/{team.board_id}?due=overdue")
    expect(page.locator(".card__title")).to_have_text(["Due yesterday"])


def test_another_day_of_the_calendar_keeps_the_time(page: Page, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team, due_at=datetime(LATER_YEAR, 6, 24, 13, 30, tzinfo=UTC))
    page.goto(f"/tasks/{task_id}")
    page.locator("#field-due").click()
    field = page.locator("#value-due")
    expect(field).to_have_value(f"{LATER_YEAR}-06-25 01:30")
    expect(page.get_by_role("button", name="Calendar")).to_be_visible()
    page.locator("#field-due input[type=date]").evaluate(
        "(picker, day) => { picker.value = day; picker.dispatchEvent(new Event('change', { bubbles: true })); }",
        f"{LATER_YEAR}-07-01",
    )
    expect(field).to_have_value(f"{LATER_YEAR}-07-01 01:30")
    field.press("Enter")
    expect(page.locator("#field-due time")).to_have_text(f"1 Jul {LATER_YEAR}, 01:30")
    page.locator("#field-due").click()
    page.get_by_role("button", name="All day").click()
    expect(page.locator("#field-due time")).to_have_text(f"1 Jul {LATER_YEAR}")


def test_the_edit_page_has_the_calendar_for_both_dates(page: Page, ada: Person, team: Team) -> None:
    task_id = make_task(ada, team, "Dated")
    page.goto(f"/tasks/{task_id}/edit")
    expect(page.get_by_role("button", name="Calendar")).to_have_count(2)
    due = page.locator("[name=due_at]")
    due.fill("2027-03-04 15:00")
    # What the browser's own calendar does when a day is picked.
    due.locator("xpath=../input[@type='date']").evaluate(
        "(picker) => { picker.value = '2027-03-05';"
        " picker.dispatchEvent(new Event('change', { bubbles: true })); }"
    )
    expect(due).to_have_value("2027-03-05 15:00")
    due.fill("someday")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#due_at-error")).to_contain_text("Due must be a day such as")


def test_words_in_the_date_field_are_read_in_the_readers_zone(
    page: Page, ada: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    page.goto(f"/tasks/{task_id}")
    page.locator("#field-due").click()
    page.locator("#value-due").fill("tomorrow 15:00")
    page.locator("#value-due").press("Enter")
    expect(page.locator("#field-due time")).to_have_text("tomorrow, 15:00")


def test_a_chip_is_clicked_away_and_its_words_stay_in_the_title(
    page: Page, ada: Person, team: Team
) -> None:
    page.goto(f"/boards/{team.board_id}")
    backlog = column(page, "Backlog")
    field = backlog.locator("[name=title]")
    field.focus()
    expect(backlog.locator("form.is-live")).to_be_visible()
    field.fill("Call the bank #money on friday")
    chips = backlog.locator(".quick-add__preview .chip")
    expect(chips).to_have_count(2)
    chips.filter(has_text="money").press("Enter")
    expect(chips).to_have_count(1)
    expect(field).to_be_focused()
    chips.click()
    expect(chips).to_have_count(0)
    field.press("Enter")
    expect(page.locator(".card__title")).to_have_text(["Call the bank #money on friday"])
