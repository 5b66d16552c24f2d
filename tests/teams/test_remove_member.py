"""Removing members and leaving, by the service."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.boards.access import access_board
from taskforge.boards.queries import list_boards, list_teams
from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import edit_task
from taskforge.teams import service
from taskforge.teams.queries import get_team, list_members
from tests.audit_trail import events_of, intents, last_event
from tests.factories import Person, Team, make_task
from tests.teams.roles import roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def test_an_admin_removes_a_member(ada: Person, bob: Person, gus: Person, full_team: Team) -> None:
    change = service.remove_member(ada.actor, full_team.team_id, bob.user_id)
    assert change.version == 4
    assert roles(full_team, ada) == {ada.user_id: "admin", gus.user_id: "guest"}
    entry = last_event(full_team.team_id)
    assert (entry.event, entry.actor_id) == ("team.member_removed", ada.user_id)
    assert entry.before["members"] == {bob.user_id: "member"}
    assert set(entry.before) == {"members", "joined"}
    assert entry.after == {"members": {bob.user_id: None}}


def test_who_is_removed_sees_nothing_of_the_team(ada: Person, bob: Person, full_team: Team) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    service.remove_member(ada.actor, full_team.team_id, bob.user_id)
    assert list_teams(bob.actor) == []
    assert list_boards(bob.actor) == []
    for read in (
        lambda: get_team(bob.actor, full_team.team_id),
        lambda: list_members(bob.actor, full_team.team_id),
        lambda: list_boards(bob.actor, full_team.team_id),
        lambda: access_board(bob.user_id, full_team.board_id),
        lambda: get_task(bob.actor, task_id),
        lambda: edit_task(bob.actor, task_id, changes={"title": "Mine"}),
    ):
        with pytest.raises(NotFound):
            read()


def test_tasks_keep_an_assignee_who_was_removed(ada: Person, bob: Person, full_team: Team) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    service.remove_member(ada.actor, full_team.team_id, bob.user_id)
    assert get_task(ada.actor, task_id).row["assignee_id"] == bob.user_id


def test_everybody_may_leave_whatever_their_role(
    bob: Person, gus: Person, ada: Person, full_team: Team
) -> None:
    for person in (bob, gus):
        service.remove_member(person.actor, full_team.team_id, person.user_id)
        assert last_event(full_team.team_id).actor_id == person.user_id
    assert roles(full_team, ada) == {ada.user_id: "admin"}
    assert intents(bob.user_id) == ["added_to_team"]


def test_the_last_admin_does_not_leave(ada: Person, full_team: Team) -> None:
    before = events_of(full_team.team_id)
    with pytest.raises(Conflict, match="at least one admin"):
        service.remove_member(ada.actor, full_team.team_id, ada.user_id)
    assert roles(full_team, ada)[ada.user_id] == "admin"
    assert events_of(full_team.team_id) == before


def test_an_admin_leaves_when_there_is_another(ada: Person, bob: Person, full_team: Team) -> None:
    service.change_role(ada.actor, full_team.team_id, bob.user_id, role="admin")
    service.remove_member(ada.actor, full_team.team_id, ada.user_id)
    assert ada.user_id not in roles(full_team, bob)
    with pytest.raises(Conflict):
        service.remove_member(bob.actor, full_team.team_id, bob.user_id)


def test_members_and_guests_remove_nobody_else(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    for person, other, refusal in (
        (bob, gus, Forbidden),
        (gus, bob, Forbidden),
        (eve, bob, NotFound),
    ):
        with pytest.raises(refusal):
            service.remove_member(person.actor, full_team.team_id, other.user_id)
    assert len(roles(full_team, ada)) == 3


def test_who_is_no_member_is_not_removed(ada: Person, eve: Person, full_team: Team) -> None:
    with pytest.raises(NotFound):
        service.remove_member(ada.actor, full_team.team_id, eve.user_id)
    service.remove_member(ada.actor, full_team.team_id, next(iter(
        person for person in roles(full_team, ada) if person != ada.user_id
    )))  # fmt: skip
    assert len(roles(full_team, ada)) == 2


def test_of_two_last_admins_who_leave_at_once_one_stays(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    team_id = full_team.team_id
    service.change_role(ada.actor, team_id, bob.user_id, role="admin")
    answers = at_once_inside(
        app,
        [
            lambda: service.remove_member(ada.actor, team_id, ada.user_id),
            lambda: service.remove_member(bob.actor, team_id, bob.user_id),
        ],
    )
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    stays = next(
        p for p, answer in zip((ada, bob), answers, strict=True) if isinstance(answer, Conflict)
    )
    assert roles(full_team, stays)[stays.user_id] == "admin"


def test_a_member_who_is_removed_twice_at_once_is_removed_once(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    def remove() -> object:
        return service.remove_member(ada.actor, full_team.team_id, bob.user_id)

    answers = at_once_inside(app, [remove, remove])
    assert sorted(isinstance(answer, NotFound) for answer in answers) == [False, True]
    removed = [one for one in events_of(full_team.team_id) if one.event == "team.member_removed"]
    assert len(removed) == 1


def test_who_comes_back_is_a_new_member(ada: Person, bob: Person, full_team: Team) -> None:
    service.remove_member(ada.actor, full_team.team_id, bob.user_id)
    service.add_member(ada.actor, full_team.team_id, role="guest", user_id=bob.user_id)
    assert roles(full_team, ada)[bob.user_id] == "guest"
    assert intents(bob.user_id) == ["added_to_team", "removed_from_team", "added_to_team"]
