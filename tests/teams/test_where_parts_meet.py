"""Deleted teams, suspended admins, required two-factor and tokens, where they meet leaving and deleting an account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.sessions_of_others import end_all_sessions_of
from taskforge.boards.archive import archive_team
from taskforge.errors import Conflict
from taskforge.leaving.deletion import delete_account, plan_deletion
from taskforge.stores import sql
from taskforge.teams import service as teams
from taskforge.teams.deletion import delete_team
from taskforge.teams.departures import list_departed
from taskforge.teams.invitations import service as invitations
from taskforge.teams.transfer import transfer_team
from tests.admin.test_suspension import make_site_admin
from tests.api_tokens import give_token
from tests.factories import Person, Team, make_team
from tests.teams.invited import invite, state_of
from tests.teams.roles import put_below


def suspend(person: Person) -> None:
    set_user(person, "suspended_at = now()")


def set_user(person: Person, assignment: str) -> None:
    with person.app.app_context():
        sql.execute_now(
            text(f"UPDATE users SET {assignment} WHERE user_id = :id"), {"id": person.user_id}
        )


@pytest.fixture
def team(ada: Person, bob: Person) -> Team:
    return make_team(ada, member=bob)


def test_whose_team_is_deleted_can_delete_their_account(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    with app.app_context():
        delete_team(ada.actor, team.team_id)
        for person in (bob, ada):
            plan = plan_deletion(person.user_id)
            assert (plan.blocking, plan.ending) == ([], [])
            assert [row["team_id"] for row in plan.left] == [team.team_id]
            delete_account(person.actor, email=person.email)


def test_who_lacks_two_factor_can_delete_their_account(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    with app.app_context():
        sql.execute_now(
            text("UPDATE teams SET two_factor_from = :at WHERE team_id = :id"),
            {"at": clock.now(), "id": team.team_id},
        )
        delete_account(bob.actor, email=bob.email)


def test_a_team_that_comes_back_with_its_deleted_parent_is_not_deleted_with_an_account(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    child = make_team(bob, "Child")
    with app.app_context():
        teams.add_member(bob.actor, child.team_id, role="admin", user_id=ada.user_id)
        put_below(ada, child, team)
        teams.remove_member(bob.actor, child.team_id, ada.user_id)
        delete_team(ada.actor, team.team_id)
        plan = plan_deletion(bob.user_id)
    assert child.team_id not in [row["team_id"] for row in plan.ending]


@pytest.mark.parametrize(
    "act",
    [
        lambda ada, team: teams.remove_member(ada.actor, team.team_id, ada.user_id),
        lambda ada, team: teams.change_role(ada.actor, team.team_id, ada.user_id, role="member"),
        lambda ada, team: delete_account(ada.actor, email=ada.email),
    ],
    ids=["leave", "step down", "delete the account"],
)
def test_a_suspended_admin_is_none_that_a_team_could_do_with(
    app: Flask, ada: Person, bob: Person, team: Team, act: Callable[[Person, Team], object]
) -> None:
    with app.app_context():
        teams.change_role(ada.actor, team.team_id, bob.user_id, role="admin")
    suspend(bob)
    with app.app_context(), pytest.raises(Conflict):
        act(ada, team)


def test_a_team_is_not_handed_over_to_somebody_suspended(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    suspend(bob)
    with app.app_context(), pytest.raises(Conflict, match="suspended"):
        transfer_team(ada.actor, team.team_id, bob.user_id)


def test_a_limited_token_finds_no_deleted_team_elsewhere(
    app: Flask, ada: Person, team: Team
) -> None:
    other = make_team(ada, "Other")
    token = give_token(ada, "admin", team_ids=[team.team_id])
    with app.app_context():
        delete_team(ada.actor, other.team_id)
    assert token.api("GET", "/teams/deleted").get_json()["items"] == []
    assert token.api("POST", f"/teams/{other.team_id}/restore").status_code == 404
    with app.app_context():
        gone = sql.scalar(
            text("SELECT deleted_at IS NOT NULL FROM teams WHERE team_id = :id"),
            {"id": other.team_id},
        )
    assert gone


def test_who_ends_all_sessions_of_somebody_ends_their_tokens(
    app: Flask, ada: Person, bob: Person
) -> None:
    token = give_token(bob, "read")
    assert token.api("GET", "/teams").status_code == 200
    with app.app_context():
        end_all_sessions_of(make_site_admin(ada).actor, bob.user_id)
    assert token.api("GET", "/teams").status_code == 401


def test_who_has_deleted_their_account_is_not_offered_to_be_taken_back(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    with app.app_context():
        teams.remove_member(ada.actor, team.team_id, bob.user_id)
        assert [row["user_id"] for row in list_departed(ada.actor, team.team_id)] == [bob.user_id]
        delete_account(bob.actor, email=bob.email)
        assert list_departed(ada.actor, team.team_id) == []


def test_an_invitation_into_an_archived_team_can_be_declined(
    app: Flask, ada: Person, grace: Person, team: Team
) -> None:
    with app.app_context():
        invitation_id, _ = invite(ada, team, email=grace.email)
        archive_team(ada.actor, team.team_id)
        invitations.decline_invitation(grace.actor, invitation_id=invitation_id)
        assert state_of(invitation_id) == "declined"
