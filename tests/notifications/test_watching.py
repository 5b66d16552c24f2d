"""Who hears of a task: who takes part in it, who chose to, and nobody who may not see it or does not want to."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.boards.service import edit_board
from taskforge.comments.service import create_comment
from taskforge.errors import NotFound
from taskforge.notification_kinds import NotificationKind
from taskforge.notifications import fan_out
from taskforge.notifications.delivery_checks import wrong_deliveries
from taskforge.notifications.jobs import deliver
from taskforge.notifications.queries import list_notifications
from taskforge.notifications.watching import (
    get_board_watch,
    is_watching_task,
    mute_board,
    reset_board,
    unwatch_task,
    watch_board,
    watch_task,
)
from taskforge.tasks.service import delete_task, edit_task
from taskforge.teams.service import add_member, remove_member
from tests.factories import Person, Team, make_task, make_team
from tests.stores.scene import read
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def team(ada: Person, bob: Person, grace: Person) -> Team:
    """Ada acts; Bob and Grace are to hear of it, or not."""
    made = make_team(ada, member=bob)
    with ada.app.app_context():
        add_member(ada.actor, made.team_id, role="member", user_id=grace.user_id)
        deliver()
    return made


def heard(person: Person) -> list[str]:
    """The kinds of what came to somebody but into their team, oldest first; all of it is delivered."""
    deliver()
    kinds = [row["kind"] for row in list_notifications(person.actor)][::-1]
    return [kind for kind in kinds if kind != "added_to_team"]


def say(person: Person, task_id: str, content: str = "Look") -> None:
    create_comment(person.actor, task_id, content=content)


def test_who_takes_part_hears_and_nobody_else(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    say(ada, task_id)
    assert heard(bob) == heard(ada) == []
    say(bob, task_id)
    assert heard(ada) == ["commented"]
    say(ada, task_id, f"@{grace.email}")
    assert (heard(bob), heard(grace)) == (["commented"], ["mentioned"])
    edit_task(ada.actor, task_id, changes={"status": "done"})
    assert heard(bob) == ["commented", "status_changed"]
    assert heard(grace) == ["mentioned", "status_changed"]
    assert all(is_watching_task(one.actor, task_id) for one in (ada, bob, grace))
    assert [row["kind"] for row in list_notifications(ada.actor)] == ["commented"]


def test_a_choice_for_a_task_stands_above_everything(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id)
    assert heard(bob) == ["assigned"]
    unwatch_task(bob.actor, task_id)
    watch_task(grace.actor, task_id)
    mute_board(grace.actor, team.board_id)
    watch_board(bob.actor, team.board_id)
    assert not is_watching_task(bob.actor, task_id)
    assert is_watching_task(grace.actor, task_id)
    say(ada, task_id)
    assert (heard(bob), heard(grace)) == (["assigned"], ["commented"])
    say(ada, task_id, f"@{bob.email}")
    assert heard(bob) == ["assigned", "mentioned"]


def test_a_board_is_watched_muted_or_neither(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    watch_board(bob.actor, team.board_id)
    mute_board(grace.actor, team.board_id)
    assert get_board_watch(bob.actor, team.board_id) == (True, False)
    assert get_board_watch(grace.actor, team.board_id) == (False, True)
    task_id = make_task(ada, team, assignee_id=grace.user_id)
    assert is_watching_task(bob.actor, task_id)
    assert not is_watching_task(grace.actor, task_id)
    say(ada, task_id)
    assert (heard(bob), heard(grace)) == (["commented"], ["assigned"])
    reset_board(bob.actor, team.board_id)
    reset_board(grace.actor, team.board_id)
    assert get_board_watch(grace.actor, team.board_id) == (False, False)
    say(ada, task_id)
    assert (heard(bob), heard(grace)) == (["commented"], ["assigned", "commented"])


def test_rights_are_asked_when_it_is_told(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    task_id = make_task(ada, team, assignee_id=bob.user_id)
    watch_task(grace.actor, task_id)
    say(ada, task_id, f"@{grace.email}")
    remove_member(ada.actor, team.team_id, bob.user_id)
    edit_board(ada.actor, team.board_id, version=1, is_private=True)
    assert heard(bob) == ["removed_from_team"]
    assert heard(grace) == []
    assert list(wrong_deliveries()) == []
    with pytest.raises(NotFound):
        watch_task(grace.actor, task_id)
    with pytest.raises(NotFound):
        watch_board(grace.actor, team.board_id)


def test_nothing_is_told_of_a_task_that_went_into_the_trash(
    ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    watch_task(bob.actor, task_id)
    say(ada, task_id)
    delete_task(ada.actor, task_id)
    assert heard(bob) == []


def test_a_change_writes_one_row_however_many_watch_and_all_hear_once(
    app: Flask, ada: Person, bob: Person, grace: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "EVENTS_AT_ONCE", 2)
    task_id = make_task(ada, team)
    for person in (bob, grace):
        watch_task(person.actor, task_id)
    for number in range(5):
        say(ada, task_id, f"{number}")
    assert read("SELECT count(*) FROM notification_fan_outs") == 5
    assert read("SELECT count(*) FROM notification_intents WHERE kind = 'commented'") == 0
    answers = at_once_inside(app, [deliver, deliver, deliver])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert heard(bob) == heard(grace) == ["commented"] * 5
    assert read("SELECT count(*) FROM notification_fan_outs") == 0


def test_many_events_of_which_nobody_hears_hold_up_no_delivery(
    ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "EVENTS_AT_ONCE", 2)
    monkeypatch.setattr(fan_out, "EVENTS_BEFORE_DELIVERY", 4)
    task_id = make_task(ada, team)
    deliver()
    for number in range(7):
        say(ada, task_id, f"{number}")
    assert fan_out.expand_some(200)
    assert read("SELECT count(*) FROM notification_fan_outs") == 3
    assert not fan_out.expand_some(200)
    assert read("SELECT count(*) FROM notification_fan_outs") == 0


def test_a_job_that_dies_between_expanding_and_delivering_loses_and_doubles_nothing(
    ada: Person, bob: Person, team: Team
) -> None:
    task_id = make_task(ada, team)
    watch_task(bob.actor, task_id)
    say(ada, task_id)
    assert fan_out.expand() == (1, 1)
    assert fan_out.expand() == (0, 0)
    assert heard(bob) == [NotificationKind.COMMENTED]
