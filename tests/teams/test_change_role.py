"""Roles of members, by the service: changing them, the last admin, and what each role may do."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.boards.service import create_board, delete_board
from taskforge.comments.service import create_comment
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound
from taskforge.tasks.service import create_task, delete_task
from taskforge.teams import service
from taskforge.teams.access import access_team
from taskforge.teams.permissions import Permission, Role
from tests.audit_trail import events_of, intents, last_event
from tests.factories import Person, Team, make_task
from tests.teams.roles import roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


@pytest.mark.parametrize("role", ["admin", "guest"])
def test_a_role_is_changed_and_audited(
    ada: Person, bob: Person, full_team: Team, role: str
) -> None:
    before = len(events_of(full_team.team_id))
    service.change_role(ada.actor, full_team.team_id, bob.user_id, role=role)
    assert roles(full_team, ada)[bob.user_id] == role
    entry = last_event(full_team.team_id)
    assert (entry.event, entry.actor_id) == ("team.member_role_changed", ada.user_id)
    assert (entry.before, entry.after) == (
        {"members": {bob.user_id: "member"}},
        {"members": {bob.user_id: role}},
    )
    assert len(events_of(full_team.team_id)) == before + 1
    assert intents(bob.user_id) == ["added_to_team", "role_changed"]


def test_every_change_of_a_member_raises_the_version_of_the_team(
    ada: Person, bob: Person, full_team: Team
) -> None:
    first = service.change_role(ada.actor, full_team.team_id, bob.user_id, role="admin")
    second = service.change_role(ada.actor, full_team.team_id, bob.user_id, role="member")
    assert second.version == first.version + 1
    assert [one.version for one in events_of(full_team.team_id)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("role", ["member", "guest"])
def test_the_last_admin_keeps_the_role(ada: Person, full_team: Team, role: str) -> None:
    with pytest.raises(Conflict, match="at least one admin"):
        service.change_role(ada.actor, full_team.team_id, ada.user_id, role=role)
    assert roles(full_team, ada)[ada.user_id] == "admin"


def test_the_last_admin_may_be_made_admin_again(ada: Person, full_team: Team) -> None:
    service.change_role(ada.actor, full_team.team_id, ada.user_id, role="admin")
    assert roles(full_team, ada)[ada.user_id] == "admin"


def test_an_admin_steps_down_when_there_is_another(
    ada: Person, bob: Person, full_team: Team
) -> None:
    service.change_role(ada.actor, full_team.team_id, bob.user_id, role="admin")
    service.change_role(ada.actor, full_team.team_id, ada.user_id, role="guest")
    assert roles(full_team, bob)[ada.user_id] == "guest"
    with pytest.raises(Forbidden):
        service.change_role(ada.actor, full_team.team_id, ada.user_id, role="admin")


def test_of_two_admins_who_demote_each_other_at_once_one_stays(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    team_id = full_team.team_id
    service.change_role(ada.actor, team_id, bob.user_id, role="admin")
    answers = at_once_inside(
        app,
        [
            lambda: service.change_role(ada.actor, team_id, bob.user_id, role="guest"),
            lambda: service.change_role(bob.actor, team_id, ada.user_id, role="guest"),
        ],
    )
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], Forbidden)  # demoted before the lock was theirs
    assert sorted(
        role
        for person, role in roles(full_team, ada).items()
        if person in (ada.user_id, bob.user_id)
    ) == ["admin", "guest"]


@pytest.mark.parametrize("role", ["owner", "ADMIN", ""])
def test_an_unknown_role_is_refused(ada: Person, bob: Person, full_team: Team, role: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.change_role(ada.actor, full_team.team_id, bob.user_id, role=role)
    assert list(refused.value.fields) == ["role"]
    assert roles(full_team, ada)[bob.user_id] == "member"


def test_nobody_changes_a_role_without_the_permission(
    bob: Person, gus: Person, eve: Person, ada: Person, full_team: Team
) -> None:
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            service.change_role(person.actor, full_team.team_id, gus.user_id, role="admin")
    assert roles(full_team, ada)[gus.user_id] == "guest"


def test_who_is_no_member_has_no_role_to_change(ada: Person, eve: Person, full_team: Team) -> None:
    with pytest.raises(NotFound):
        service.change_role(ada.actor, full_team.team_id, eve.user_id, role="guest")
    assert eve.user_id not in roles(full_team, ada)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_holds_what_the_catalogue_gives_it(
    role: Role, ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    person = {Role.ADMIN: ada, Role.MEMBER: bob, Role.GUEST: gus}[role]
    membership = access_team(person.user_id, full_team.team_id)
    assert membership.role == role
    assert membership.permissions == {one for one in Permission if role in one.default_roles}


def test_a_change_of_role_takes_effect_at_once(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    board_id, team_id = full_team.board_id, full_team.team_id
    task_id = make_task(ada, full_team)
    for use_case in (
        lambda: create_task(gus.actor, board_id=board_id, title="New"),
        lambda: delete_task(gus.actor, task_id),
        lambda: create_board(gus.actor, team_id, name="New"),
        lambda: delete_board(bob.actor, board_id),
    ):
        with pytest.raises(Forbidden):
            use_case()
    create_comment(gus.actor, task_id, content="A guest may do this")
    service.change_role(ada.actor, team_id, gus.user_id, role="member")
    create_task(gus.actor, board_id=board_id, title="New")
    create_board(gus.actor, team_id, name="New")
    with pytest.raises(Forbidden):
        delete_board(gus.actor, board_id)
    service.change_role(ada.actor, team_id, gus.user_id, role="admin")
    delete_board(gus.actor, board_id)
