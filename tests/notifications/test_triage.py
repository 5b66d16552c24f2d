"""Working through an inbox, by the services: archive, put off, come back, take back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from taskforge import clock
from taskforge.comments.service import create_comment
from taskforge.errors import InvalidInput
from taskforge.notifications import snoozes, triage
from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import count_unread, list_notifications
from taskforge.notifications.service import mark_read
from taskforge.notifications.states import InboxState
from taskforge.notifications.triage import Lines
from tests.factories import Person, Team, make_task, make_team
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")
TOMORROW = timedelta(days=1)


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def card(ada: Person, bob: Person, team: Team) -> str:
    """A card of Bob's, of which his inbox has three lines, the latest read; a fourth is about the team."""
    made = make_task(ada, team, "Paint", assignee_id=bob.user_id)
    for text in ("One", "Two"):
        create_comment(ada.actor, made, content=text)
    deliver()
    mark_read(bob.actor, notification_ids=[ids(bob)[0]])
    return made


def ids(person: Person, state: InboxState = InboxState.INBOX) -> list[str]:
    return [row["notification_id"] for row in list_notifications(person.actor, state=state)]


def unread(person: Person) -> list[str]:
    found = ids(person, InboxState.UNREAD)
    assert count_unread(person.user_id) == count_unread(person.user_id, cached=False) == len(found)
    return found


def test_an_archived_card_leaves_the_inbox_and_comes_back_as_it_was(bob: Person, card: str) -> None:
    before, open_ones = ids(bob), unread(bob)
    at = triage.archive(bob.actor, Lines(task_id=card))
    assert ids(bob) == before[3:]
    assert ids(bob, InboxState.ARCHIVED) == before[:3]
    assert len(unread(bob)) == 1
    triage.archive(bob.actor, Lines(task_id=card))
    triage.unarchive(bob.actor, Lines(task_id=card), at=at)
    assert (ids(bob), unread(bob)) == (before, open_ones)


def test_only_what_was_archived_then_is_taken_back(bob: Person, card: str) -> None:
    latest, second, *_ = ids(bob)
    triage.archive(bob.actor, Lines(notification_id=latest))
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        at = triage.archive(bob.actor, Lines(task_id=card))
    triage.unarchive(bob.actor, Lines(task_id=card), at=at)
    assert ids(bob, InboxState.ARCHIVED) == [latest]
    triage.unarchive(bob.actor, Lines(task_id=card))
    assert ids(bob)[:2] == [latest, second]


def test_what_is_put_off_comes_back_first_and_unread(ada: Person, bob: Person, card: str) -> None:
    latest, second, *_ = ids(bob)
    until = clock.now() + TOMORROW
    triage.snooze(bob.actor, Lines(notification_id=second), until=until)
    triage.snooze(bob.actor, Lines(notification_id=latest), until=until)
    assert set(ids(bob, InboxState.SNOOZED)) == {latest, second}
    assert second not in unread(bob)
    create_comment(ada.actor, card, content="Three")
    deliver()
    with clock.frozen(until - timedelta(minutes=1)):
        assert snoozes.return_due() == 0
    with clock.frozen(until):
        assert snoozes.return_due() == 2
        assert snoozes.return_due() == 0
    assert set(ids(bob)[:2]) == {latest, second}
    assert {latest, second} <= set(unread(bob))
    assert ids(bob, InboxState.SNOOZED) == []


def test_a_sweep_is_bounded_and_two_at_once_share_the_work(
    app: Flask, bob: Person, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + TOMORROW
    triage.snooze(bob.actor, Lines(task_id=card), until=until)
    monkeypatch.setattr(snoozes, "RETURNED_AT_ONCE", 2)

    def sweep() -> int:
        with clock.frozen(until):
            return snoozes.return_due()

    at_once = at_once_inside(app, [sweep, sweep])
    assert all(count <= 2 for count in at_once)
    assert sum([*at_once, sweep(), sweep()]) == 3
    assert len(ids(bob)) == 4


def test_a_snooze_is_taken_back_as_it_was(bob: Person, card: str) -> None:
    before, open_ones = ids(bob), unread(bob)
    lines = Lines(task_id=card)
    triage.snooze(bob.actor, lines, until=clock.now() + TOMORROW)
    with clock.frozen(clock.now() + timedelta(seconds=5)):
        at = triage.snooze(
            bob.actor, lines, until=clock.now() + 2 * TOMORROW, state=InboxState.SNOOZED
        )
    triage.unsnooze(bob.actor, lines, at=at)
    assert (ids(bob), unread(bob)) == (before, open_ones)


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_a_time_must_come_and_come_within_a_year(bob: Person, card: str, away: timedelta) -> None:
    with pytest.raises(InvalidInput):
        triage.snooze(bob.actor, Lines(task_id=card), until=clock.now() + away)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-03-27T10:20", ["27 14:00", "28 09:00", "30 09:00"]),
        ("2026-03-28T22:00", ["29 09:00", "30 09:00"]),  # clocks change in the night
        ("2026-03-29T17:59", ["29 21:00", "30 09:00"]),
        ("2026-03-30T18:01", ["31 09:00", "06 09:00"]),
    ],
)
def test_times_to_choose_are_those_of_the_reader(now: str, words: list[str]) -> None:
    zone = ZoneInfo("Europe/Vienna")
    choices = snoozes.list_choices(datetime.fromisoformat(now).replace(tzinfo=zone), zone)
    assert [f"{one.until.astimezone(UTC).astimezone(zone):%d %H:%M}" for one in choices] == words
