"""Handing a team over: one becomes an admin and the other steps down, in one act."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, TaskForgeError
from taskforge.history.log_checks import untrue_rows
from taskforge.tasks.bulk.hand_over import remove_member
from taskforge.teams import service
from taskforge.teams.transfer import transfer_team
from tests.audit_trail import intents, last_event
from tests.factories import Person, Team, make_team
from tests.teams.roles import put_below, roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def test_an_admin_makes_another_person_admin_and_steps_down(
    ada: Person, bob: Person, full_team: Team
) -> None:
    transfer_team(ada.actor, full_team.team_id, bob.user_id)
    now = roles(full_team, bob)
    assert (now[ada.user_id], now[bob.user_id]) == ("member", "admin")
    entry = last_event(full_team.team_id)
    assert entry.event == "team.transferred"
    assert entry.before == {"members": {ada.user_id: "admin", bob.user_id: "member"}}
    assert entry.after == {"members": {ada.user_id: "member", bob.user_id: "admin"}}
    assert intents(bob.user_id)[-1] == "made_admin"
    assert not list(untrue_rows())


def test_one_steps_down_to_guest_and_may_then_leave(
    ada: Person, gus: Person, full_team: Team
) -> None:
    transfer_team(ada.actor, full_team.team_id, gus.user_id, role="guest")
    assert roles(full_team, gus)[ada.user_id] == "guest"
    remove_member(ada.actor, full_team.team_id, ada.user_id)
    assert ada.user_id not in roles(full_team, gus)


def test_only_admins_hand_over_and_only_to_others_of_the_team(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    for person, other, refusal in (
        (bob, gus, Forbidden),
        (gus, gus, Forbidden),
        (eve, bob, NotFound),
        (ada, eve, NotFound),
        (ada, ada, InvalidInput),
    ):
        with pytest.raises(refusal):
            transfer_team(person.actor, full_team.team_id, other.user_id)
    with pytest.raises(InvalidInput):
        transfer_team(ada.actor, full_team.team_id, bob.user_id, role="admin")
    assert roles(full_team, ada)[ada.user_id] == "admin"


def test_who_is_there_through_the_parent_is_no_new_admin(
    ada: Person, bob: Person, full_team: Team
) -> None:
    low = make_team(ada, "Low")
    put_below(ada, low, full_team)
    with pytest.raises(Conflict):
        transfer_team(ada.actor, low.team_id, bob.user_id)


def test_two_admins_who_hand_over_to_each_other_at_once_leave_one_admin(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    team_id = full_team.team_id
    service.change_role(ada.actor, team_id, bob.user_id, role="admin")
    for _ in range(3):
        answers = at_once_inside(
            app,
            [
                lambda: transfer_team(ada.actor, team_id, bob.user_id),
                lambda: transfer_team(bob.actor, team_id, ada.user_id),
            ],
        )
        admins = [one for one, role in roles(full_team, ada).items() if role == "admin"]
        assert len(admins) == 1
        assert not all(isinstance(answer, TaskForgeError) for answer in answers)
        stays = ada if admins == [ada.user_id] else bob
        other = bob if stays is ada else ada
        service.change_role(stays.actor, team_id, other.user_id, role="admin")


def test_a_transfer_and_a_departure_at_once_leave_an_admin(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    team_id = full_team.team_id
    service.change_role(ada.actor, team_id, bob.user_id, role="admin")
    at_once_inside(
        app,
        [
            lambda: transfer_team(ada.actor, team_id, bob.user_id),
            lambda: remove_member(bob.actor, team_id, bob.user_id),
        ],
    )
    assert "admin" in roles(full_team, ada).values()
