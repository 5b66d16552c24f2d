"""What others keep of somebody who has deleted their account: no name in notices and mails, no address from earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts.address import confirm_address, request_change
from taskforge.accounts.service import register_user
from taskforge.admin import erasure
from taskforge.admin.erasure import erase_deleted_people
from taskforge.boards.service import create_team
from taskforge.history.activity import list_team_events, read_team_activity
from taskforge.ids import new_id
from taskforge.leaving import lag
from taskforge.leaving.deletion import delete_account
from taskforge.leaving.exports import request_export
from taskforge.mail.tokens import make_token
from taskforge.notifications.queries import list_notifications
from taskforge.stores.actor import Actor, UsedToken
from taskforge.tasks.bulk import hand_over
from taskforge.tasks.service import create_task
from taskforge.teams.deletion import delete_team
from taskforge.teams.invitations.service import accept_invitation, invite_person
from taskforge.teams.service import add_member
from taskforge.teams.two_factor import require_two_factor
from taskforge.web.notifications.presenters import show_notification
from tests.accounts.test_password_reset import latest_mail
from tests.stores.conftest import assert_stores_agree, catch_up
from tests.stores.erased import (
    PASSWORD,
    address_of,
    erase_everything,
    places_of,
    refuse_log_in,
)
from tests.stores.scene import Scene, read, register, write

pytestmark = pytest.mark.usefixtures("settled_at_once")
NAME = "Xanthippe"


def named(scene: Scene) -> Actor:
    """Somebody of an unusual name, an admin of the team and of one of their own."""
    actor = Actor(user_id=new_id())
    register_user(actor, email="xan@example.org", password=PASSWORD, first_name=NAME)
    add_member(scene.ann, scene.team_id, role="admin", user_id=actor.user_id)
    write("UPDATE users SET two_factor_at = now() WHERE user_id = :id", id=actor.user_id)
    return actor


def move_to(app: Flask, person: Actor, address: str) -> None:
    """Let an account have another address."""
    request_change(person, email=address)
    confirm_address(latest_mail(app)[2].rsplit("/", 1)[1], ip=None, user_agent=None)


def lines_of(app: Flask, person: Actor) -> list[str]:
    """What somebody's inbox says."""
    with app.test_request_context():
        return [show_notification(row)["text"] for row in list_notifications(person)]


def test_no_notice_and_no_mail_to_others_keeps_the_name(app: Flask, scene: Scene) -> None:
    gone = named(scene)
    other = create_team(gone, name="Second").entity_id
    require_two_factor(gone, scene.team_id, grace_days=30)
    add_member(gone, other, role="admin", user_id=scene.bob.user_id)
    ann_address = address_of(scene.ann)
    invite_person(gone, other, token=make_token(), role="member", per_day=9, email=ann_address)
    create_task(scene.ann, board_id=scene.board_id, title="Dig", assignee_id=gone.user_id)
    delete_team(gone, other)
    catch_up()
    people = (scene.ann, scene.team_id, gone.user_id)
    hand_over.remove_member(*people, hand_over_to=scene.bob.user_id)
    assert [place for place in places_of(NAME) if "notification" in place] == []
    catch_up()
    assert any(f"1 card of {NAME} over to you" in line for line in lines_of(app, scene.bob))
    assert f"{NAME} in mail_intents" in places_of(NAME)
    delete_account(gone, email="xan@example.org")
    erase_everything()
    assert places_of(NAME) == []
    assert any("1 card of Deleted person over" in line for line in lines_of(app, scene.bob))
    by = "SELECT context ->> 'by' FROM mail_intents WHERE kind = 'two_factor_required' LIMIT 1"
    assert read(by) == "Deleted person"
    assert_stores_agree()


def test_earlier_addresses_go_too(app: Flask, scene: Scene) -> None:
    bob, first = scene.bob, address_of(scene.bob)
    other = create_team(scene.ann, name="Elsewhere").entity_id
    invite_person(scene.ann, other, token=make_token(), role="member", per_day=9, email=first)
    refuse_log_in(first)
    catch_up()
    move_to(app, bob, "second@example.org")
    refuse_log_in("second@example.org")
    move_to(app, bob, "third@example.org")
    request_change(bob, email="never@example.org")
    catch_up()
    delete_account(bob, email="third@example.org")
    erase_everything()
    words = (first, "second@example.org", "never@example.org", "203.0.113.77")
    assert places_of(*words) == []
    assert all("mail_intents" in place for place in places_of("third@example.org"))
    assert_stores_agree()


def test_an_earlier_address_that_is_somebody_elses_now_is_left_to_them(
    app: Flask, scene: Scene
) -> None:
    bob, first = scene.bob, address_of(scene.bob)
    move_to(app, bob, "second@example.org")
    new = Actor(user_id=new_id())
    register_user(new, email=first, password=PASSWORD, first_name="New")
    other = create_team(scene.ann, name="Elsewhere").entity_id
    token = make_token()
    invite_person(scene.ann, other, token=token, role="member", per_day=9, email=first)
    catch_up()
    delete_account(bob, email="second@example.org")
    erase_everything()
    accept_invitation(new, token=token.secret)
    sent = "SELECT count(*) FROM audit_logs WHERE event = 'team.invitation_sent' AND new_state::text LIKE :like"
    assert read(sent, like=f"%{first}%") == 1
    assert all("mail_intents" in place for place in places_of("second@example.org"))
    assert_stores_agree()


def test_the_name_of_a_token_goes_with_its_person(scene: Scene) -> None:
    token = UsedToken(new_id(), "Zanzibar bot")
    create_task(replace(scene.bob, token=token), board_id=scene.board_id, title="Dig")
    catch_up()

    def told() -> list[str]:
        reader = read_team_activity(scene.ann, scene.team_id)
        return [event["summary"] for event in list_team_events(reader).events]

    assert any(one.endswith("by the token “Zanzibar bot”") for one in told())
    delete_account(scene.bob, email=address_of(scene.bob))
    erase_everything()
    assert places_of("Zanzibar bot") == []
    assert not any("by the token" in one for one in told())
    noted = (
        "SELECT new_state -> 'by_token' ->> 'token_id' FROM audit_logs WHERE event = 'task.created'"
    )
    assert read(noted) == token.token_id
    assert_stores_agree()


def test_deletions_that_fail_do_not_starve_later_ones(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "PEOPLE_AT_ONCE", 2)
    people = [register(f"fay{number}") for number in range(4)]
    for person in people:
        delete_account(person, email=address_of(person))
    failing = {person.user_id for person in people[:3]}
    sweep = erasure.accounts.sweep

    def fail(uow: Any, user_id: str, addresses: Sequence[str]) -> None:
        if user_id in failing:
            raise ZeroDivisionError
        sweep(uow, user_id, addresses)

    monkeypatch.setattr(erasure.accounts, "sweep", fail)
    for _ in range(2):
        erase_deleted_people()
    unfinished = "SELECT count(*) FROM account_erasures WHERE finished_at IS NULL"
    assert read(unfinished) == 3
    failing.clear()
    erase_everything()
    assert read(unfinished) == 0


def test_what_hangs_is_counted(scene: Scene) -> None:
    request_export(scene.ann)
    delete_account(scene.bob, email=address_of(scene.bob))
    assert lag.count_late(clock.now() - timedelta(hours=1)) == lag.Late(0, 0)
    assert lag.count_late(clock.now() + timedelta(seconds=1)) == lag.Late(1, 1)
    write("UPDATE account_exports SET failed_at = now()")
    assert lag.count_late(clock.now() + timedelta(seconds=1)).exports == 0
