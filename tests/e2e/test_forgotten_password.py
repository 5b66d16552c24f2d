"""Somebody who has forgotten their password gets back in, by nothing but what they see."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect

from tests.e2e.scenes_of_accounts import ask_for_password, open_latest_mail
from tests.factories import make_person

NEW = "Another long sentence, 43"


def test_a_link_of_a_mail_leads_to_a_new_password_and_into_the_account(
    app: Flask, page: Page
) -> None:
    ada = make_person(app, "Ada")
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    ask_for_password(page, ada.email)
    open_latest_mail(page)
    # As it looks: the button of the mail, in its frame, opens the window.
    frame = page.frame_locator(".mailbox__frame")
    expect(frame.get_by_text("Hello Ada")).to_be_visible()
    page.get_by_role("link", name="Open its link").click()
    expect(page.get_by_text(ada.email)).to_be_visible()
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", name="Back to work")).to_be_visible()
    page.get_by_label("E-mail address").fill(ada.email)
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Boards")).to_be_visible()
    page.goto("/profile/address")
    page.get_by_role("button", name="Send a link that confirms it").click()
    open_latest_mail(page)
    page.frame_locator(".mailbox__frame").get_by_role("link", name="Confirm this address").click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("confirmed", exact=False).first).to_be_visible()
    page.goto("/profile")
    expect(page.locator(".page__head")).to_contain_text("· confirmed")
