"""What happens at the same moment as an acceptance: each time one order of the two is what is stored."""

from __future__ import annotations

import pytest
from flask import Flask

from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.mail.tokens import make_token
from taskforge.teams import service as teams
from taskforge.teams.invitations import service
from tests.audit_trail import events_of
from tests.factories import Person, Team
from tests.teams.invited import invite, state_of
from tests.teams.roles import roles
from tests.together import at_once_inside

pytestmark = pytest.mark.usefixtures("inside")
ROUNDS = 4


def joinings(team: Team) -> int:
    return [one.event for one in events_of(team.team_id)].count("team.member_joined")


def test_of_two_people_with_one_link_its_own_comes_in(
    app: Flask, ada: Person, bob: Person, eve: Person, team: Team
) -> None:
    _, token = invite(ada, team, email=bob.email)
    answers = at_once_inside(
        app,
        [
            lambda: service.accept_invitation(bob.actor, token=token),
            lambda: service.accept_invitation(eve.actor, token=token),
        ],
    )
    assert isinstance(answers[1], Forbidden)
    assert set(roles(team, ada)) == {ada.user_id, bob.user_id}


def test_two_windows_of_one_person_use_a_link_once(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    answers = at_once_inside(
        app,
        [
            lambda: service.accept_invitation(bob.actor, token=token),
            lambda: service.accept_invitation(bob.actor, invitation_id=invitation_id),
        ],
    )
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert joinings(team) == 1


def test_an_acceptance_and_a_revocation_do_not_both_happen(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    for _ in range(ROUNDS):
        invitation_id, token = invite(ada, team, email=bob.email)
        accepted, revoked = at_once_inside(
            app,
            [
                lambda token=token: service.accept_invitation(bob.actor, token=token),
                lambda known=invitation_id: service.revoke_invitation(
                    ada.actor, team.team_id, known
                ),
            ],
        )
        assert isinstance(accepted, Conflict) is not isinstance(revoked, Conflict)
        is_in = bob.user_id in roles(team, ada)
        assert is_in is not isinstance(accepted, Conflict)
        assert state_of(invitation_id) == ("accepted" if is_in else "revoked")
        if is_in:
            teams.remove_member(ada.actor, team.team_id, bob.user_id)


def test_nobody_comes_in_by_somebody_who_was_removed_before(
    app: Flask, ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    for _ in range(ROUNDS):
        teams.add_member(ada.actor, team.team_id, role="admin", user_id=grace.user_id)
        invitation_id, token = invite(grace, team, email=bob.email)
        accepted, removed = at_once_inside(
            app,
            [
                lambda token=token: service.accept_invitation(bob.actor, token=token),
                lambda: teams.remove_member(ada.actor, team.team_id, grace.user_id),
            ],
        )
        assert not isinstance(removed, Exception)
        is_in = bob.user_id in roles(team, ada)
        assert is_in is not isinstance(accepted, Conflict)
        order = [one.event for one in events_of(team.team_id)][-2:]
        assert order == (
            ["team.member_joined", "team.member_removed"]
            if is_in
            else ["team.invitation_sent", "team.member_removed"]
        )
        if is_in:
            teams.remove_member(ada.actor, team.team_id, bob.user_id)
        else:
            service.revoke_invitation(ada.actor, team.team_id, invitation_id)


def test_a_link_that_is_replaced_meanwhile_lets_in_before_or_not_at_all(
    app: Flask, ada: Person, bob: Person, team: Team
) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    accepted, resent = at_once_inside(
        app,
        [
            lambda: service.accept_invitation(bob.actor, token=token),
            lambda: service.resend_invitation(
                ada.actor, team.team_id, invitation_id, token=make_token()
            ),
        ],
    )
    assert isinstance(accepted, NotFound) is not isinstance(resent, Conflict)


def test_one_address_is_invited_once_by_two_admins(
    app: Flask, ada: Person, grace: Person, team: Team
) -> None:
    teams.add_member(ada.actor, team.team_id, role="admin", user_id=grace.user_id)
    answers = at_once_inside(
        app,
        [
            lambda: invite(ada, team, email="new@example.test"),
            lambda: invite(grace, team, email="new@example.test"),
        ],
    )
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
