"""Which lines are to be mailed at all, and those that are delivered late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.notifications.bundles.jobs import send_due
from tests.factories import Person, make_task, make_team
from tests.mail.bundling import MORNING, at, clear, send_at
from tests.mail.server import Inbox
from tests.stores.scene import read


def test_what_is_delivered_days_late_is_still_mailed(
    mailing: Flask, ada: Person, bob: Person, inbox: Inbox
) -> None:
    with mailing.app_context():
        team = make_team(ada, member=bob)
        clear()
        with clock.frozen(MORNING - timedelta(days=40)):
            make_task(ada, team, assignee_id=bob.user_id)
        with at():
            pass
        assert send_at() == len(inbox.mails) == 1


def test_nothing_is_planned_where_no_mail_can_be_sent(
    app: Flask, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = app.config["TASKFORGE"]
    monkeypatch.setitem(app.config, "TASKFORGE", config.replaced(taskforge_env="production"))
    with app.app_context():
        make_team(ada, member=bob)
        clear()
        with at():
            make_team(ada, "Another", member=bob)
        assert read("SELECT count(*) FROM notification_mails") == 0
        assert send_due() == 0
