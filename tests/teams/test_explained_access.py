"""Explained access: it says what holds, why, and what held at an instant of the past."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from taskforge import clock
from taskforge.boards.access import access_board
from taskforge.boards.board_people import limit_guest, name_person, unname_person
from taskforge.boards.explained_access import ExplainedAccess, explain_access
from taskforge.boards.service import edit_board
from taskforge.errors import Forbidden, InvalidInput, NotFound
from taskforge.teams import service
from taskforge.teams.access import access_team
from taskforge.teams.matrix import DEFAULT_MATRIX, Grant
from taskforge.teams.permissions import Permission
from tests.factories import Person, Team, make_person, make_team
from tests.security.access_rules import LEAVING, NEEDS
from tests.security.expected_access import expected, is_of_the_team, least_role
from tests.security.principals import PRINCIPALS, World, make_world
from tests.teams.roles import put_below, set_rights

pytestmark = pytest.mark.usefixtures("inside")
START = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


def held(access: ExplainedAccess) -> set[str]:
    return {one.permission.value for one in access.rights if one.is_held}


def seen(access: ExplainedAccess) -> set[str]:
    return {one.board_id for one in access.boards if one.is_seen}


def reason(access: ExplainedAccess, permission: Permission) -> str:
    return next(one.reason for one in access.rights if one.permission == permission)


def test_it_says_what_holds_for_each_role(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    set_rights(ada, full_team, DEFAULT_MATRIX | {Grant("guest", "task.move")})
    for person in (ada, bob, gus):
        access = explain_access(ada.actor, full_team.team_id, person.user_id)
        membership = access_team(person.user_id, full_team.team_id)
        assert (access.role, held(access)) == (membership.role, set(membership.permissions))
        assert seen(access) == {full_team.board_id}
    access = explain_access(ada.actor, full_team.team_id, gus.user_id)
    assert "by the membership in this team, set by Ada" in access.reason
    assert reason(access, Permission.TASK_CREATE) == "Guests do not hold it, as in every new team."
    assert reason(access, Permission.TASK_MOVE).startswith("Guests hold it, set by Ada")


def test_it_equals_what_the_access_matrix_finds_in_every_cell(ada: Person) -> None:
    """That test tries every route as everybody; what it must find follows from the explanation alone."""
    world = make_world(ada.app)
    admin = world.people["admin"]
    compared = 0
    for principal in PRINCIPALS:
        person = world.people.get(principal)
        if person is None or principal == "suspended":
            continue
        try:
            access = explain_access(admin.actor, world.ids["team_id"], person.user_id)
        except NotFound:
            access = None
        for endpoint, permission in NEEDS.items():
            wanted = "no"
            if access is not None and access.is_kept_out:
                wanted = "in" if endpoint in LEAVING else "no"  # with the way to two-factor log-in
            elif access is None or access.role is None or _is_hidden(endpoint, access, world):
                wanted = "hidden"
            elif permission is None or permission in held(access):
                wanted = "in"
            assert expected(endpoint, principal, "POST") == wanted, (endpoint, principal)
            compared += 1
    assert compared > 500


def test_every_endpoint_of_a_team_says_which_permission_it_needs() -> None:
    assert {one for one in NEEDS if least_role(one) is None} == set()
    for endpoint, permission in NEEDS.items():
        roles = permission.default_roles if permission else {"guest"}
        least = next(role for role in ("guest", "member", "admin") if role in roles)
        assert least_role(endpoint) == least, endpoint


def _is_hidden(endpoint: str, access: ExplainedAccess, world: World) -> bool:
    """Whether an endpoint is about a board that the person does not see."""
    return not is_of_the_team(endpoint) and world.ids["board_id"] not in seen(access)


def test_it_explains_a_parent_and_the_other_roles(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    child = make_team(ada, "Child", guest=bob)
    put_below(ada, child, full_team)
    access = explain_access(ada.actor, child.team_id, bob.user_id)
    assert access.role == "member"
    assert "because members of Web are members here" in access.reason
    assert "they are also guest in Child" in access.reason
    own = explain_access(gus.actor, child.team_id, gus.user_id)
    assert (own.role, held(own)) == ("guest", {"comment.create"})


def test_it_names_no_parent_that_the_reader_is_not_in(
    ada: Person, eve: Person, full_team: Team
) -> None:
    child = make_team(ada, "Child")
    service.add_member(ada.actor, child.team_id, role="admin", user_id=eve.user_id)
    put_below(ada, child, full_team)
    access = explain_access(eve.actor, child.team_id, ada.user_id)
    assert "Web" not in access.reason
    assert "admin in a parent team" in access.reason


def test_it_explains_limits_and_private_boards(ada: Person, gus: Person, full_team: Team) -> None:
    team_id, board_id = full_team.team_id, full_team.board_id
    limit_guest(ada.actor, team_id, gus.user_id, board_ids=[])
    access = explain_access(ada.actor, team_id, gus.user_id)
    assert (access.is_limited, seen(access)) == (True, set())
    assert "limited to boards that name them" in access.boards[0].reason
    limit_guest(ada.actor, team_id, gus.user_id, board_ids=[board_id])
    assert (
        explain_access(ada.actor, team_id, gus.user_id).boards[0].reason == "The board names them."
    )
    unname_person(ada.actor, board_id, gus.user_id)
    limit_guest(ada.actor, team_id, gus.user_id, board_ids=None)
    row, _ = access_board(ada.user_id, board_id)
    edit_board(ada.actor, board_id, version=row["version"], is_private=True)
    access = explain_access(ada.actor, team_id, gus.user_id)
    assert access.boards[0].reason == "The board is private and does not name them."
    name_person(ada.actor, board_id, gus.user_id)
    assert seen(explain_access(ada.actor, team_id, gus.user_id)) == {board_id}


def test_the_past_is_explained_to_the_instant(ada: Person) -> None:
    """A change a day: each day's explanation is that of then, whatever came later."""
    bob, app = make_person(ada.app, "Bob"), ada.app
    found: dict[int, tuple[str | None, set[str], set[str]]] = {}

    def on_day(number: int) -> datetime:
        return START + timedelta(days=number)

    def snapshot(number: int) -> None:
        access = explain_access(ada.actor, team.team_id, bob.user_id)
        found[number] = (access.role, held(access), seen(access))

    with clock.frozen(on_day(0)):
        team = make_team(ada)
        top = make_team(ada, "Top")
    team_id, user_id = team.team_id, bob.user_id
    deeds = [
        lambda: service.add_member(ada.actor, team_id, role="guest", user_id=user_id),
        lambda: set_rights(ada, team, DEFAULT_MATRIX | {Grant("guest", "task.move")}),
        lambda: limit_guest(ada.actor, team_id, user_id, board_ids=[]),
        lambda: name_person(ada.actor, team.board_id, user_id),
        lambda: service.change_role(ada.actor, team_id, user_id, role="member"),
        lambda: set_rights(ada, team, DEFAULT_MATRIX - {Grant("member", "task.create")}),
        lambda: service.remove_member(ada.actor, team_id, user_id),
        lambda: service.add_member(ada.actor, top.team_id, role="admin", user_id=user_id),
        lambda: put_below(ada, team, top),
        lambda: put_below(ada, team, None, inherits=False),
        lambda: service.add_member(ada.actor, team_id, role="member", user_id=user_id),
    ]
    for number, deed in enumerate(deeds, 1):
        with app.app_context(), clock.frozen(on_day(number)):
            deed()
            snapshot(number)
    assert [role for role, _, _ in found.values()] == [
        "guest", "guest", "guest", "guest", "member", "member", None, None, "admin", None, "member",
    ]  # fmt: skip
    for number, then in found.items():
        access = explain_access(ada.actor, team_id, user_id, on_day(number) + timedelta(hours=1))
        assert (access.role, held(access), seen(access)) == then, number
    before = explain_access(ada.actor, team_id, user_id, on_day(0) - timedelta(days=1))
    assert (before.role, before.reason) == (None, "The team did not exist then.")
    removed = explain_access(ada.actor, team_id, user_id, on_day(7))
    assert removed.reason.startswith("Not in the team: removed by Ada")


def test_everybody_may_ask_about_themselves_and_who_manages_members_about_all(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    explain_access(gus.actor, full_team.team_id, gus.user_id)
    with pytest.raises(Forbidden):
        explain_access(bob.actor, full_team.team_id, gus.user_id)
    with pytest.raises(NotFound):
        explain_access(eve.actor, full_team.team_id, gus.user_id)
    with pytest.raises(NotFound):
        explain_access(ada.actor, full_team.team_id, eve.user_id)
    with pytest.raises(InvalidInput, match="future"):
        explain_access(
            ada.actor, full_team.team_id, gus.user_id, clock.now() + timedelta(minutes=1)
        )
