"""Sending invitations, by the service: who may send them to whom, how many, and that sending twice sends once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from taskforge.ids import new_id
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from taskforge.teams import service as teams
from taskforge.teams.invitations import queries, service
from taskforge.teams.permissions import Permission
from tests.audit_trail import events_of, last_event
from tests.factories import Person, Team, make_team
from tests.teams.invited import PER_DAY, age, invite, state_of
from tests.teams.roles import roles

pytestmark = pytest.mark.usefixtures("inside")


def test_an_invitation_is_sent_again_a_few_times_only(ada: Person, bob: Person, team: Team) -> None:
    invitation_id, _ = invite(ada, team, email=bob.email)
    for _ in range(service.MAX_SENDINGS - 1):
        service.resend_invitation(ada.actor, team.team_id, invitation_id, token=make_token())
    with pytest.raises(Conflict, match="sent 5 times"):
        service.resend_invitation(ada.actor, team.team_id, invitation_id, token=make_token())


def test_nobody_gives_a_role_above_their_own(
    ada: Person, bob: Person, grace: Person, full_team: Team
) -> None:
    sql.execute_now(
        text("INSERT INTO role_permissions VALUES (:team, 'member', :id)"),
        {"team": full_team.team_id, "id": Permission.TEAM_MANAGE_MEMBERS.number},
    )
    with pytest.raises(Forbidden, match="above your own"):
        invite(bob, full_team, "admin", email=grace.email)
    with pytest.raises(Forbidden, match="above your own"):
        teams.add_member(bob.actor, full_team.team_id, role="admin", user_id=grace.user_id)
    by_admin, _ = invite(ada, full_team, "admin", email=grace.email)
    with pytest.raises(Forbidden, match="above your own"):
        service.resend_invitation(bob.actor, full_team.team_id, by_admin, token=make_token())
    service.revoke_invitation(bob.actor, full_team.team_id, by_admin)
    invitation_id, _ = invite(bob, full_team, "member", email=grace.email)
    service.accept_invitation(grace.actor, invitation_id=invitation_id)
    assert roles(full_team, ada)[grace.user_id] == "member"


def test_members_guests_and_strangers_send_list_and_revoke_nothing(
    ada: Person, bob: Person, gus: Person, eve: Person, full_team: Team
) -> None:
    invitation_id, _ = invite(ada, full_team, email="new@example.test")
    for person, refusal in ((bob, Forbidden), (gus, Forbidden), (eve, NotFound)):
        with pytest.raises(refusal):
            invite(person, full_team, "guest", email="x@example.test")
        with pytest.raises(refusal):
            queries.list_of_team(person.actor, full_team.team_id)
        with pytest.raises(refusal):
            service.revoke_invitation(person.actor, full_team.team_id, invitation_id)
        with pytest.raises(refusal):
            service.resend_invitation(
                person.actor, full_team.team_id, invitation_id, token=make_token()
            )


def test_an_invitation_is_found_in_its_own_team_only(ada: Person, team: Team) -> None:
    other = make_team(ada, "Other")
    invitation_id, _ = invite(ada, team, email="new@example.test")
    for wrong in (invitation_id, new_id()):
        with pytest.raises(NotFound):
            service.revoke_invitation(ada.actor, other.team_id, wrong)


def test_who_is_in_the_team_or_invited_is_not_invited_again(
    ada: Person, bob: Person, full_team: Team
) -> None:
    with pytest.raises(Conflict, match="a member of this team already"):
        invite(ada, full_team, email=bob.email)
    invite(ada, full_team, email="new@example.test")
    with pytest.raises(Conflict, match="invited already"):
        invite(ada, full_team, "guest", email="new@example.test")


def test_an_address_is_invited_anew_when_its_time_was_over(ada: Person, team: Team) -> None:
    old, _ = invite(ada, team, email="new@example.test")
    age(old, 7)
    new, _ = invite(ada, team, email="new@example.test")
    assert (state_of(old), state_of(new)) == ("replaced", "open")


def test_by_id_only_an_account_is_invited_and_its_address_is_shown_to_nobody(
    ada: Person, bob: Person, team: Team
) -> None:
    with pytest.raises(InvalidInput) as refused:
        invite(ada, team, user_id=new_id())
    assert list(refused.value.fields) == ["user_id"]
    invitation_id, _ = invite(ada, team, user_id=bob.user_id)
    row = queries.list_of_team(ada.actor, team.team_id)[0]
    assert row["email"] is None
    assert row["invited_name"].startswith("Bob")
    assert bob.email not in str(last_event(team.team_id).after)
    service.accept_invitation(bob.actor, invitation_id=invitation_id)


def test_who_comes_in_another_way_uses_the_invitation_up(
    ada: Person, bob: Person, team: Team
) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    teams.add_member(ada.actor, team.team_id, role="guest", user_id=bob.user_id)
    assert state_of(invitation_id) == "accepted"
    with pytest.raises(Conflict, match="used already"):
        service.accept_invitation(bob.actor, token=token)
    assert roles(team, ada)[bob.user_id] == "guest"


def test_a_person_sends_so_many_in_a_day_in_whatever_teams(ada: Person, team: Team) -> None:
    other = make_team(ada, "Other")
    for number in range(PER_DAY):
        place = team if number % 2 else other
        invitation_id, _ = invite(ada, place, email=f"x{number}@example.test")
        service.revoke_invitation(ada.actor, place.team_id, invitation_id)
    with pytest.raises(RateLimited, match="20 people within a day"):
        invite(ada, team, email="one.more@example.test")
    sql.execute_now(text("UPDATE invitations SET created_at = created_at - interval '1 day'"), {})
    invite(ada, team, email="one.more@example.test")


def test_a_team_has_so_many_open_ones(
    ada: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_OPEN", 2)
    first, _ = invite(ada, team, email="a@example.test")
    invite(ada, team, email="b@example.test")
    with pytest.raises(Conflict, match="2 invitations into this team are open"):
        invite(ada, team, email="c@example.test")
    service.revoke_invitation(ada.actor, team.team_id, first)
    invite(ada, team, email="c@example.test")


def test_ten_thousand_invitations_are_listed_and_counted_within_bounds(
    ada: Person, bob: Person, team: Team
) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    copy = text("""
            INSERT INTO invitations (invitation_id, team_id, email, role, token_hash, invited_by,
                                     created_at, sent_at, expires_at)
            SELECT gen_random_uuid(), team_id, n || email, role, sha256(CAST(n AS text)::bytea),
                   invited_by, created_at - interval '2 days', sent_at - interval '2 days',
                   expires_at - interval '2 days'
            FROM   invitations, generate_series(CAST(:first AS int), :first + 499) n
            WHERE  invitation_id = :id
    """)
    for first in range(0, 10_000, 500):
        sql.execute_now(copy, {"id": invitation_id, "first": first})
    assert len(queries.list_of_team(ada.actor, team.team_id)) == queries.MAX_SHOWN
    with pytest.raises(Conflict, match="100 invitations"):
        invite(ada, team, email="one.more@example.test")
    service.accept_invitation(bob.actor, token=token)
    assert roles(team, ada)[bob.user_id] == "member"


def test_an_operation_that_is_repeated_answers_the_same_and_does_it_once(
    ada: Person, bob: Person, team: Team
) -> None:
    actor, token = replace(ada.actor, op_id=new_id()), make_token()

    def send() -> object:
        return service.invite_person(
            actor, team.team_id, token=token, role="member", per_day=PER_DAY, email=bob.email
        ).extra

    assert send() == send()
    accepting = replace(bob.actor, op_id=new_id())
    first = service.accept_invitation(accepting, token=token.secret)
    second = service.accept_invitation(accepting, token=token.secret)
    assert (second.replayed, second.version) == (True, first.version)
    assert [one.event for one in events_of(team.team_id)].count("team.member_joined") == 1


def test_a_full_team_takes_nobody_more(
    ada: Person, bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    from taskforge.teams import members

    _, token = invite(ada, team, email=bob.email)
    monkeypatch.setattr(members, "MEMBERS_PER_TEAM", 1)
    with pytest.raises(Conflict, match="at most 1 members"):
        service.accept_invitation(bob.actor, token=token)
