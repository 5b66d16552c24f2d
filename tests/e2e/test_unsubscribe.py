"""A day's notifications come in one mail, and end by one click in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from taskforge import clock
from taskforge.notifications.bundles.jobs import send_due
from taskforge.notifications.jobs import deliver
from tests.factories import make_person, make_task, make_team
from tests.mail.bundling import choose, clear
from tests.stores.scene import read


@pytest.mark.parametrize("has_script", [True, False])
def test_a_digest_leads_to_its_end_and_back(
    app: Flask,
    browser: Browser,
    live_server: str,
    monkeypatch: pytest.MonkeyPatch,
    has_script: bool,
) -> None:
    config = app.config["TASKFORGE"].replaced(public_url=live_server)
    monkeypatch.setitem(app.config, "TASKFORGE", config)
    ada, bob = make_person(app, "Ada"), make_person(app, "Bob")
    team = make_team(ada, member=bob)
    with app.app_context():
        choose(bob, frequency="daily", digest_hour=8)
        clear()
        with clock.frozen(clock.now() - timedelta(hours=25)):
            for title in ("Oil the hinge", "Buy screws"):
                make_task(ada, team, title, assignee_id=bob.user_id)
            deliver()
        assert send_due() == 1
    context = browser.new_context(
        base_url=live_server, viewport={"width": 390, "height": 844}, java_script_enabled=has_script
    )
    page = context.new_page()
    page.goto("/mailbox/")
    page.get_by_role("link", name="Your day: 2 notifications on 2 cards").click()
    page.frame_locator("iframe").get_by_role("link", name="all notification mails").click()
    page.get_by_role("button", name="End these mails").press("Enter")
    page.get_by_role("heading", name="These mails have ended").wait_for()
    with app.app_context():
        assert read("SELECT NOT email FROM notification_settings")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Notification mails come to you again").wait_for()
    context.close()
    with app.app_context():
        assert read("SELECT email FROM notification_settings")
