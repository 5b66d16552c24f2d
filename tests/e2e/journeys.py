"""What a person does in a browser, said once for all browser tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

from playwright.sync_api import Locator, Page

PASSWORD = "ember anvil tongs quench"
_number = count(1)


def sign_up(page: Page, first_name: str = "Ada", last_name: str = "Byron") -> str:
    """Register through the form; answers the e-mail address. Ends on the sample board of one's own team."""
    email = f"{first_name.lower()}{next(_number)}@example.test"
    page.goto("/register")
    page.locator("[name=first_name]").fill(first_name)
    page.locator("[name=last_name]").fill(last_name)
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/boards/**")
    return email


def email_of(page: Page) -> str:
    """The e-mail address of whoever is logged in, as the account menu says it."""
    return page.locator(".bar .menu__head p").text_content() or ""


def create_team(page: Page, name: str = "Web team") -> str:
    """Create a team; answers the address of its board, which is opened."""
    page.goto("/teams")
    form = page.locator("#team-form")
    form.locator("[name=name]").fill(name)
    form.locator("button[type=submit]").click()
    page.get_by_role("heading", name=name).wait_for()  # the team's first board has its name
    page.locator(".column").first.wait_for()
    page.wait_for_load_state()  # before it, no script of the page answers to keys
    return page.url


def column(page: Page, name: str) -> Locator:
    """A column of the open board, by its name."""
    return page.locator(".column").filter(has=page.get_by_role("heading", name=name))


def add_card(page: Page, title: str, column_name: str = "Backlog") -> None:
    """Add a card by the quick-add form of a column of the open board."""
    form = column(page, column_name).locator("form.quick-add")
    form.locator("[name=title]").fill(title)
    form.locator("button[type=submit]").click()
    column(page, column_name).get_by_role("link", name=title, exact=True).wait_for()


def move_card(page: Page, title: str, column_name: str) -> None:
    """Move a card of the open board by its own move form, and wait until the server has done so."""
    page.locator(".card", has_text=title).locator(".card__move").click()
    form = page.locator("form[action$='/move']")
    form.get_by_label(column_name).check()
    with page.expect_response(
        lambda answer: answer.url.endswith("/move") and answer.request.method == "POST"
    ):
        form.locator("button[type=submit]").click()
    column(page, column_name).get_by_role("link", name=title, exact=True).wait_for()


def invite_person(page: Page, email: str, role: str = "Member") -> str:
    """Invite somebody by the form of the open team's page; the link that the page then shows."""
    form = page.locator("#member-form")
    form.locator("[name=email]").fill(email)
    form.locator("[name=role]").select_option(label=role)
    form.locator("button[type=submit]").click()
    return page.get_by_label(f"Link for {email}", exact=True).input_value()


def log_out(page: Page) -> None:
    """Log out by the account menu."""
    page.locator(".bar .menu > summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login**")


def wait_until(page: Page, true: Callable[[], object], seconds: float = 10) -> None:
    """Wait for what no locator shows; unlike `wait_for_function` also where the content policy forbids eval."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not come about."
        page.wait_for_timeout(20)
