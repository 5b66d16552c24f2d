"""Reading notifications, by the service: lists, pages, marks and the counter."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.errors import NotFound
from taskforge.ids import new_id
from taskforge.messaging import unread_counter
from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import PAGE, count_unread, get_notification, list_notifications
from taskforge.notifications.service import MAX_MARKED, mark_read
from taskforge.notifications.states import InboxState
from tests.factories import Person, Team, make_task, make_team
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


@pytest.fixture
def ids(app: Flask, ada: Person, bob: Person, team: Team) -> list[str]:
    """Bob's notifications, latest first: four assignments, and that he was added to the team."""
    for number in range(4):
        make_task(ada, team, f"Task {number}", assignee_id=bob.user_id)
    with app.app_context():
        deliver()
        return [row["notification_id"] for row in list_notifications(bob.actor)]


def unread(person: Person) -> list[str]:
    return [
        row["notification_id"] for row in list_notifications(person.actor, state=InboxState.UNREAD)
    ]


def test_all_are_unread_at_first_latest_first(bob: Person, ids: list[str]) -> None:
    assert unread(bob) == ids == sorted(ids, reverse=True)
    assert count_unread(bob.user_id) == 5


def test_some_are_marked_and_the_rest_stays(bob: Person, ids: list[str]) -> None:
    assert mark_read(bob.actor, notification_ids=ids[1:3]) == 2
    assert unread(bob) == [ids[0], *ids[3:]]
    assert get_notification(bob.actor, ids[1])["read_at"] is not None
    assert get_notification(bob.actor, ids[0])["read_at"] is None
    assert count_unread(bob.user_id) == count_unread(bob.user_id, cached=False) == 3


def test_marking_again_changes_nothing(bob: Person, ids: list[str]) -> None:
    mark_read(bob.actor, notification_ids=ids[:1])
    first = get_notification(bob.actor, ids[0])["read_at"]
    assert mark_read(bob.actor, notification_ids=ids[:1]) == 0
    assert get_notification(bob.actor, ids[0])["read_at"] == first


def test_all_are_marked_at_once(bob: Person, ids: list[str]) -> None:
    assert mark_read(bob.actor) == 5
    assert unread(bob) == []
    assert [row["notification_id"] for row in list_notifications(bob.actor)] == ids
    assert count_unread(bob.user_id) == 0
    assert mark_read(bob.actor) == 0


def test_no_ids_mark_nothing(bob: Person, ids: list[str]) -> None:
    assert mark_read(bob.actor, notification_ids=[]) == 0
    assert unread(bob) == ids


def test_a_request_marks_a_limited_number(bob: Person, ids: list[str]) -> None:
    many = [new_id() for _ in range(MAX_MARKED)]
    assert mark_read(bob.actor, notification_ids=[*many, ids[0]]) == 0
    assert mark_read(bob.actor, notification_ids=[*many[1:], ids[0]]) == 1


def test_the_notifications_of_another_are_out_of_reach(
    ada: Person, bob: Person, eve: Person, ids: list[str]
) -> None:
    for person in (ada, eve):
        assert list_notifications(person.actor) == []
        assert mark_read(person.actor, notification_ids=ids) == 0
        assert mark_read(person.actor) == 0
        with pytest.raises(NotFound):
            get_notification(person.actor, ids[0])
    assert unread(bob) == ids
    with pytest.raises(NotFound):
        get_notification(bob.actor, new_id())


def test_pages_follow_each_other_without_gap_or_repetition(bob: Person, ids: list[str]) -> None:
    seen: list[str] = []
    after = None
    while page := list_notifications(bob.actor, before=after, limit=2):
        assert len(page) <= 2
        seen += [row["notification_id"] for row in page]
        after = seen[-1]
    assert seen == ids


def test_a_page_of_unread_ones_passes_over_the_others(bob: Person, ids: list[str]) -> None:
    mark_read(bob.actor, notification_ids=[ids[0], ids[2]])
    page = list_notifications(bob.actor, limit=2, state=InboxState.UNREAD)
    assert [row["notification_id"] for row in page] == [ids[1], ids[3]]
    rest = list_notifications(bob.actor, before=ids[3], state=InboxState.UNREAD)
    assert [row["notification_id"] for row in rest] == [ids[4]]


def test_no_page_is_longer_than_the_limit(
    bob: Person, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(list_notifications(bob.actor, limit=10 * PAGE)) == 5
    monkeypatch.setattr("taskforge.notifications.queries.PAGE", 3)
    assert len(list_notifications(bob.actor, limit=10)) == 3


def test_a_lost_counter_is_counted_again(bob: Person, ids: list[str]) -> None:
    mark_read(bob.actor, notification_ids=ids[:2])
    unread_counter.set_unread(bob.user_id, 77)
    assert count_unread(bob.user_id) == 77
    assert count_unread(bob.user_id, cached=False) == 3
    mark_read(bob.actor, notification_ids=[])
    assert unread_counter.get_unread(bob.user_id) == 3


def test_two_who_mark_at_once_count_each_line_once(app: Flask, bob: Person, ids: list[str]) -> None:
    answers = at_once_inside(app, [lambda: mark_read(bob.actor), lambda: mark_read(bob.actor)])
    assert sum(answers) == 5
    assert count_unread(bob.user_id) == 0
