"""The permission matrix, by the service and the API: who may change it, what it leaves behind, and when it holds."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.boards.service import create_board, delete_board
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from taskforge.ids import new_id
from taskforge.stores.actor import Actor
from taskforge.tasks.service import create_task
from taskforge.teams import service
from taskforge.teams.matrix import DEFAULT_MATRIX, UNTOUCHABLE, Grant, Matrix
from taskforge.teams.matrix_service import (
    change_permissions,
    get_matrix,
    list_matrix_changes,
    undo_permissions,
)
from taskforge.teams.permissions import Permission
from tests.audit_trail import events_of, last_event
from tests.factories import Person, Team
from tests.teams.roles import set_rights
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")
GUESTS_CREATE = Grant("guest", "task.create")
MEMBERS_CREATE = Grant("member", "task.create")


def test_a_new_team_has_the_default_rights(gus: Person, full_team: Team) -> None:
    assert get_matrix(gus.actor, full_team.team_id).grants == DEFAULT_MATRIX


def test_a_right_that_is_given_or_taken_holds_at_once(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    set_rights(ada, full_team, DEFAULT_MATRIX - {MEMBERS_CREATE} | {GUESTS_CREATE})
    create_task(gus.actor, board_id=full_team.board_id, title="By a guest")
    with pytest.raises(Forbidden):
        create_task(bob.actor, board_id=full_team.board_id, title="By a member")


def test_a_change_is_one_event_with_the_whole_matrix_before_and_after(
    ada: Person, full_team: Team
) -> None:
    before = len(events_of(full_team.team_id))
    set_rights(ada, full_team, DEFAULT_MATRIX | {GUESTS_CREATE})
    assert len(events_of(full_team.team_id)) == before + 1
    entry = last_event(full_team.team_id)
    assert (entry.event, entry.actor_id) == ("team.permissions_changed", ada.user_id)
    assert entry.before["permissions"]["task.create"] == ["admin", "member"]
    assert entry.after["permissions"]["task.create"] == ["admin", "member", "guest"]
    assert set(entry.after["permissions"]) == {one.value for one in Permission}
    (change,) = list_matrix_changes(ada.actor, full_team.team_id)
    assert change.sentence == "gave guests “Create tasks”"


def test_admins_keep_the_right_to_manage_rights(ada: Person, full_team: Team) -> None:
    before = events_of(full_team.team_id)
    with pytest.raises(InvalidInput, match=r"must keep team\.manage_permissions"):
        set_rights(ada, full_team, DEFAULT_MATRIX - {UNTOUCHABLE})
    assert events_of(full_team.team_id) == before


def test_nobody_changes_rights_without_the_right_to(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            change_permissions(person.actor, full_team.team_id, version=9, grants=DEFAULT_MATRIX)
    with pytest.raises(NotFound):
        get_matrix(eve.actor, full_team.team_id)
    set_rights(ada, full_team, DEFAULT_MATRIX | {Grant("member", "team.manage_permissions")})
    set_rights(bob, full_team, DEFAULT_MATRIX)
    with pytest.raises(Forbidden):
        set_rights(bob, full_team, DEFAULT_MATRIX | {GUESTS_CREATE})


def test_what_is_as_it_should_be_is_no_change(ada: Person, full_team: Team) -> None:
    before = events_of(full_team.team_id)
    change = change_permissions(ada.actor, full_team.team_id, version=1, grants=DEFAULT_MATRIX)
    assert change.event_id is None
    assert events_of(full_team.team_id) == before


def test_a_change_of_what_somebody_else_has_changed_since_is_refused(
    ada: Person, bob: Person, full_team: Team
) -> None:
    seen = get_matrix(ada.actor, full_team.team_id).version
    service.change_role(ada.actor, full_team.team_id, bob.user_id, role="admin")
    set_rights(bob, full_team, DEFAULT_MATRIX | {GUESTS_CREATE})
    with pytest.raises(StaleVersion, match="changed the rights while you were editing them"):
        change_permissions(
            ada.actor, full_team.team_id, version=seen, grants=DEFAULT_MATRIX - {MEMBERS_CREATE}
        )
    assert get_matrix(ada.actor, full_team.team_id).grants == DEFAULT_MATRIX | {GUESTS_CREATE}


def test_a_new_member_since_is_no_reason_to_refuse(
    ada: Person, eve: Person, full_team: Team
) -> None:
    seen = get_matrix(ada.actor, full_team.team_id).version
    service.add_member(ada.actor, full_team.team_id, role="guest", user_id=eve.user_id)
    grants = DEFAULT_MATRIX | {GUESTS_CREATE}
    change_permissions(ada.actor, full_team.team_id, version=seen, grants=grants)
    assert get_matrix(ada.actor, full_team.team_id).grants == grants


def test_of_two_admins_at_once_one_is_told(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    service.change_role(ada.actor, full_team.team_id, bob.user_id, role="admin")
    seen = get_matrix(ada.actor, full_team.team_id).version

    def setting(person: Person, grants: Matrix) -> object:
        return change_permissions(person.actor, full_team.team_id, version=seen, grants=grants)

    more, less = DEFAULT_MATRIX | {GUESTS_CREATE}, DEFAULT_MATRIX - {MEMBERS_CREATE}
    answers = at_once_inside(app, [lambda: setting(ada, more), lambda: setting(bob, less)])
    assert sorted(isinstance(answer, StaleVersion) for answer in answers) == [False, True]
    assert get_matrix(ada.actor, full_team.team_id).grants in (more, less)


def test_a_write_that_waits_for_the_lock_asks_for_the_right_behind_it(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    """Whichever comes first: no board is made by somebody whose right was gone when it was written."""
    none = DEFAULT_MATRIX - {Grant("member", "board.create")}

    def making() -> object:
        return create_board(bob.actor, full_team.team_id, name="New")

    answers = at_once_inside(app, [lambda: set_rights(ada, full_team, none), making])
    taken_at = [one.version for one in events_of(full_team.team_id)][-1]
    assert taken_at is not None
    assert not isinstance(answers[0], Exception)
    with pytest.raises(Forbidden):
        making()


def test_a_change_is_taken_back_and_that_too(ada: Person, full_team: Team) -> None:
    first = set_rights(ada, full_team, DEFAULT_MATRIX | {GUESTS_CREATE})
    set_rights(ada, full_team, (DEFAULT_MATRIX | {GUESTS_CREATE}) - {MEMBERS_CREATE})
    undone = undo_permissions(ada.actor, full_team.team_id, first)
    assert get_matrix(ada.actor, full_team.team_id).grants == DEFAULT_MATRIX - {MEMBERS_CREATE}
    assert last_event(full_team.team_id).after["undoes"] == first
    undo_permissions(ada.actor, full_team.team_id, str(undone.event_id))
    assert GUESTS_CREATE in get_matrix(ada.actor, full_team.team_id).grants


def test_what_was_changed_again_is_not_taken_back(ada: Person, full_team: Team) -> None:
    first = set_rights(ada, full_team, DEFAULT_MATRIX | {GUESTS_CREATE})
    set_rights(ada, full_team, DEFAULT_MATRIX)
    with pytest.raises(Conflict, match="changed again since"):
        undo_permissions(ada.actor, full_team.team_id, first)
    with pytest.raises(NotFound):
        undo_permissions(ada.actor, full_team.team_id, new_id())


def test_a_change_that_is_sent_twice_is_made_once(ada: Person, full_team: Team) -> None:
    actor = Actor(user_id=ada.user_id, op_id=new_id(), op_fingerprint=b"same")
    seen = get_matrix(ada.actor, full_team.team_id).version
    grants = DEFAULT_MATRIX | {GUESTS_CREATE}
    first = change_permissions(actor, full_team.team_id, version=seen, grants=grants)
    again = change_permissions(actor, full_team.team_id, version=seen, grants=grants)
    assert first.event_id == again.event_id
    assert len(list_matrix_changes(ada.actor, full_team.team_id)) == 1


def test_who_manages_members_without_being_admin_makes_nobody_an_admin(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    set_rights(ada, full_team, DEFAULT_MATRIX | {Grant("member", "team.manage_members")})
    team_id = full_team.team_id
    for attempt in (
        lambda: service.change_role(bob.actor, team_id, bob.user_id, role="admin"),
        lambda: service.change_role(bob.actor, team_id, ada.user_id, role="guest"),
        lambda: service.add_member(bob.actor, team_id, role="admin", user_id=eve.user_id),
        lambda: service.remove_member(bob.actor, team_id, ada.user_id),
    ):
        with pytest.raises(Forbidden, match="above your own"):
            attempt()
    service.change_role(bob.actor, team_id, gus.user_id, role="member")
    delete_board(ada.actor, full_team.board_id)
