"""Deleted teams: nothing of them is seen, all of it comes back, and after 30 days it is purged from every store."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text as sql_text

from taskforge import clock
from taskforge.admin import maintenance
from taskforge.boards.access import access_board
from taskforge.boards.board_people import limit_guest
from taskforge.boards.explained_access import explain_access
from taskforge.boards.queries import list_boards, list_teams
from taskforge.boards.service import create_board, edit_board
from taskforge.comments.service import create_comment
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, TaskForgeError
from taskforge.ids import new_id
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from taskforge.tasks.list_queries import list_tasks
from taskforge.tasks.queries import get_task
from taskforge.tasks.service import edit_task
from taskforge.teams import service
from taskforge.teams.deletion import delete_team, list_deleted_teams, restore_team
from taskforge.teams.invitations.service import invite_person
from taskforge.teams.invitations.team_links import make_join_link
from taskforge.teams.membership_checks import wrong_memberships
from taskforge.teams.queries import get_team, list_children, list_members
from taskforge.teams.transfer import transfer_team
from tests.audit_trail import intents, last_event
from tests.factories import Person, Team, make_task, make_team
from tests.stores.conftest import assert_stores_agree
from tests.stores.scene import read, relay_everything
from tests.teams.roles import put_below, roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")


def purge_in(days: int) -> int:
    with clock.frozen(clock.now() + timedelta(days=days)):
        return maintenance.empty_trash()


def test_of_a_deleted_team_nothing_is_seen(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    task_id = make_task(ada, full_team, assignee_id=bob.user_id)
    delete_team(ada.actor, full_team.team_id, name="Web")
    entry = last_event(full_team.team_id)
    assert (entry.event, entry.before, entry.after) == (
        "team.deleted",
        {"deleted": False},
        {"deleted": True},
    )
    assert (intents(ada.user_id), intents(gus.user_id)[-1]) == ([], "team_deleted")
    for person in (ada, bob, gus):
        assert list_teams(person.actor) == []
        assert list_boards(person.actor) == []
        for seen in (
            lambda person=person: get_team(person.actor, full_team.team_id),
            lambda person=person: access_board(person.user_id, full_team.board_id),
            lambda person=person: get_task(person.actor, task_id),
            lambda person=person: edit_task(person.actor, task_id, changes={"title": "T"}),
        ):
            with pytest.raises(NotFound):
                seen()
    assert list_tasks(bob.actor) == []
    assert_stores_agree()


def test_a_restored_team_is_as_it_was(
    ada: Person, bob: Person, gus: Person, full_team: Team
) -> None:
    limit_guest(ada.actor, full_team.team_id, gus.user_id, board_ids=[])
    hidden = create_board(ada.actor, full_team.team_id, name="Hidden").entity_id
    edit_board(ada.actor, hidden, version=1, is_private=True)
    task_id = make_task(ada, full_team)
    before = list_members(ada.actor, full_team.team_id)
    delete_team(ada.actor, full_team.team_id)
    assert [one["team_id"] for one in list_deleted_teams(ada.actor)] == [full_team.team_id]
    assert list_deleted_teams(bob.actor) == []
    with pytest.raises(NotFound):
        restore_team(bob.actor, full_team.team_id)
    restore_team(ada.actor, full_team.team_id)
    assert list_members(ada.actor, full_team.team_id) == before
    assert [one["board_id"] for one in list_boards(bob.actor)] == [full_team.board_id]
    assert list_boards(gus.actor) == []
    edit_task(bob.actor, task_id, changes={"title": "Other"})
    assert last_event(full_team.team_id).event == "team.restored"
    with pytest.raises(NotFound):
        restore_team(ada.actor, full_team.team_id)
    assert_stores_agree()


def test_only_admins_who_were_added_delete_a_team(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            delete_team(person.actor, full_team.team_id)
    low = make_team(eve, "Low")
    service.add_member(eve.actor, low.team_id, role="member", user_id=ada.user_id)
    service.change_role(eve.actor, low.team_id, ada.user_id, role="admin")
    put_below(ada, low, full_team)
    service.change_role(ada.actor, low.team_id, ada.user_id, role="member")
    with pytest.raises(Forbidden, match="added"):
        delete_team(ada.actor, low.team_id)
    with pytest.raises(InvalidInput, match="not the name"):
        delete_team(ada.actor, full_team.team_id, name="web")


def test_who_is_below_through_a_deleted_team_is_out_until_it_is_restored(
    ada: Person, bob: Person, eve: Person, full_team: Team
) -> None:
    top, low = make_team(ada, "Top", guest=eve), make_team(ada, "Low")
    put_below(ada, full_team, top)
    put_below(ada, low, full_team)
    before = roles(low, ada)
    assert {bob.user_id, eve.user_id} < before.keys()
    delete_team(ada.actor, full_team.team_id)
    assert roles(low, ada).keys() == {ada.user_id}
    assert not list_children(ada.actor, top.team_id)
    assert get_team(ada.actor, low.team_id)["parent_name"] is None
    service.add_member(ada.actor, top.team_id, role="member", user_id=bob.user_id)
    assert roles(low, ada).keys() == {ada.user_id}
    assert_stores_agree()
    restore_team(ada.actor, full_team.team_id)
    assert roles(low, ada) == before
    assert_stores_agree()


def test_access_is_explained_as_of_when_a_team_was_deleted(
    ada: Person, bob: Person, full_team: Team
) -> None:
    now = clock.now()
    with clock.frozen(now + timedelta(hours=1)):
        delete_team(ada.actor, full_team.team_id)
    with clock.frozen(now + timedelta(hours=3)):
        restore_team(ada.actor, full_team.team_id)
        gone = explain_access(ada.actor, full_team.team_id, bob.user_id, now + timedelta(hours=2))
        assert (gone.role, gone.reason) == (None, "The team was deleted then.")
        assert not any(one.is_held for one in gone.rights)
        back = explain_access(ada.actor, full_team.team_id, bob.user_id)
        assert back.role == "member"


def test_a_deleted_team_is_purged_after_thirty_days_with_all_that_is_in_it(
    ada: Person, bob: Person, full_team: Team
) -> None:
    low = make_team(ada, "Low")
    put_below(ada, low, full_team)
    task_id = make_task(ada, full_team, "Secret plan", texts={"description": "Very secret"})
    create_comment(bob.actor, task_id, content="Also secret")
    sent = {"token": make_token(), "role": "guest"}
    invite_person(ada.actor, full_team.team_id, per_day=1, email="new@example.test", **sent)
    make_join_link(ada.actor, full_team.team_id, nonce=new_id(), **sent)
    relay_everything()
    delete_team(ada.actor, full_team.team_id)
    assert purge_in(29) == 0
    with clock.frozen(clock.now() + timedelta(days=31)), pytest.raises(Conflict, match="30 days"):
        restore_team(ada.actor, full_team.team_id)
    assert_stores_agree()
    assert purge_in(31) == 3  # the task, the board, the team
    relay_everything()
    of_team = full_team.team_id
    for table in (
        "team_memberships",
        "effective_memberships",
        "invitations",
        "join_links",
        "boards",
        "teams",
    ):
        assert read(f"SELECT count(*) FROM {table} WHERE team_id = :id", id=of_team) == 0
    assert last_event(of_team).event == "team.purged"
    assert get_team(ada.actor, low.team_id)["parent_team_id"] is None
    assert last_event(low.team_id).after["parent_team_id"] is None
    assert_stores_agree()


def test_a_purge_that_was_interrupted_goes_on(
    ada: Person, full_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_task(ada, full_team)
    create_board(ada.actor, full_team.team_id, name="Second")
    delete_team(ada.actor, full_team.team_id)
    monkeypatch.setattr(maintenance, "TASKS_PURGED_AT_ONCE", 2)
    monkeypatch.setattr(maintenance, "BOARDS_PURGED_AT_ONCE", 1)
    turns = 0
    while sql.rows(sql_text("SELECT 1 FROM teams WHERE deleted_at IS NOT NULL")):
        assert purge_in(31) > 0
        relay_everything()
        assert_stores_agree()
        turns += 1
    assert turns >= 3


def test_a_deletion_and_writes_at_once(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    tasks = [make_task(ada, full_team) for _ in range(3)]
    for _ in range(3):
        answers = at_once_inside(
            app,
            [
                *(
                    lambda one=one: edit_task(bob.actor, one, changes={"priority": "high"})
                    for one in tasks
                ),
                lambda: delete_team(ada.actor, full_team.team_id),
                lambda: service.change_role(
                    ada.actor, full_team.team_id, bob.user_id, role="member"
                ),
            ],
        )
        assert not isinstance(answers[3], TaskForgeError)
        restore_team(ada.actor, full_team.team_id)
    assert_stores_agree()


def test_two_admins_who_delete_and_hand_over_at_once(
    app: Flask, ada: Person, bob: Person, full_team: Team
) -> None:
    service.change_role(ada.actor, full_team.team_id, bob.user_id, role="admin")
    at_once_inside(
        app,
        [
            lambda: delete_team(ada.actor, full_team.team_id),
            lambda: delete_team(bob.actor, full_team.team_id),
            lambda: transfer_team(bob.actor, full_team.team_id, ada.user_id),
        ],
    )
    assert list_teams(ada.actor) == []
    assert_stores_agree()


class Model:
    """A tree of teams of one admin, and random acts on it; who is in a team is found by climbing to its parents."""

    def __init__(self, admin: Person, others: tuple[Person, ...], seed: int) -> None:
        self.admin, self.others, self.chance = admin, others, random.Random(seed)
        self.teams = [make_team(admin, f"T{number}") for number in range(4)]
        self.parents: dict[str, str | None] = {team.team_id: None for team in self.teams}
        self.people = {team.team_id: {admin.user_id} for team in self.teams}
        self.deleted: set[str] = set()

    def act(self) -> None:
        """Do something to one of the teams; to a deleted one there is only one thing to do."""
        team = self.chance.choice(self.teams)
        if team.team_id in self.deleted:
            restore_team(self.admin.actor, team.team_id)
            self.deleted.remove(team.team_id)
        else:
            self.chance.choice((self.add_or_remove, self.add_or_remove, self.place, self.delete))(
                team
            )

    def add_or_remove(self, team: Team) -> None:
        user_id = self.chance.choice(self.others).user_id
        if user_id in self.people[team.team_id]:
            service.remove_member(self.admin.actor, team.team_id, user_id)
        else:
            service.add_member(self.admin.actor, team.team_id, role="member", user_id=user_id)
        self.people[team.team_id] ^= {user_id}

    def place(self, team: Team) -> None:
        earlier = self.teams[: self.teams.index(team)]
        live = [one for one in earlier if one.team_id not in self.deleted]
        parent = self.chance.choice(live) if live else None
        put_below(self.admin, team, parent, inherits=parent is not None)
        self.parents[team.team_id] = parent.team_id if parent else None

    def delete(self, team: Team) -> None:
        delete_team(self.admin.actor, team.team_id)
        self.deleted.add(team.team_id)

    def people_in(self, team_id: str | None) -> set[str]:
        if team_id is None or team_id in self.deleted:
            return set()
        return self.people[team_id] | self.people_in(self.parents[team_id])


def test_random_deletions_keep_memberships_what_they_follow_from(
    app: Flask, ada: Person, bob: Person, gus: Person, eve: Person
) -> None:
    model = Model(ada, (bob, gus, eve), seed=11)
    of_team = sql_text("SELECT user_id FROM effective_memberships WHERE team_id = :id")
    for _ in range(40):
        model.act()
        for team in model.teams:
            stored = {row["user_id"] for row in sql.rows(of_team, {"id": team.team_id})}
            assert stored == model.people_in(team.team_id)
    assert not list(wrong_memberships())
    assert_stores_agree()
