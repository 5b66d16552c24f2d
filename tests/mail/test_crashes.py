"""A worker that is really killed at its crash points: the mail arrives, at most once more for each such death."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from signal import SIGKILL

import pytest
from flask import Flask

from taskforge import faults
from taskforge.dev.commands import ROOT
from taskforge.notifications.bundles.jobs import send_due
from taskforge.notifications.jobs import deliver
from taskforge.notifications.service import mark_task_read
from tests.factories import Person, make_task, make_team
from tests.mail.bundling import clear, parts
from tests.mail.posting import post, wait_out_pauses
from tests.mail.server import Inbox
from tests.servers import Servers
from tests.stores.scene import read, write
from tests.web_servers import SECRETS

pytestmark = pytest.mark.crash
# What the server has of the mail when its worker dies there.
ARRIVED_BEFORE = {"job.started": 0, "mail.before_send": 0, "mail.sent": 1}
SEND = """
from taskforge import create_app
from taskforge.notifications.bundles.jobs import send_pending
with create_app().app_context():
    send_pending()
"""


@pytest.fixture(autouse=True)
def inside(mailing: Flask) -> Iterator[None]:
    with mailing.app_context():
        yield


def die_at(point: str, servers: Servers, smtp_port: int) -> None:
    """Run the mail job in a process of its own that is killed at a point."""
    environment = {
        **os.environ,
        **servers.environment,
        **{name.upper(): value for name, value in SECRETS.items()},
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "MAIL_FROM": "forge@example.com",
        "PUBLIC_URL": "https://tasks.example.com",
        "REDIS_TIMEOUT_SECONDS": "2",
        "TASKFORGE_FAULT": point,
    }
    ended = subprocess.run(
        [sys.executable, "-c", SEND], cwd=ROOT, env=environment, timeout=600, check=False
    )
    assert ended.returncode == -SIGKILL


@pytest.mark.parametrize("point", list(ARRIVED_BEFORE))
def test_a_killed_worker_costs_one_duplicate_at_most(
    ada: Person, inbox: Inbox, servers: Servers, smtp_port: int, point: str
) -> None:
    post(ada.actor)
    die_at(point, servers, smtp_port)
    assert len(inbox.mails) == ARRIVED_BEFORE[point]
    if point != "job.started":
        assert send_due() == 0  # the lease of the dead
        assert read("SELECT claimed_until > now() + interval '60 seconds' FROM mail_intents")
    wait_out_pauses()
    assert send_due() == 1
    assert len(inbox.mails) == ARRIVED_BEFORE[point] + 1
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1
    wait_out_pauses()
    assert send_due() == 0
    assert read("SELECT count(*) FROM mail_intents WHERE sent_at IS NOT NULL") == 1


@pytest.mark.parametrize("point", ["mail.before_send", "mail.sent"])
def test_a_bundle_of_a_killed_worker_is_made_anew_and_comes_twice_at_most(
    ada: Person, bob: Person, inbox: Inbox, servers: Servers, smtp_port: int, point: str
) -> None:
    team = make_team(ada, member=bob)
    clear()
    for title in ("Read meanwhile", "Still news"):
        make_task(ada, team, title, assignee_id=bob.user_id)
    deliver()
    make_due()
    die_at(point, servers, smtp_port)
    assert len(inbox.mails) == ARRIVED_BEFORE[point]
    assert send_due() == 0  # the lease of the dead
    assert read("SELECT attempts FROM notification_bundles") == 1
    mark_task_read(bob.actor, str(read("SELECT task_id FROM tasks WHERE title = 'Read meanwhile'")))
    make_due()
    assert send_due() == 1
    assert len(inbox.mails) == ARRIVED_BEFORE[point] + 1
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 1
    text, _ = parts(inbox.mails[-1])
    assert "Still news" in text
    assert "Read meanwhile" not in text
    make_due()
    assert send_due() == 0
    assert read("SELECT count(*) FROM notification_bundles WHERE sent_at IS NOT NULL") == 1


def make_due() -> None:
    """Let what waits, also for a lease, be due."""
    write("UPDATE notification_mails SET due_at = created_at")
    write("UPDATE notification_bundles SET due_at = created_at, claimed_until = '-infinity'")


def test_both_points_of_mail_are_killed_here() -> None:
    assert {point for point in faults.POINTS if point.startswith("mail.")} < set(ARRIVED_BEFORE)
