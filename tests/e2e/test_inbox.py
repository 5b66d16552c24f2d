"""What comes for a person is said at once on every page that they have open, and the number at the inbox follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import APIResponse, Page, Route, expect

from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import count_unread
from taskforge.notifications.service import mark_read
from taskforge.tasks.service import edit_task
from tests.e2e.boards import toast
from tests.e2e.journeys import wait_until
from tests.factories import Person, Team, make_person, make_task, make_team

BADGE = "#bar [data-news-url] .bar__count"
LISTENING = "[data-live-inbox][data-live=on]"


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(app, "Ada")


@pytest.fixture
def grace(app: Flask) -> Person:
    return make_person(app, "Grace")


@pytest.fixture
def team(ada: Person, grace: Person) -> Team:
    return make_team(ada, member=grace)


@pytest.fixture
def at(
    app: Flask, page: Page, grace: Person, team: Team, live_server: str
) -> Callable[[str], Page]:
    """Grace's browser at an address, with nothing unread."""
    with app.app_context():
        deliver()
    name = app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": grace.secret, "url": live_server}])

    def go(path: str) -> Page:
        page.goto(path)
        return page

    go("/inbox")
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator(BADGE)).to_have_count(0)
    return go


def assign(app: Flask, ada: Person, team: Team, grace: Person, *titles: str) -> list[str]:
    tasks = [make_task(ada, team, title) for title in titles]
    with app.app_context():
        for task_id in tasks:
            edit_task(ada.actor, task_id, changes={"assignee_id": grace.user_id})
        deliver()
    return tasks


def test_an_open_board_says_it(
    app: Flask, ada: Person, grace: Person, team: Team, at: Callable[[str], Page]
) -> None:
    page = at(f"/boards/{team.board_id}")
    page.locator(".board__columns[data-live=on]").wait_for()
    (task,) = assign(app, ada, team, grace, "Paint the fence")
    expect(toast(page, "assigned WEB-1 “Paint the fence” to you")).to_be_visible()
    expect(page.locator(BADGE)).to_have_text("1 unread")
    toast(page, "Paint the fence").get_by_role("button", name="Open").click()
    page.wait_for_url(f"**/tasks/{task}")
    expect(page.locator(BADGE)).to_have_count(0)


@pytest.mark.parametrize("path", ["/teams", "/profile", "/inbox", "/find"])
def test_every_other_page_says_it(
    app: Flask, ada: Person, grace: Person, team: Team, at: Callable[[str], Page], path: str
) -> None:
    page = at(path)
    page.locator(LISTENING).wait_for()
    assign(app, ada, team, grace, *(f"Card {number}" for number in range(5)))
    expect(page.locator(BADGE)).to_have_text("5 unread")
    expect(page.locator(".toast")).to_have_count(4)
    expect(toast(page, "And 2 more")).to_be_visible()


def test_what_is_read_in_one_window_is_read_in_the_other(
    app: Flask, ada: Person, grace: Person, team: Team, at: Callable[[str], Page]
) -> None:
    page = at("/teams")
    page.locator(LISTENING).wait_for()
    (task, _) = assign(app, ada, team, grace, "One", "Two")
    expect(page.locator(BADGE)).to_have_text("2 unread")
    other = page.context.new_page()
    other.goto(f"/tasks/{task}")
    expect(other.locator(BADGE)).to_have_text("1 unread")
    expect(page.locator(BADGE)).to_have_text("1 unread")


def test_a_late_answer_does_not_bring_an_old_number_back(
    app: Flask, ada: Person, grace: Person, team: Team, at: Callable[[str], Page]
) -> None:
    page = at("/teams")
    page.locator(LISTENING).wait_for()
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/inbox/news?*", lambda route: late.append((route, route.fetch())))
    assign(app, ada, team, grace, "One")
    expect(page.locator(BADGE)).to_have_text("1 unread")
    wait_until(page, lambda: late)
    with app.app_context():
        mark_read(grace.actor)
    expect(page.locator(BADGE)).to_have_count(0)
    for route, answer in late:
        route.fulfill(response=answer)
    expect(toast(page, "One")).to_be_visible()
    expect(page.locator(BADGE)).to_have_count(0)


@pytest.mark.parametrize("path", ["/tasks/{task}", "/boards/{board}"])
def test_what_is_said_of_the_card_before_ones_eyes_is_read_without_a_message(
    app: Flask, ada: Person, grace: Person, team: Team, at: Callable[[str], Page], path: str
) -> None:
    task = make_task(ada, team, "Paint the fence")
    page = at(path.format(task=task, board=team.board_id))
    if path.startswith("/boards"):
        page.locator(".board__columns[data-live=on]").wait_for()
        page.get_by_role("link", name="Paint the fence").click()
    page.locator("#task-panel").wait_for()
    if path.startswith("/tasks"):
        page.locator("#task-panel[data-live=on]").wait_for()
    with app.app_context():
        edit_task(ada.actor, task, changes={"assignee_id": grace.user_id})
        deliver()
    expect(page.locator("#field-assignee")).to_contain_text("Grace")
    wait_until(page, lambda: unread(app, grace) == 0)
    expect(page.locator(BADGE)).to_have_count(0)
    expect(toast(page, "Paint the fence")).to_have_count(0)


def unread(app: Flask, person: Person) -> int:
    with app.app_context():
        return count_unread(person.user_id, cached=False)
