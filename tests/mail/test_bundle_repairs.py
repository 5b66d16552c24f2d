"""Bundles that were given up, forgotten or left lying: the doctor names them and sees them sent; old ones go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.admin import doctor_probes, maintenance
from taskforge.messaging import queues
from taskforge.messaging.redis_client import redis_client
from taskforge.notifications.bundles.jobs import send_due
from taskforge.notifications.jobs import deliver
from taskforge.stores import doctor
from tests.factories import Person, make_task, make_team
from tests.mail.bundling import clear, parts
from tests.mail.server import Inbox
from tests.stores.conftest import catch_up
from tests.stores.scene import read, write


@pytest.fixture(autouse=True)
def waiting(mailing: Flask, ada: Person, bob: Person) -> Iterator[None]:
    """Bob has a line that was due an hour ago."""
    with mailing.app_context():
        team = make_team(ada, member=bob)
        clear()
        with clock.frozen(clock.now() - timedelta(hours=1)):
            make_task(ada, team, "Oil the hinge", assignee_id=bob.user_id)
            deliver()
        catch_up()
        yield


def found() -> list[str]:
    return [each.detail for each in doctor.examine(doctor_probes.probes()).found]


def treat() -> None:
    assert doctor.treat(doctor_probes.probes(), doctor_probes.remedies()).left == []


def test_a_mail_that_was_given_up_is_made_again(inbox: Inbox) -> None:
    inbox.answers.append(("RCPT", "550 5.1.1 No such user"))
    assert send_due() == 1
    assert read("SELECT count(*) FROM notification_bundles WHERE parked_at IS NOT NULL") == 1
    assert send_due() == 0
    (detail,) = found()
    assert "550 5.1.1 No such user" in detail
    treat()
    assert send_due() == 1
    assert "Oil the hinge" in parts(inbox.mails[0])[0]
    assert found() == []


def test_what_nobody_has_sent_in_ten_minutes_is_sent(inbox: Inbox) -> None:
    (detail,) = found()
    assert "is not sent" in detail
    treat()
    assert len(inbox.mails) == 1


def test_lines_that_no_mail_would_take_get_one(inbox: Inbox) -> None:
    write("DELETE FROM notification_bundles")
    assert send_due() == 0
    (detail,) = found()
    assert "1 notifications to be mailed, and no mail that would take them" in detail
    treat()
    send_due()
    assert len(inbox.mails) == 1


def test_a_mail_that_comes_too_late_is_not_sent_and_old_rows_go(inbox: Inbox) -> None:
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert send_due() == 1
        assert inbox.mails == []
        assert "its time was over" in str(read("SELECT last_error FROM notification_bundles"))
    with clock.frozen(clock.now() + timedelta(days=11)):
        maintenance.drop_expired()
    assert read("SELECT count(*) FROM notification_bundles") == 0
    assert read("SELECT count(*) FROM notification_mails") == 0


def test_the_relay_wakes_the_queue_for_what_is_due(inbox: Inbox) -> None:

    redis_client().flushdb()
    (chore,) = [each for each in maintenance.chores() if each.name == "send overdue mails"]
    chore.run()
    assert queues.queue(queues.MAIL, redis_client()).count == 1
