"""Cards that are due, and reminders: told once, at the hour where somebody is, to whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts.service import edit_profile
from taskforge.boards.archive import archive_board
from taskforge.errors import Conflict, InvalidInput, NotFound
from taskforge.notification_kinds import NotificationKind
from taskforge.notifications import due_sweep, reminders
from taskforge.notifications.delivery_checks import tell_again, wrong_deliveries
from taskforge.notifications.due_rules import find_notice
from taskforge.notifications.due_sweep import DueSweep, tell_all
from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import list_notifications
from taskforge.notifications.reminders import (
    add_reminder,
    list_reminders,
    remove_reminder,
    tell_due,
)
from taskforge.notifications.watching import unwatch_task, watch_task
from taskforge.tasks.service import delete_task, edit_task
from taskforge.teams.service import remove_member
from tests.factories import Person, Team, make_task, make_team
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")
DAY = date(2026, 3, 10)
EARLY = datetime(2026, 3, 1, tzinfo=UTC)  # when the cards are made


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def team(ada: Person, bob: Person) -> Iterator[Team]:
    with ada.app.app_context():
        made = make_team(ada, member=bob)
        deliver()
        with clock.frozen(EARLY):
            yield made


def heard(person: Person) -> list[str]:
    deliver()
    kinds = [row["kind"] for row in list_notifications(person.actor)][::-1]
    return [kind for kind in kinds if kind not in ("added_to_team", "assigned")]


def sweep(now: str) -> int:
    with clock.frozen(at(now)):
        return tell_all()


SOON, OVER = NotificationKind.DUE_SOON, NotificationKind.OVERDUE
VIENNA = ZoneInfo("Europe/Vienna")
INSTANT = at("2026-03-10T15:00Z")


@pytest.mark.parametrize(
    ("due", "now", "kind"),
    [
        (DAY, "2026-03-10T06:59Z", None),
        (DAY, "2026-03-10T07:00Z", SOON),
        (DAY, "2026-03-10T22:59Z", SOON),
        (DAY, "2026-03-10T23:00Z", None),
        (DAY, "2026-03-11T07:00Z", OVER),
        (DAY, "2026-03-12T06:59Z", OVER),
        (DAY, "2026-03-12T07:00Z", None),
        (date(2026, 3, 29), "2026-03-29T05:59Z", None),  # the clocks have gone forward
        (date(2026, 3, 29), "2026-03-29T06:00Z", SOON),
        (INSTANT, "2026-03-09T14:59Z", None),
        (INSTANT, "2026-03-09T15:00Z", SOON),
        (INSTANT, "2026-03-10T15:00Z", OVER),
        (INSTANT, "2026-03-11T15:00Z", None),
    ],
)
def test_when_somebody_in_vienna_is_told(due: date, now: str, kind: str | None) -> None:
    found = find_notice(due, zone=VIENNA, hour=8, now=at(now))
    assert (found.kind if found else None) == kind
    assert found is None or found.from_at <= at(now)


def test_each_is_told_once_in_the_morning_where_they_are(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    edit_profile(bob.actor, version=1, changes={"time_zone": "Asia/Tokyo"})
    task_id = make_task(ada, team, assignee_id=bob.user_id, due_at=DAY)
    watch_task(ada.actor, task_id)
    assert sweep("2026-03-09T22:59Z") == 0
    answers = at_once_inside(app, [partial(sweep, "2026-03-09T23:00Z")] * 3)
    assert sorted(answers) == [0, 0, 1]
    assert (heard(bob), heard(ada)) == (["due_soon"], [])
    assert sweep("2026-03-10T08:00Z") == 1
    assert heard(ada) == ["due_soon"]
    assert [sweep("2026-03-10T23:00Z"), sweep("2026-03-11T08:00Z")] == [1, 1]
    assert heard(bob) == heard(ada) == ["due_soon", "overdue"]
    assert sweep("2026-03-11T08:01Z") == 0


def test_a_new_moment_is_told_anew_and_not_to_who_chose_it_too_late(
    ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id, due_at=DAY)
    assert sweep("2026-03-10T09:00Z") == 1
    with clock.frozen(at("2026-03-11T10:00Z")):
        edit_task(bob.actor, task_id, changes={"due_at": date(2026, 3, 11)})
        assert tell_all() == 0
        edit_task(ada.actor, task_id, changes={"due_at": at("2026-03-11T12:00Z")})
        assert tell_all() == 1
    assert heard(bob) == ["due_soon", "due_soon"]


def test_nobody_is_told_of_what_is_done_deleted_archived_unseen_or_unwatched(
    ada: Person, bob: Person, team: Team
) -> None:
    for number in range(5):
        task_id = make_task(ada, team, f"{number}", assignee_id=bob.user_id, due_at=DAY)
        add_reminder(bob.actor, task_id, at=at("2026-03-10T09:00Z"))
        if number == 0:
            edit_task(ada.actor, task_id, changes={"status": "done"})
        elif number == 1:
            delete_task(ada.actor, task_id)
        elif number == 2:
            unwatch_task(bob.actor, task_id)
    with clock.frozen(at("2026-03-10T10:00Z")):
        assert tell_all() == 2
        assert tell_due() == 3
        assert tell_due() == 0
    deliver()
    archive_board(ada.actor, team.board_id)
    assert sweep("2026-03-11T10:00Z") == 0
    assert sorted(heard(bob)) == ["due_soon"] * 2 + ["reminder"] * 3 + ["status_changed"]


def test_a_walk_goes_on_page_by_page(
    ada: Person, bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due_sweep, "PAGE", 2)
    for number in range(5):
        make_task(ada, team, f"{number}", assignee_id=bob.user_id, due_at=DAY)
    walk = DueSweep()
    with clock.frozen(at("2026-03-10T10:00Z")):
        assert [walk() for _ in range(4)] == [2, 2, 1, 0]
    assert heard(bob) == ["due_soon"] * 5


def test_a_reminder_comes_once_for_its_person_alone(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    when = at("2026-03-10T09:00Z")
    first = add_reminder(bob.actor, task_id, at=when)
    assert add_reminder(bob.actor, task_id, at=when)["reminder_id"] == first["reminder_id"]
    other = add_reminder(bob.actor, task_id, at=when + timedelta(days=1))
    assert [one["remind_at"] for one in list_reminders(bob.actor, task_id)] == [
        when, when + timedelta(days=1),
    ]  # fmt: skip
    assert list_reminders(ada.actor, task_id) == []
    with pytest.raises(NotFound):
        remove_reminder(ada.actor, other["reminder_id"])
    assert remove_reminder(bob.actor, other["reminder_id"]) == task_id
    for wrong in (EARLY, EARLY + timedelta(days=6 * 366)):
        with pytest.raises(InvalidInput):
            add_reminder(bob.actor, task_id, at=wrong)

    def remind() -> int:
        with clock.frozen(when):
            return tell_due()

    assert sorted(at_once_inside(app, [remind] * 3)) == [0, 0, 1]
    assert (heard(bob), heard(ada)) == (["reminder"], [])
    assert list_reminders(bob.actor, task_id) == []


def test_there_are_not_too_many_reminders(
    bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "MAX_OPEN", 2)
    task_id = make_task(bob, team)
    for hour in (8, 9):
        add_reminder(bob.actor, task_id, at=EARLY + timedelta(hours=hour))
    with pytest.raises(Conflict):
        add_reminder(bob.actor, task_id, at=EARLY + timedelta(hours=10))


def test_who_has_left_is_reminded_of_nothing(ada: Person, bob: Person, team: Team) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id, due_at=DAY)
    add_reminder(bob.actor, task_id, at=at("2026-03-10T09:00Z"))
    remove_member(ada.actor, team.team_id, bob.user_id)
    with clock.frozen(at("2026-03-10T10:00Z")):
        assert (tell_all(), tell_due()) == (0, 0)
    assert heard(bob) == ["removed_from_team"]


def test_the_doctor_finds_what_was_not_told_and_tells_it(
    ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id, due_at=DAY)
    add_reminder(bob.actor, task_id, at=at("2026-03-10T08:00Z"))
    deliver()
    with clock.frozen(at("2026-03-10T08:04Z")):
        assert list(wrong_deliveries()) == []
    with clock.frozen(at("2026-03-10T08:06Z")):
        found = list(wrong_deliveries())
        assert sorted(one.entity.split()[0] for one in found) == ["reminder", "task"]
        tell_again(found)
        assert list(wrong_deliveries()) == []
    assert sorted(heard(bob)) == ["due_soon", "reminder"]
