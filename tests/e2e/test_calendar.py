"""A board as a calendar in the browser: other days by drag and keys, Undo, what others see, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from taskforge import clock
from tests.e2e.accounts import make_board, person_of, team_of
from tests.e2e.boards import make_shared_board
from tests.e2e.looking import LOOKED_AT, look
from tests.e2e.test_own_changes import Held
from tests.factories import make_task

LIVE = ".calendar[data-live=on]"


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


def day(page: Page, which: date | None) -> Locator:
    return page.locator(f"#column-{which or 'none'}")


def test_a_card_gets_another_day_by_drag_and_by_keys_and_others_see_it(
    app: Flask, page: Page, second_page: Page, log_in: Callable[..., None]
) -> None:
    log_in(page)
    log_in(second_page, "Grace", "Hopper")
    board = make_shared_board(page, second_page, "One", "Two")
    monday = date(2026, 3, 16)
    for window in (page, second_page):
        window.goto(f"{board}/calendar?month=2026-03")
        window.locator(LIVE).wait_for()
    none, titles = day(page, None), page.locator(".calendar .card__title")
    expect(none.locator(".card__title")).to_have_text(["Two", "One"])
    none.locator(".card", has_text="One").drag_to(day(page, monday))
    expect(day(page, monday).locator(".card")).to_contain_text("One")
    expect(page.locator(".toast")).to_contain_text("due on 16 March")
    expect(day(second_page, monday).locator(".card")).to_contain_text("One")
    expect(none.locator(".column__count")).to_contain_text("1")

    titles.filter(has_text="One").focus()
    for key, days in (("ArrowRight", 1), ("ArrowDown", 8), ("ArrowLeft", 7)):
        page.keyboard.press(f"Shift+{key}")
        expect(day(page, monday + timedelta(days=days)).locator(".card")).to_contain_text("One")
    expect(titles.filter(has_text="One")).to_be_focused()
    expect(day(second_page, monday + timedelta(days=7)).locator(".card")).to_contain_text("One")
    page.keyboard.press("Control+z")
    expect(day(page, monday + timedelta(days=8)).locator(".card")).to_contain_text("One")
    day(page, monday + timedelta(days=8)).locator(".card").drag_to(none)
    expect(none.locator(".card__title")).to_have_text(["Two", "One"])

    # The field's own form, beside the card; and the card itself, over the calendar.
    titles.filter(has_text="Two").focus()
    page.keyboard.press("d")
    page.locator(".field-popover [type=text]").fill("2026-03-20")
    page.keyboard.press("Enter")
    expect(day(page, date(2026, 3, 20)).locator(".card")).to_contain_text("Two")
    titles.filter(has_text="Two").click()
    expect(page.locator("#task-dialog .task__title")).to_have_text("Two")


def test_a_card_that_is_drawn_again_for_one_key_does_not_undo_the_next(
    page: Page, board: str
) -> None:
    page.goto(f"{board}/calendar?month=2026-03")
    page.locator(LIVE).wait_for()
    titles = page.locator(".calendar .card__title")
    card = day(page, None).locator(".card", has_text="Ask Tomas")
    card.drag_to(day(page, date(2026, 3, 16)))
    expect(page.locator(".toast")).to_contain_text("due on 16 March")
    page.wait_for_load_state("networkidle")
    drawn = Held(page, re.compile(r"/calendar/cards/"))
    titles.filter(has_text="Ask Tomas").focus()
    page.keyboard.press("Shift+ArrowRight")
    drawn.wait()
    page.keyboard.press("Shift+ArrowDown")
    sent = Held(page, "**/fields/due")
    drawn.release()
    sent.wait()
    page.keyboard.press("Shift+ArrowLeft")
    expect(day(page, date(2026, 3, 23)).locator(".card")).to_contain_text("Ask Tomas")
    sent.release()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(day(page, date(2026, 3, 23)).locator(".card")).to_contain_text("Ask Tomas")


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    log_in(page)
    return make_board(page, "Whenever there is time", "Ask Tomas about the wicks")


def test_a_calendar_looks_right_and_needs_no_script(
    app: Flask, page: Page, board: str, plain: Page
) -> None:
    person, team = person_of(page), team_of(page)
    with app.app_context():
        today = clock.now().date()
    for number, title in enumerate(
        ("Oil the hinge", "Order charcoal for the winter", "Sweep", "Temper", "Polish", "Grind")
    ):
        make_task(person, team, title, due_at=today, priority="high" if number else "low")
    make_task(person, team, "Late already", due_at=today - timedelta(days=2))
    make_task(person, team, "Done in time", due_at=today - timedelta(days=3), status="done")
    moment = clock.now().replace(hour=14, minute=30) + timedelta(days=2)
    make_task(person, team, "Meet the smith", due_at=moment, assignee_id=person.user_id)
    page.goto(board)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Calendar").click()
    page.locator(LIVE).wait_for()
    expect(day(page, today).locator(".calendar__more")).to_contain_text("+2 more")
    look(page, "calendar")
    day(page, today).locator(".calendar__more a").click()
    expect(day(page, today).locator(".card")).to_have_count(6)
    page.locator(LIVE).wait_for()
    look(page, "calendar-week")

    plain.goto(f"{board}/calendar")
    expect(day(plain, today).locator(".card")).to_have_count(4)
    name = plain.locator(".calendar-steps__name").inner_text()
    plain.get_by_role("link", name="Next month").click()
    expect(plain.locator(".calendar-steps__name")).not_to_have_text(name)
    plain.get_by_role("link", name="Today").click()
    expect(plain.locator(".calendar-steps__name")).to_have_text(name)
    day(plain, today).get_by_role("link", name="Oil the hinge").click()
    expect(plain.locator(".task__title")).to_have_text("Oil the hinge")
