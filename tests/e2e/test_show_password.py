"""The button beside a password: what was typed is seen, and is a secret again for whatever keeps what forms hold."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.looking import LOOKED_AT, look
from tests.factories import PASSWORD, make_person

SECRET = "a word that nobody may keep"


def type_of(field: Locator, kind: str) -> None:
    expect(field).to_have_attribute("type", kind)


def test_a_password_is_shown_and_logs_in(app: Flask, page: Page) -> None:
    ada = make_person(app, "Ada")
    page.goto("/login")
    page.get_by_label("E-mail address").fill(ada.email)
    field = page.get_by_label("Password")
    field.fill(PASSWORD)
    field.press("Tab")
    button = page.get_by_role("button", name="Show password")
    expect(button).to_be_focused()
    button.press("Enter")
    type_of(field, "text")
    expect(field).to_have_value(PASSWORD)
    page.get_by_role("button", name="Hide password").press("Enter")
    type_of(field, "password")
    button.click()
    field.press("Enter")
    expect(page).to_have_url(re.compile("/boards"))


def test_what_was_shown_is_kept_nowhere(page: Page, log_in: Callable[..., None]) -> None:
    log_in(page)
    page.goto("/profile/password")
    page.get_by_role("button", name="Show present password").click()
    field = page.get_by_label("Present password")
    type_of(field, "text")
    field.press_sequentially(SECRET)
    type_of(page.get_by_label("New password"), "password")
    page.goto("/profile")
    assert SECRET not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    page.go_back()
    type_of(page.get_by_label("Present password"), "password")


def test_a_refused_password_is_hidden_again(app: Flask, page: Page) -> None:
    page.goto("/login")
    page.get_by_label("E-mail address").fill("nobody@example.test")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Show password").click()
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    type_of(page.get_by_label("Password"), "password")


@pytest.mark.parametrize("address", ["/login", "/register"])
def test_it_has_no_serious_problem(
    app: Flask, browser: Browser, live_server: str, address: str
) -> None:
    with browser.new_context(base_url=live_server, **LOOKED_AT) as context:
        page = context.new_page()
        page.goto(address)
        page.get_by_label("Password").fill(SECRET)
        page.get_by_role("button", name="Show password").click()
        look(page, f"show-password-{address.strip('/')}")


def test_without_scripts_there_is_no_button(app: Flask, browser: Browser, live_server: str) -> None:
    with browser.new_context(base_url=live_server, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/login")
        expect(page.get_by_label("Password")).to_be_visible()
        expect(page.get_by_role("button", name="Show")).to_have_count(0)
