"""Teams below teams: whose members come down, which role wins, what the tree may look like, and two changes at once."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.boards.access import access_board
from taskforge.boards.queries import list_boards
from taskforge.boards.service import create_team
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, TaskForgeError
from taskforge.stores import sql
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.tasks.board.queries import get_board
from taskforge.teams import creation, hierarchy, service
from taskforge.teams.access import access_team
from taskforge.teams.queries import get_team, list_children, list_members
from tests.audit_trail import last_event
from tests.factories import Person, Team, make_person, make_task, make_team
from tests.teams.roles import put_below, roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def parent(ada: Person, bob: Person, gus: Person) -> Team:
    """Ada's team, with Bob as a member and Gus as a guest."""
    return make_team(ada, "Parent", member=bob, guest=gus)


@pytest.fixture
def child(ada: Person, parent: Team) -> Team:
    """A team of Ada's below it that takes over its members."""
    team = make_team(ada, "Child")
    put_below(ada, team, parent)
    return team


def test_members_of_the_parent_are_members_of_a_child_that_chooses_so(
    ada: Person, bob: Person, gus: Person, parent: Team, child: Team
) -> None:
    assert roles(child, ada) == roles(parent, ada)
    task_id = make_task(bob, child, "By a member of the parent")
    assert task_id
    with pytest.raises(Forbidden):
        make_task(gus, child)
    entry = last_event(child.team_id)
    assert entry.before == {"parent_team_id": None, "inherits_members": False} | {
        name: entry.after[name] for name in ("name", "description")
    }
    assert (entry.after["parent_team_id"], entry.after["inherits_members"]) == (
        parent.team_id,
        True,
    )


