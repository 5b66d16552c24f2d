"""A site administrator suspends somebody whose board is open in another window, and lets them in again."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import text

from taskforge.stores import sql
from tests.e2e.accounts import fill_log_in, user_id_of
from tests.e2e.boards import CONNECTED, toast

WHY = "Too many invitations to strangers"


def make_site_admin(app: Flask, page: Page) -> None:
    statement = text("UPDATE users SET is_site_admin = true WHERE user_id = :id")
    with app.app_context():
        sql.execute_now(statement, {"id": user_id_of(page)})


def test_the_other_window_says_why_and_lifted_they_log_in_again(
    app: Flask, page: Page, board: str, grace: Page
) -> None:
    make_site_admin(app, page)
    grace.locator(CONNECTED).wait_for()
    page.goto("/admin/users")
    page.get_by_label("Name or e-mail address").fill("grace")
    page.get_by_role("button", name="Search").click()
    page.locator("#users").get_by_role("link", name=re.compile("Grace")).first.click()
    page.get_by_label("Reason").fill(WHY)
    page.get_by_role("button", name="Suspend").click()
    toast(page, "They are suspended").wait_for()
    grace.wait_for_url("**/login**")
    expect(grace.locator("#suspended")).to_contain_text(WHY)
    page.get_by_role("button", name="Lift the suspension").click()
    toast(page, "The suspension is lifted").wait_for()
    fill_log_in(grace)
    expect(grace).to_have_url(re.compile("/boards/"))
    grace.locator(CONNECTED).wait_for()
