"""Delivery: what is notified of each kind arrives exactly once, whatever the job goes through."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge import clock
from taskforge.boards.board_people import limit_guest
from taskforge.comments.service import create_comment
from taskforge.errors import Unavailable
from taskforge.messaging import unread_counter
from taskforge.notification_kinds import NotificationKind, Subject
from taskforge.notifications import jobs
from taskforge.notifications.jobs import deliver, deliver_pending, has_undelivered
from taskforge.notifications.queries import count_unread, list_notifications
from taskforge.stores import sql
from taskforge.tasks.service import edit_task, move_task
from taskforge.teams.service import add_member, change_role, remove_member
from tests.factories import Person, Team, make_task, make_team
from tests.stores.scene import read
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    made = make_team(ada, member=bob)
    with ada.app.app_context():
        deliver()
    return made


def kinds(person: Person) -> list[str]:
    """The kinds of the delivered notifications, oldest first."""
    return [row["kind"] for row in list_notifications(person.actor)][::-1]


def cause(kind: NotificationKind, ada: Person, bob: Person, team: Team, grace: Person) -> Person:
    """Let something of a kind happen; who is to be notified."""
    if kind is NotificationKind.ADDED_TO_TEAM:
        add_member(ada.actor, team.team_id, role="guest", user_id=grace.user_id)
        return grace
    if kind is NotificationKind.REMOVED_FROM_TEAM:
        remove_member(ada.actor, team.team_id, bob.user_id)
        return bob
    if kind is NotificationKind.ROLE_CHANGED:
        change_role(ada.actor, team.team_id, bob.user_id, role="guest")
        return bob
    if kind is NotificationKind.LIMITED_TO_BOARDS:
        change_role(ada.actor, team.team_id, bob.user_id, role="guest")
        deliver()
        limit_guest(ada.actor, team.team_id, bob.user_id, board_ids=[])
        return bob
    if kind is NotificationKind.ASSIGNED:
        make_task(ada, team, assignee_id=bob.user_id)
        return bob
    task_id = make_task(bob, team)
    if kind is NotificationKind.STATUS_CHANGED:
        edit_task(ada.actor, task_id, changes={"status": "done"})
    else:
        name = f"@{bob.email}" if kind is NotificationKind.MENTIONED else "somebody"
        create_comment(ada.actor, task_id, content=f"Look, {name}")
    return bob


# What is about one's account, an invitation or the life of a team has its tests with these:
# accounts/test_login_history.py, accounts/test_two_factor.py, teams/test_invitations.py, teams/test_hand_over.py,
# teams/test_transfer.py and teams/test_deletion.py.
ELSEWHERE = {
    NotificationKind.NEW_DEVICE,
    NotificationKind.TWO_FACTOR_RESET,
    NotificationKind.INVITED_TO_TEAM,
    NotificationKind.INVITATION_ACCEPTED,
    NotificationKind.INVITATION_DECLINED,
    NotificationKind.HANDED_OVER,
    NotificationKind.TEAM_DELETED,
    NotificationKind.TWO_FACTOR_REQUIRED,
    NotificationKind.MADE_ADMIN,
    # And what no change of somebody else is: notifications/test_due.py, stores/test_account_export.py.
    NotificationKind.DUE_SOON,
    NotificationKind.OVERDUE,
    NotificationKind.REMINDER,
    NotificationKind.REPORT_READY,
}


@pytest.mark.parametrize("kind", [kind for kind in NotificationKind if kind not in ELSEWHERE])
def test_each_kind_arrives_once_with_its_subject(
    kind: NotificationKind, ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    person = cause(kind, ada, bob, team, grace)
    before = len(kinds(person))
    assert deliver_pending() == 1
    assert deliver_pending() == 0
    found = list_notifications(person.actor)
    assert len(found) == before + 1
    newest = found[0]
    assert (newest["kind"], newest["actor_id"], newest["read_at"]) == (kind, ada.user_id, None)
    needed = {
        Subject.TASK: {"task_id", "key", "title"},
        Subject.COMMENT: {"task_id", "key", "title", "comment_id"},
        Subject.TEAM: {"team_id"},
        Subject.NONE: set(),
    }
    assert needed[kind.subject] <= newest["payload"].keys()
    assert kinds(ada) == []


def test_the_actor_is_never_notified_of_their_own_change(bob: Person, team: Team) -> None:
    task_id = make_task(bob, team, assignee_id=bob.user_id)
    edit_task(bob.actor, task_id, changes={"status": "done"})
    create_comment(bob.actor, task_id, content=f"Note to @{bob.email}")
    assert deliver() == 0
    assert kinds(bob) == ["added_to_team"]


def test_who_has_left_is_told_nothing_of_tasks(ada: Person, bob: Person, team: Team) -> None:
    task_id = make_task(bob, team, assignee_id=bob.user_id)
    remove_member(ada.actor, team.team_id, bob.user_id)
    edit_task(ada.actor, task_id, changes={"status": "done"})
    create_comment(ada.actor, task_id, content=f"@{bob.email}")
    deliver()
    assert kinds(bob) == ["added_to_team", "removed_from_team"]


def test_a_move_within_a_status_is_no_change_of_status(
    ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(bob, team)
    move_task(ada.actor, task_id, column_id=team.columns["backlog"])
    assert deliver() == 0


def test_an_intent_waits_until_it_is_delivered(ada: Person, bob: Person, team: Team) -> None:
    assert not has_undelivered(clock.now())
    make_task(ada, team, assignee_id=bob.user_id)
    assert has_undelivered(clock.now())
    deliver()
    assert not has_undelivered(clock.now())


def test_more_than_a_batch_arrives_in_order(
    ada: Person, bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    titles = [f"Task {number}" for number in range(5)]
    for title in titles:
        make_task(ada, team, title, assignee_id=bob.user_id)
    assert deliver() == 5
    found = list_notifications(bob.actor)[:5]
    assert [row["payload"]["title"] for row in found] == titles[::-1]


def test_two_jobs_at_once_add_no_line_twice(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    for number in range(4):
        make_task(ada, team, f"Task {number}", assignee_id=bob.user_id)
    answers = at_once_inside(app, [deliver, deliver, deliver])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert kinds(bob).count("assigned") == 4
    assert read("SELECT count(*) FROM notification_intents WHERE delivered_at IS NULL") == 0
    assert count_unread(bob.user_id) == 5


def test_a_job_that_dies_between_inserting_and_marking_is_repeated_without_a_trace(
    ada: Person, bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(Exception):
        pass

    def die(_intents: object) -> None:
        raise Died

    make_task(ada, team, assignee_id=bob.user_id)
    with monkeypatch.context() as dying:
        dying.setattr(jobs, "_mark", die)
        with pytest.raises(Died):
            deliver()
    assert kinds(bob)[-1] == "assigned"
    first = list_notifications(bob.actor)[0]["notification_id"]
    assert has_undelivered(clock.now())
    assert deliver() == 1
    assert kinds(bob).count("assigned") == 1
    assert list_notifications(bob.actor)[0]["notification_id"] == first
    assert count_unread(bob.user_id, cached=False) == count_unread(bob.user_id) == 2


def test_a_job_that_dies_before_inserting_loses_nothing(
    ada: Person, bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_intents: object) -> None:
        raise Unavailable("away")

    make_task(ada, team, assignee_id=bob.user_id)
    with monkeypatch.context() as dying:
        dying.setattr(jobs, "_insert", away)
        with pytest.raises(Unavailable):
            deliver()
    assert kinds(bob) == ["added_to_team"]
    assert deliver() == 1
    assert kinds(bob) == ["added_to_team", "assigned"]


def test_a_line_that_was_read_is_not_unread_by_a_second_delivery(
    ada: Person, bob: Person, team: Team
) -> None:
    from taskforge.notifications.service import mark_read

    make_task(ada, team, assignee_id=bob.user_id)
    deliver()
    mark_read(bob.actor)
    with sql.transaction() as connection:
        connection.exec_driver_sql("UPDATE notification_intents SET delivered_at = NULL")
    assert deliver() == 2
    assert count_unread(bob.user_id) == 0
    assert len(kinds(bob)) == 2


def test_the_counter_follows_a_delivery(ada: Person, bob: Person, team: Team) -> None:
    assert unread_counter.get_unread(bob.user_id) == 1
    make_task(ada, team, assignee_id=bob.user_id)
    assert unread_counter.get_unread(bob.user_id) == 1
    deliver()
    assert unread_counter.get_unread(bob.user_id) == 2
