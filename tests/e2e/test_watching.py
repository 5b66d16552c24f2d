"""Watching a card by a key, and choosing how one is notified: in a narrow window, and without JavaScript."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from taskforge.notifications.watching import is_watching_task
from tests.e2e.journeys import wait_until
from tests.factories import Person, Team, make_person, make_task, make_team


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(app, "Ada")


@pytest.fixture
def grace(app: Flask) -> Person:
    return make_person(app, "Grace")


@pytest.fixture
def team(ada: Person, grace: Person) -> Team:
    return make_team(ada, member=grace)


def log_in(app: Flask, page: Page, person: Person, server: str) -> None:
    name = app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": person.secret, "url": server}])


def test_a_card_is_watched_by_a_key(
    app: Flask, page: Page, ada: Person, grace: Person, team: Team, live_server: str
) -> None:
    task = make_task(ada, team, "Paint the fence")
    log_in(app, page, grace, live_server)
    page.goto(f"/tasks/{task}")
    button = page.locator("#task-watch-button")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.locator("#task-panel[data-live=on]").wait_for()
    page.keyboard.press("w")
    expect(button).to_have_attribute("aria-pressed", "true")

    def is_watching() -> bool:
        with app.app_context():
            return is_watching_task(grace.actor, task)

    wait_until(page, is_watching)
    page.reload()
    expect(page.get_by_role("button", name="Watching")).to_have_attribute("aria-pressed", "true")


def test_the_selected_card_of_a_board_is_watched_by_the_same_key(
    app: Flask, page: Page, ada: Person, grace: Person, team: Team, live_server: str
) -> None:
    make_task(ada, team, "Paint the fence")
    log_in(app, page, grace, live_server)
    page.goto(f"/boards/{team.board_id}")
    page.locator(".board__columns[data-live=on]").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("w")
    toasts = page.locator("#toasts")
    expect(toasts).to_contain_text("You watch WEB-1 now.")
    toasts.get_by_role("button", name="Undo").click()
    expect(toasts).to_contain_text("You don’t watch WEB-1 now.")


def test_the_matrix_can_be_used_in_a_narrow_window_and_without_a_script(
    app: Flask, browser: Browser, grace: Person, live_server: str
) -> None:
    context = browser.new_context(
        base_url=live_server,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        java_script_enabled=False,
    )
    page = context.new_page()
    log_in(app, page, grace, live_server)
    page.goto("/profile/notifications")
    box = page.get_by_role("checkbox", name="On screen: A card is assigned to you")
    expect(box).to_be_checked()
    label = page.locator("label", has=box)
    size = label.bounding_box()
    assert size is not None
    assert size["height"] >= 44
    assert size["x"] + size["width"] <= 390
    label.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    expect(box).not_to_be_checked()
    context.close()
