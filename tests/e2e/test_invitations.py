"""A team is built by invitation links, in the windows of those who come; and the pages on the way are for everybody."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from taskforge.identity.invited import SentInvitation, invite
from tests.e2e.axe import problems
from tests.e2e.conftest import VIEWPORT, open_page
from tests.e2e.journeys import PASSWORD, column, create_team, invite_person, sign_up
from tests.factories import Person, Team, make_person, make_team

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def join_as_newcomer(page: Page, link: str, first_name: str) -> None:
    """Follow an invitation's link to the end: make an account, come back, and join."""
    page.goto(link)
    page.get_by_role("link", name="Create an account").click()
    expect(page.locator("[name=email]")).to_have_value(f"{first_name.lower()}@example.test")
    page.locator("[name=first_name]").fill(first_name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("button", name="Join the team").click()
    expect(page.get_by_role("heading", name="Web team", level=1)).to_be_visible()


def test_a_lead_builds_a_team_of_three_from_nothing(
    page: Page, second_page: Page, browser: Browser, live_server: str
) -> None:
    sign_up(page)
    board = create_team(page)
    page.locator(".crumbs a[href*='/teams/']").first.click()
    links = {
        name: invite_person(page, f"{name.lower()}@example.test", role)
        for name, role in (("Grace", "Member"), ("Joan", "Guest"))
    }
    expect(page.locator("#members li")).to_have_count(1)
    join_as_newcomer(second_page, links["Grace"], "Grace")
    with open_page(browser, base_url=live_server, viewport=VIEWPORT) as third_page:
        join_as_newcomer(third_page, links["Joan"], "Joan")
        third_page.goto(board)
        expect(column(third_page, "Backlog")).to_be_visible()
        expect(third_page.locator("form.quick-add")).to_have_count(0)
    second_page.goto(board)
    expect(column(second_page, "Backlog").locator("form.quick-add")).to_be_visible()
    page.reload()
    expect(page.locator("#members li")).to_have_count(3)
    expect(page.locator("#members")).to_contain_text("Grace")
    expect(page.get_by_text("Nobody is invited at the moment.")).to_be_visible()
    second_page.goto(links["Grace"])
    expect(second_page.locator("main")).to_contain_text("has been used already")


def test_a_link_is_copied_by_a_button_and_by_the_keyboard(page: Page, live_server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
    sign_up(page)
    create_team(page)
    page.locator(".crumbs a[href*='/teams/']").first.click()
    link = invite_person(page, "grace@example.test")
    button = page.get_by_role("button", name="Copy Link for grace@example.test")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied Link for grace@example.test")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.get_by_role("button", name="Take back the invitation of grace@example.test").click()
    expect(page.get_by_text("Nobody is invited at the moment.")).to_be_visible()


def test_a_join_link_is_switched_on_used_and_switched_off(page: Page, second_page: Page) -> None:
    sign_up(page)
    create_team(page)
    page.locator(".crumbs a[href*='/teams/']").first.click()
    page.get_by_role("button", name="Switch on the link to join as a guest").click()
    link = page.get_by_label("Link to join as a guest").input_value()
    sign_up(second_page, "Grace", "Hopper")
    second_page.goto(link)
    second_page.get_by_role("button", name="Join the team").click()
    expect(second_page.locator("#members li")).to_have_count(2)
    page.get_by_role("button", name="Switch off the link to join as a guest").click()
    expect(page.get_by_label("Link to join as a guest")).to_have_count(0)
    second_page.goto(link)
    expect(second_page.get_by_role("heading", name="This link can’t be used")).to_be_visible()


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(app, "Ada", "Byron")


@pytest.fixture
def grace(app: Flask) -> Person:
    return make_person(app, "Grace", "Hopper")


@pytest.fixture
def team(ada: Person) -> Team:
    return make_team(ada, "Web team")


def send(app: Flask, ada: Person, team: Team, email: str, role: str = "member") -> str:
    """Invite somebody; the path of their link."""
    with app.test_request_context():
        sent = invite(ada.actor, team.team_id, email=email, role=role)
    assert isinstance(sent, SentInvitation)
    return f"/invitations/{sent.token}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_pages_have_no_serious_problem(
    app: Flask,
    browser: Browser,
    live_server: str,
    ada: Person,
    grace: Person,
    team: Team,
    size: str,
    theme: str,
) -> None:
    width, height = SIZES[size]
    path = send(app, ada, team, grace.email)
    send(app, ada, team, "somebody.with.a.long.address@department.example.test", "guest")
    options = {
        "base_url": live_server,
        "viewport": {"width": width, "height": height},
        "bypass_csp": True,  # axe is injected; the policy itself is asserted elsewhere
        "color_scheme": theme,
        "reduced_motion": "reduce",
    }
    wrong = {}
    with open_page(browser, **options) as page:
        for person, address in (
            (None, path),
            (None, f"/register?next={path}"),
            (None, "/invitations/unknown"),
            (grace, path),
            (grace, "/teams"),
            (grace, "/boards"),
            (ada, path),
            (ada, f"/teams/{team.team_id}"),
        ):
            if person is not None:
                page.context.add_cookies([cookie_of(person, live_server)])
            page.goto(address)
            if address.startswith("/teams/"):
                page.get_by_role("button", name="Switch on the link to join as a member").click()
                page.get_by_label("Link to join as a member").wait_for()
                page.locator("[name=email]").fill("one.more@example.test")
                page.get_by_role("button", name="Invite").click()
                page.get_by_label("Link for one.more@example.test").wait_for()
            if said := problems(page):
                wrong[address] = said
    assert wrong == {}


def cookie_of(person: Person, server: str) -> dict[str, str]:
    name = person.app.config["SESSION_COOKIE_NAME"]
    cookie = person.browser().get_cookie(name)
    assert cookie is not None
    return {"name": name, "value": cookie.value, "url": server}
