"""A person turns on two-factor log-in and logs in by it; each page is looked at in both themes, wide and narrow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.accounts.authenticator import Authenticator
from tests.e2e.looking import LOOKED_AT, look
from tests.factories import PASSWORD, Person, forget_confirmation, make_person


@pytest.fixture
def context_options() -> dict[str, object]:
    return LOOKED_AT


@pytest.fixture
def person(app: Flask) -> Person:
    return make_person(app, "Ada", "Byron")


def log_in(page: Page, person: Person) -> None:
    page.goto("/login")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def test_from_the_set_up_to_a_log_in_by_recovery_code(page: Page, person: Person) -> None:
    log_in(page, person)
    expect(page).to_have_url(re.compile("/boards"))
    page.goto("/profile/two-factor")
    look(page, "two-factor-off")
    forget_confirmation(person)
    page.get_by_role("link", name="Set up").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    look(page, "confirm")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("svg.qr")).to_be_visible()
    look(page, "two-factor-setup")
    secret = page.locator("#totp-secret").inner_text().replace(" ", "")
    phone = Authenticator(person, secret, [])
    page.get_by_label("Code that the app shows").fill(phone.code())
    page.get_by_role("button", name="Turn on").click()
    codes = page.locator("#recovery-codes code")
    expect(codes).to_have_count(10)
    look(page, "recovery-codes")
    recovery_code = codes.first.inner_text()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    assert recovery_code in Path(saved.value.path()).read_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("You have 10 left.")).to_be_visible()
    expect(page.get_by_text("Unsaved draft")).to_have_count(0)  # a code is nothing to be kept
    look(page, "two-factor-on")

    page.context.clear_cookies()
    log_in(page, person)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    look(page, "second-step")
    page.get_by_label("Code").fill("000 00")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("This code is wrong, or it was used before.")).to_be_visible()
    look(page, "second-step-wrong")
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("You have 9 left.")).to_be_visible()
    page.goto("/sessions/history")
    look(page, "login-history")


def test_what_was_typed_goes_on_after_the_password(page: Page, person: Person) -> None:
    """A form is refused because ten minutes have passed; with the password it is carried out where it stands."""
    log_in(page, person)
    expect(page).to_have_url(re.compile("/boards"))
    page.goto("/profile/two-factor/setup")
    phone = Authenticator(person, page.locator("#totp-secret").inner_text().replace(" ", ""), [])
    page.get_by_label("Code that the app shows").fill(phone.code())
    forget_confirmation(person)
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("What you sent is kept")).to_be_visible()
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("That is not your password.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#recovery-codes code")).to_have_count(10)
