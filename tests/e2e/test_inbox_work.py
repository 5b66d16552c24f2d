"""An inbox is worked through: by keys, with Undo, put off and back again, by touch, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from taskforge import clock
from taskforge.comments.service import create_comment
from taskforge.notifications import snoozes
from taskforge.notifications.jobs import deliver
from tests.e2e.boards import toast
from tests.e2e.conftest import open_page
from tests.e2e.touching import small_targets
from tests.factories import Person, make_person, make_task, make_team

BADGE = "#bar [data-news-url] .bar__count"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def grace(app: Flask) -> Person:
    """Her inbox, latest first: cards Three, Two and One, and that she was added to a team."""
    ada, grace = make_person(app, "Ada"), make_person(app, "Grace")
    team = make_team(ada, member=grace)
    for title in ("One", "Two", "Three"):
        task_id = make_task(ada, team, title, assignee_id=grace.user_id)
        with app.app_context():
            create_comment(ada.actor, task_id, content=f"About **{title}**")
    with app.app_context():
        deliver()
    return grace


@pytest.fixture
def at(app: Flask, browser: Browser, grace: Person, live_server: str) -> Callable[..., object]:
    @contextmanager
    def opened(path: str, **options: object) -> Iterator[Page]:
        with open_page(browser, base_url=live_server, **options) as page:
            name = app.config["SESSION_COOKIE_NAME"]
            page.context.add_cookies([{"name": name, "value": grace.secret, "url": live_server}])
            page.goto(path)
            yield page

    return opened


def entry(page: Page, title: str) -> object:
    return page.locator(".inbox-entry").filter(
        has=page.locator(".inbox-entry__title", has_text=title)
    )


def focused(page: Page, title: str) -> None:
    expect(entry(page, title).locator(".inbox-entry__title")).to_be_focused()


def test_by_keys_alone(at: Callable[..., object]) -> None:
    with at("/inbox") as page:
        page.locator("[data-live-inbox][data-live=on]").wait_for()
        press = page.keyboard.press
        press("j")
        press("j")
        focused(page, "Two")
        press("e")
        focused(page, "One")
        expect(entry(page, "Two")).to_have_count(0)
        expect(page.locator(BADGE)).to_have_text("5 unread")
        press("Control+z")
        expect(entry(page, "Two")).to_be_visible()
        focused(page, "One")
        expect(page.locator(BADGE)).to_have_text("7 unread")
        press("u")
        expect(entry(page, "One")).not_to_have_class("inbox-entry inbox-entry--unread")
        focused(page, "One")
        press("k")
        focused(page, "Two")
        press("s")
        times = page.get_by_role("dialog", name="Put off")
        expect(times.locator(".menu__item").first).to_be_focused()
        times.get_by_role("button", name="Tomorrow morning").focus()
        press("Enter")
        expect(toast(page, "Put off until")).to_be_visible()
        expect(entry(page, "Two")).to_have_count(0)
        focused(page, "One")
        press("a")
        expect(page.locator(BADGE)).to_have_count(0)
        page.keyboard.press("j")
        press("Enter")
        page.wait_for_url("**/tasks/**")


def test_what_was_put_off_comes_back_on_the_open_page(
    app: Flask, at: Callable[..., object]
) -> None:
    with at("/inbox") as page:
        page.locator("[data-live-inbox][data-live=on]").wait_for()
        entry(page, "One").hover()
        entry(page, "One").get_by_role("link", name="Put off").click()
        page.get_by_role("dialog", name="Put off").get_by_role("button", name="Tomorrow").click()
        expect(entry(page, "One")).to_have_count(0)
        expect(page.locator(BADGE)).to_have_text("5 unread")
        with app.app_context(), clock.frozen(clock.now() + timedelta(days=2)):
            assert snoozes.return_due() == 2
        expect(page.locator(BADGE)).to_have_text("7 unread")
        expect(page.locator(".inbox-entry__title").first).to_have_text("WEB-1 One")
        toast(page, "One").first.wait_for()


def test_at_phone_width(at: Callable[..., object]) -> None:
    with at("/inbox", **PHONE) as page:
        assert small_targets(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        entry(page, "Two").get_by_role("link", name="Put off").tap()
        times = page.get_by_role("dialog", name="Put off")
        expect(times).to_be_visible()
        assert small_targets(page) == []
        page.keyboard.press("Escape")
        entry(page, "Two").get_by_role("button", name="Archive").tap()
        expect(entry(page, "Two")).to_have_count(0)
        toast(page, "Archived.").get_by_role("button", name="Undo").tap()
        expect(entry(page, "Two")).to_be_visible()


def test_without_javascript(at: Callable[..., object]) -> None:
    with at("/inbox", java_script_enabled=False) as page:
        expect(page.locator(".inbox-entry__excerpt", has_text="About One")).to_be_visible()
        entry(page, "One").get_by_role("link", name="Put off").click()
        page.get_by_role("button", name="Tomorrow morning").click()
        expect(entry(page, "One")).to_have_count(0)
        page.get_by_role("link", name="Put off", exact=True).first.click()
        entry(page, "One").get_by_role("button", name="Back to the inbox now").click()
        page.goto("/inbox")
        entry(page, "Three").get_by_role("button", name="Archive").click()
        expect(entry(page, "Three")).to_have_count(0)
        toast(page, "Archived.").get_by_role("button", name="Undo").click()
        expect(entry(page, "Three")).to_be_visible()
        entry(page, "Two").get_by_role("link", name="Line by line").click()
        expect(page.locator(".inbox-entry")).to_have_count(2)
