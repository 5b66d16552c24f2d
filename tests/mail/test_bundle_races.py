"""A mail loses nothing that it did not look at, and follows choices that are made while it is handled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Connection

from taskforge import clock
from taskforge.comments.service import create_comment
from taskforge.ids import new_id
from taskforge.notification_kinds import Channel
from taskforge.notifications import hooks, watching
from taskforge.notifications.bundles import outcomes, queries
from taskforge.notifications.bundles.contents import read_contents
from taskforge.notifications.bundles.planning import schedule_of
from taskforge.notifications.service import mark_read
from taskforge.notifications.settings import settings_of
from taskforge.stores import sql
from tests.factories import Person, Team, make_task
from tests.mail.bundling import MORNING, at, choose, parts, send_at
from tests.mail.server import Inbox
from tests.stores.scene import read, write


@pytest.fixture
def unhooked() -> Iterator[None]:
    yield
    hooks._hooks.pop(Channel.LIVE, None)


def test_many_lines_that_nobody_wants_hide_none_that_is_wanted(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="daily")
    with at():
        task_id = make_task(ada, team, "Oil the hinge", assignee_id=bob.user_id)
    with at(0.5):
        create_comment(ada.actor, task_id, content="Noise")
    for _ in range(queries.MAX_LINES):  # more of the same
        ids = {"id": new_id(), "event": new_id()}
        write(
            """
            WITH line AS (
                INSERT INTO notifications (notification_id, event_id, user_id, kind, payload, created_at)
                SELECT CAST(:id AS uuid), CAST(:event AS uuid), user_id, kind, payload, created_at
                FROM   notifications
                WHERE  kind = 'commented'
                LIMIT  1
            )
            INSERT INTO notification_mails (notification_id, user_id, created_at, due_at)
            SELECT CAST(:id AS uuid), user_id, created_at, due_at
            FROM   notification_mails
            LIMIT  1
            """,
            **ids,
        )
    watching.unwatch_task(bob.actor, task_id)
    assert send_at(24) >= 1
    (mail,) = inbox.mails
    assert "assigned this card to you" in parts(mail)[0]
    assert "Noise" not in parts(mail)[0]
    assert read("SELECT count(*) FROM notification_mails WHERE bundle_id IS NULL") == 0


def test_a_choice_while_lines_are_inserted_counts_for_them(
    ada: Person, bob: Person, team: Team, inbox: Inbox, unhooked: None
) -> None:
    choose(bob, frequency="weekly")
    chosen = Thread(target=_choose_hourly, args=(bob,))

    def choose_meanwhile(_connection: Connection, _lines: Sequence[hooks.Line]) -> None:
        if chosen.ident is None:
            chosen.start()
            chosen.join(0.7)

    hooks.on_delivery(Channel.LIVE, choose_meanwhile)
    with at():
        make_task(ada, team, assignee_id=bob.user_id)
    chosen.join()
    while send_at(1.1):
        continue
    assert len(inbox.mails) == 1


def test_a_choice_while_it_is_quiet_counts_at_once(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    with at() as now:
        make_task(ada, team, assignee_id=bob.user_id)
    with clock.frozen(now + timedelta(minutes=2)):
        bundle = _claim()
        choose(bob, quiet_from="06:00", quiet_until="20:00")
        choose(bob, quiet_from=None, quiet_until=None)
        outcomes.postpone_due(bundle, now + timedelta(hours=11))
    while send_at(0.5):
        continue
    assert len(inbox.mails) == 1


def test_a_choice_while_a_mail_turns_out_to_be_empty_counts_for_what_waits(
    ada: Person, bob: Person, team: Team, inbox: Inbox
) -> None:
    choose(bob, frequency="weekly")
    with at():
        make_task(ada, team, "Oil the hinge", assignee_id=bob.user_id)
    week = 6 * 24 + 4  # a Monday, some hours after the mail of the week
    with at(week) as now:
        make_task(ada, team, "Buy screws", assignee_id=bob.user_id)
    with clock.frozen(now + timedelta(minutes=2)):
        bundle = _claim()
        line_id = read("SELECT notification_id FROM notification_mails WHERE bundle_id IS NOT NULL")
        mark_read(bob.actor, notification_ids=[line_id])
        settings = settings_of(bundle)
        contents = read_contents(bundle, settings, schedule_of(settings), clock.now())
        choose(bob, frequency="hourly")
        outcomes.discard(bundle, contents)
    while send_at(week + 2):
        continue
    (mail,) = inbox.mails
    assert mail["Subject"].endswith("Buy screws")


def _claim() -> sql.Row:
    now = clock.now()
    bundle = sql.row(queries.CLAIM, {"lease": 1, "at": now, "until": now})
    assert bundle is not None
    return bundle


def _choose_hourly(person: Person) -> None:
    with person.app.app_context(), clock.frozen(MORNING):
        choose(person, frequency="hourly")