@pytest.mark.parametrize("way", ["made", "moved", "opened"])
def test_the_right_over_the_parent_is_asked_behind_the_lock(
    app: Flask, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Who is removed from the parent while they put a team below it does not get its people."""
    above, below = make_team(ada, "Above"), make_team(bob, "Below")
    service.add_member(ada.actor, above.team_id, role="admin", user_id=bob.user_id)
    is_below = way == "opened"
    if is_below:
        put_below(bob, below, above, inherits=False)
    version = get_team(bob.actor, below.team_id)["version"]
    changes = {"inherits_members": True} | ({} if is_below else {"parent_team_id": above.team_id})
    act = partial(service.edit_team, bob.actor, below.team_id, version=version, changes=changes)
    if way == "made":
        act = partial(create_team, bob.actor, name="New", parent_team_id=above.team_id)
    lock_tree = hierarchy.lock_tree

    def lock_late(uow: UnitOfWork, *, for_change: bool = False) -> None:
        if uow.actor.user_id == bob.user_id:
            remove = partial(service.remove_member, ada.actor, above.team_id, bob.user_id)
            assert not isinstance(at_once_inside(app, [remove])[0], Exception)
        lock_tree(uow, for_change=for_change)

    for module in (creation, service):
        monkeypatch.setattr(module, "lock_tree", lock_late)
    with pytest.raises(InvalidInput, match="a team that you may edit"):
        act()
    assert roles(below, bob) == {bob.user_id: "admin"}


def test_nobody_comes_down_where_the_child_does_not_choose_so(
    ada: Person, bob: Person, parent: Team
) -> None:
    team = make_team(ada, "Child")
    put_below(ada, team, parent, inherits=False)
    with pytest.raises(NotFound):
        access_team(bob.user_id, team.team_id)


def test_the_higher_role_wins_on_either_side(
    ada: Person, bob: Person, gus: Person, parent: Team, child: Team
) -> None:
    service.add_member(ada.actor, child.team_id, role="guest", user_id=bob.user_id)
    service.add_member(ada.actor, child.team_id, role="member", user_id=gus.user_id)
    assert roles(child, ada) == {
        ada.user_id: "admin",
        bob.user_id: "member",
        gus.user_id: "member",
    }
    service.change_role(ada.actor, parent.team_id, gus.user_id, role="admin")
    assert roles(child, ada)[gus.user_id] == "admin"
    service.remove_member(ada.actor, parent.team_id, gus.user_id)
    assert roles(child, ada)[gus.user_id] == "member"


def test_what_changes_above_holds_below_at_once(
    ada: Person, bob: Person, eve: Person, parent: Team, child: Team
) -> None:
    service.add_member(ada.actor, parent.team_id, role="member", user_id=eve.user_id)
    assert {one["board_id"] for one in list_boards(eve.actor)} == {
        parent.board_id,
        child.board_id,
    }
    service.change_role(ada.actor, parent.team_id, eve.user_id, role="guest")
    with pytest.raises(Forbidden):
        make_task(eve, child)
    service.remove_member(ada.actor, parent.team_id, eve.user_id)
    with pytest.raises(NotFound):
        access_board(eve.user_id, child.board_id)


def test_a_cached_board_knows_at_once_who_came_or_went_above(
    ada: Person, eve: Person, parent: Team, child: Team
) -> None:
    def people() -> set[str]:
        return {one["user_id"] for one in get_board(ada.actor, child.board_id).people}

    before = people()
    service.add_member(ada.actor, parent.team_id, role="member", user_id=eve.user_id)
    assert people() == before | {eve.user_id}
    service.remove_member(ada.actor, parent.team_id, eve.user_id)
    assert people() == before


def test_it_reaches_further_down_only_where_each_team_chooses_so(
    ada: Person, bob: Person, child: Team
) -> None:
    grandchild, other = make_team(ada, "Grandchild"), make_team(ada, "Other")
    put_below(ada, grandchild, child)
    put_below(ada, other, child, inherits=False)
    assert roles(grandchild, ada)[bob.user_id] == "member"
    assert bob.user_id not in roles(other, ada)
    put_below(ada, child, None, inherits=False)
    assert bob.user_id not in roles(grandchild, ada)


def test_who_is_here_through_the_parent_is_changed_there(
    ada: Person, bob: Person, parent: Team, child: Team
) -> None:
    for attempt in (
        lambda: service.change_role(ada.actor, child.team_id, bob.user_id, role="guest"),
        lambda: service.remove_member(ada.actor, child.team_id, bob.user_id),
        lambda: service.remove_member(bob.actor, child.team_id, bob.user_id),
    ):
        with pytest.raises(Conflict, match="member of a parent team"):
            attempt()
    row = next(
        one for one in list_members(ada.actor, child.team_id) if one["user_id"] == bob.user_id
    )
    assert (row["is_inherited"], row["via_name"]) == (True, "Parent")


def test_a_team_keeps_an_admin_of_its_own(
    ada: Person, bob: Person, parent: Team, child: Team
) -> None:
    service.change_role(ada.actor, parent.team_id, bob.user_id, role="admin")
    with pytest.raises(Conflict, match="at least one admin"):
        service.change_role(ada.actor, child.team_id, ada.user_id, role="guest")


def test_only_an_admin_lets_the_members_of_a_parent_in(ada: Person, bob: Person) -> None:
    top, low = make_team(bob, "Bob's"), make_team(ada, "Low", member=bob)
    with pytest.raises(Forbidden):
        put_below(bob, low, top)
    with pytest.raises(InvalidInput, match="must be a team that you may edit"):
        put_below(ada, low, top)
    with pytest.raises(NotFound):
        access_team(ada.user_id, top.team_id)


def test_a_team_without_a_parent_takes_over_nobody(ada: Person) -> None:
    team = make_team(ada)
    with pytest.raises(InvalidInput) as refused:
        put_below(ada, team, None)
    assert list(refused.value.fields) == ["inherits_members"]


def test_the_tree_has_five_levels_at_most(ada: Person) -> None:
    teams = [make_team(ada, f"Level {number}") for number in range(1, 7)]
    for above, below in pairwise(teams[:5]):
        put_below(ada, below, above)
    with pytest.raises(InvalidInput, match="more than 5 levels"):
        put_below(ada, teams[5], teams[4])
    with pytest.raises(InvalidInput, match="more than 5 levels"):
        put_below(ada, teams[0], teams[5])
    assert get_team(ada.actor, teams[0].team_id)["parent_team_id"] is None


def test_a_tree_and_its_teams_have_limits(
    ada: Person, parent: Team, child: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hierarchy, "MEMBERS_PER_TEAM", 4)
    people = [make_person(ada.app, name) for name in ("Ida", "Kim")]
    service.add_member(ada.actor, child.team_id, role="guest", user_id=people[0].user_id)
    with pytest.raises(Conflict, match="with those of its parent"):
        service.add_member(ada.actor, parent.team_id, role="guest", user_id=people[1].user_id)
    assert len(roles(parent, ada)) == 3


def test_of_two_who_close_a_circle_together_one_is_refused(app: Flask, ada: Person) -> None:
    one, two = make_team(ada, "One"), make_team(ada, "Two")
    answers = at_once_inside(
        app, [lambda: put_below(ada, one, two), lambda: put_below(ada, two, one)]
    )
    assert sorted(isinstance(answer, TaskForgeError) for answer in answers) == [False, True]
    parents = {get_team(ada.actor, team.team_id)["parent_team_id"] for team in (one, two)}
    assert None in parents


def test_a_person_and_a_parent_that_come_at_once_meet(
    app: Flask, ada: Person, eve: Person, parent: Team
) -> None:
    low = make_team(ada, "Low")
    answers = at_once_inside(
        app,
        [
            lambda: put_below(ada, low, parent),
            lambda: service.add_member(
                ada.actor, parent.team_id, role="member", user_id=eve.user_id
            ),
        ],
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert roles(low, ada)[eve.user_id] == "member"


def test_admins_who_demote_each_other_three_levels_up_leave_one(
    app: Flask, ada: Person, bob: Person, parent: Team, child: Team
) -> None:
    grandchild = make_team(ada, "Grandchild")
    put_below(ada, grandchild, child)
    service.change_role(ada.actor, parent.team_id, bob.user_id, role="admin")
    at_once_inside(
        app,
        [
            lambda: service.change_role(ada.actor, parent.team_id, bob.user_id, role="guest"),
            lambda: service.change_role(bob.actor, parent.team_id, ada.user_id, role="guest"),
        ],
    )
    found = roles(parent, ada)
    assert sorted((found[ada.user_id], found[bob.user_id])) == ["admin", "guest"]
    assert roles(grandchild, ada)[bob.user_id] == found[bob.user_id]


def test_a_write_below_and_a_removal_above_agree_on_who_was_first(
    app: Flask, ada: Person, bob: Person, parent: Team, child: Team
) -> None:
    """Whoever writes holds the derived row: the removal waits, or the write finds nothing."""
    answers = at_once_inside(
        app,
        [
            lambda: make_task(bob, child, "In time"),
            lambda: service.remove_member(ada.actor, parent.team_id, bob.user_id),
        ],
    )
    written = sql.scalar(
        text("SELECT count(*) FROM tasks WHERE created_by = :id"), {"id": bob.user_id}
    )
    assert written == (0 if isinstance(answers[0], NotFound) else 1)
    assert not isinstance(answers[1], Exception)
    with pytest.raises(NotFound):
        make_task(bob, child)


def test_a_parent_lists_its_children_to_who_is_in_them_or_may_edit_it(
    ada: Person, bob: Person, parent: Team, child: Team
) -> None:
    secret = make_team(ada, "Secret")
    put_below(ada, secret, parent, inherits=False)
    assert [one["name"] for one in list_children(ada.actor, parent.team_id)] == ["Child", "Secret"]
    assert [one["name"] for one in list_children(bob.actor, parent.team_id)] == ["Child"]
