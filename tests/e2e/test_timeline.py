"""A board as a timeline in the browser: bars by drag and keys, Undo, what others see, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from taskforge import clock
from tests.e2e.accounts import join_team, make_board, person_of, team_of
from tests.e2e.looking import LOOKED_AT, look
from tests.factories import make_task

LIVE = ".bars[data-live=on]"
WEEKS = "timeline?from=2026-03-02"
FIRST = date(2026, 3, 2)


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


@pytest.fixture
def board(page: Page, log_in: Callable[..., None]) -> str:
    """A board with a bar from 9 to 12 March, a due date on 20 March, and a card without dates."""
    log_in(page)
    address = make_board(page, "Whenever there is time")
    make_task(
        person_of(page),
        team_of(page),
        "Oil the hinge",
        start_at=date(2026, 3, 9),
        due_at=date(2026, 3, 12),
    )
    make_task(person_of(page), team_of(page), "Order charcoal", due_at=date(2026, 3, 20))
    return address


def row(page: Page, title: str) -> Locator:
    return page.locator(".bars__row", has_text=title)


def expect_dates(page: Page, title: str, start: str, due: str) -> None:
    """A card has these dates on a page, and its bar stands there."""
    shown = row(page, title)
    expect(shown).to_have_attribute("data-start", start)
    expect(shown).to_have_attribute("data-due", due)
    begin, end = date.fromisoformat(start or due), date.fromisoformat(due or start)
    bar = shown.locator(".bars__bar")
    assert abs(share(bar, "x") - (begin - FIRST).days) < 0.01
    assert abs(share(bar, "width") - (end - begin).days - 1) < 0.01


def share(bar: Locator, name: str) -> float:
    """A length of a bar in days of the six weeks."""
    return float((bar.get_attribute(name) or "").removesuffix("%")) * 0.42


def middle(part: Locator) -> tuple[float, float]:
    """Where to press; an answer may draw the row again while it is measured."""
    for _ in range(200):
        if box := part.bounding_box():
            return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    raise AssertionError(part)


def drag(page: Page, part: Locator, days: int) -> None:
    """Drag a bar, or an end of it, by so many days."""
    x, y = middle(part)
    day = page.evaluate("document.querySelector('.bars__scale').getBoundingClientRect().width / 42")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + days * day / 2, y)
    page.mouse.move(x + days * day, y + 40)
    page.mouse.up()


def test_bars_are_moved_by_drag_and_keys_and_others_see_it(
    page: Page, second_page: Page, board: str, log_in: Callable[..., None]
) -> None:
    log_in(second_page, "Grace", "Hopper")
    join_team(page, second_page)
    for window in (page, second_page):
        window.goto(f"{board}/{WEEKS}")
        window.locator(LIVE).wait_for()
    title = "Oil the hinge"
    drag(page, row(page, title).locator(".bars__fill"), 2)
    expect(page.locator(".toast")).to_contain_text("11 March to 14 March")
    for window in (page, second_page):
        expect_dates(window, title, "2026-03-11", "2026-03-14")
    drag(page, row(page, title).locator(".bars__handle--due"), 7)
    expect_dates(page, title, "2026-03-11", "2026-03-21")
    drag(page, row(page, title).locator(".bars__handle--start"), -3)
    for window in (page, second_page):
        expect_dates(window, title, "2026-03-08", "2026-03-21")

    link = row(page, title).locator(".card__title")
    link.focus()
    for keys, start, due in (
        ("Shift+ArrowRight", "2026-03-09", "2026-03-22"),
        ("Shift+ArrowDown", "2026-03-16", "2026-03-29"),
        ("Alt+Shift+ArrowLeft", "2026-03-16", "2026-03-28"),
        ("Control+Shift+ArrowUp", "2026-03-09", "2026-03-28"),
    ):
        page.keyboard.press(keys)
        expect_dates(page, title, start, due)
    expect(page.locator(".toast")).to_contain_text("9 March to 28 March")
    expect_dates(second_page, title, "2026-03-09", "2026-03-28")
    expect(link).to_be_focused()

    # One Undo takes both dates back.
    page.keyboard.press("Control+z")
    expect_dates(page, title, "2026-03-16", "2026-03-28")
    drag(page, row(page, title).locator(".bars__fill"), -4)
    expect_dates(page, title, "2026-03-12", "2026-03-24")
    expect(page.locator(".toast")).to_contain_text("12 March to 24 March")
    page.keyboard.press("Control+z")
    for window in (page, second_page):
        expect_dates(window, title, "2026-03-16", "2026-03-28")


def test_a_due_date_gets_a_start_and_no_start_is_after_it(page: Page, board: str) -> None:
    page.goto(f"{board}/{WEEKS}")
    page.locator(LIVE).wait_for()
    title = "Order charcoal"
    row(page, title).locator(".card__title").focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect_dates(page, title, "", "2026-03-19")
    drag(page, row(page, title).locator(".bars__handle--start"), -4)
    expect_dates(page, title, "2026-03-15", "2026-03-19")
    expect(row(page, title).locator(".bars__when")).to_have_text(
        re.compile(r"^15 Mar( 2026)? to 19 Mar( 2026)?$")
    )
    row(page, title).locator(".card__title").focus()
    page.keyboard.press("Alt+Shift+ArrowUp")
    expect(page.locator(".toast--danger")).to_contain_text("would be after the due date")
    expect_dates(page, title, "2026-03-15", "2026-03-19")
    # A drag stops at the other end; Escape gives it up; a click opens the card.
    drag(page, row(page, title).locator(".bars__handle--due"), -20)
    expect_dates(page, title, "2026-03-15", "2026-03-15")
    bar = row(page, title).locator(".bars__fill")
    x, y = middle(bar)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y)
    expect(row(page, title)).to_have_class(re.compile("is-dragging"))
    page.keyboard.press("Escape")
    page.mouse.up()
    expect_dates(page, title, "2026-03-15", "2026-03-15")
    bar.click()
    expect(page.locator("#task-dialog .task__title")).to_have_text(title)


def test_a_timeline_looks_right_and_needs_no_script(
    app: Flask, page: Page, board: str, plain: Page
) -> None:
    person, team = person_of(page), team_of(page)
    with app.app_context():
        today = clock.now().date()

    def add(title: str, start: int | None, due: int | None, **more: object) -> None:
        days = [None if day is None else today + timedelta(days=day) for day in (start, due)]
        make_task(person, team, title, start_at=days[0], due_at=days[1], **more)

    me = {"assignee_id": person.user_id}
    add("Collect what the first customers asked for", -12, -6, status="done", **me)
    add("Draft the new start page", -7, 4, status="in_progress", **me)
    add("Draw the icons", -4, 2, status="in_progress")
    add("Review the copy with legal", -6, -1, status="in_review", **me)
    add("Move the old articles", -2, None, status="in_progress")
    add("Freeze for the release", None, 6, status="todo")
    add("Test on phones and slow networks", 3, 12, status="todo", **me)
    add("Announce it", 14, 14)
    add("Collect and answer the questions that people have in the first weeks", 15, 60)
    page.goto(board)
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Timeline").click()
    page.locator(LIVE).wait_for()
    expect(page.locator(".bars__row")).to_have_count(9)
    expect(page.locator(".bars__edge")).to_have_text(["2 earlier"])
    look(page, "timeline")
    page.get_by_role("link", name="Quarter").click()
    page.locator(".bars--quarter[data-live=on]").wait_for()
    look(page, "timeline-quarter")

    plain.goto(f"{board}/{WEEKS}")
    expect(plain.locator(".bars__row")).to_have_count(2)
    expect(plain.locator(".bars__when").first).to_have_text(
        re.compile(r"^9 Mar( 2026)? to 12 Mar( 2026)?$")
    )
    plain.get_by_role("link", name="Next weeks").click()
    expect(plain.get_by_text("Nothing in these weeks")).to_be_visible()
    plain.get_by_role("link", name="2 earlier").click()
    plain.get_by_role("link", name="Oil the hinge").click()
    expect(plain.locator(".task__title")).to_have_text("Oil the hinge")
