"""Invitations, by the service: who may send them to whom, what they let in, and when they are dead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.extensions import config_of
from taskforge.mail.tokens import make_token
from taskforge.notifications.jobs import deliver_pending
from taskforge.notifications.queries import list_notifications
from taskforge.stores import sql
from taskforge.teams import service as teams
from taskforge.teams.invitations import queries, service
from taskforge.teams.permissions import Permission
from tests.audit_trail import events_of, intents
from tests.factories import Person, Team, make_person
from tests.teams.invited import age, invite, state_of
from tests.teams.roles import roles

pytestmark = pytest.mark.usefixtures("inside")
Accept = Callable[[Person, str, str], object]


def by_link(person: Person, invitation_id: str, token: str) -> object:
    return service.accept_invitation(person.actor, token=token)


def by_id(person: Person, invitation_id: str, token: str) -> object:
    return service.accept_invitation(person.actor, invitation_id=invitation_id)


both_ways = pytest.mark.parametrize("accept", [by_link, by_id])


@both_ways
@pytest.mark.parametrize("role", ["admin", "member", "guest"])
def test_who_is_invited_is_in_the_team_once_they_accept(
    ada: Person, bob: Person, team: Team, role: str, accept: Accept
) -> None:
    invitation_id, token = invite(ada, team, role, email=bob.email)
    assert bob.user_id not in roles(team, ada)
    accept(bob, invitation_id, token)
    assert roles(team, ada)[bob.user_id] == role
    assert state_of(invitation_id) == "accepted"


def test_each_act_is_one_audited_event_with_a_version(ada: Person, bob: Person, team: Team) -> None:
    first, _ = invite(ada, team, "guest", email=bob.email)
    service.resend_invitation(ada.actor, team.team_id, first, token=make_token())
    service.decline_invitation(bob.actor, invitation_id=first)
    second, _ = invite(ada, team, email=bob.email)
    service.revoke_invitation(ada.actor, team.team_id, second)
    third, token = invite(ada, team, email=bob.email)
    service.accept_invitation(bob.actor, token=token)
    events = events_of(team.team_id)[1:]
    assert [(one.event, one.actor_id) for one in events] == [
        ("team.invitation_sent", ada.user_id),
        ("team.invitation_resent", ada.user_id),
        ("team.invitation_declined", bob.user_id),
        ("team.invitation_sent", ada.user_id),
        ("team.invitation_revoked", ada.user_id),
        ("team.invitation_sent", ada.user_id),
        ("team.member_joined", bob.user_id),
    ]
    assert [one.version for one in events] == list(range(2, 9))
    sent = events[0].after["invitation"]
    assert (sent["invitation_id"], sent["email"], sent["role"]) == (first, bob.email, "guest")
    assert events[2].before["invitation"]["state"] == "open"
    assert events[2].after["invitation"] == {
        "invitation_id": first,
        "email": bob.email,
        "state": "declined",
    }
    assert events[-1].before == {"members": {bob.user_id: None}}
    assert events[-1].after == {"members": {bob.user_id: "member"}, "invitation_id": third}


def test_both_sides_are_notified(ada: Person, bob: Person, team: Team) -> None:
    first, _ = invite(ada, team, email=bob.email)
    service.decline_invitation(bob.actor, invitation_id=first)
    second, _ = invite(ada, team, email=bob.email)
    service.accept_invitation(bob.actor, invitation_id=second)
    assert intents(bob.user_id) == ["invited_to_team", "invited_to_team"]
    assert intents(ada.user_id) == ["invitation_declined", "invitation_accepted"]
    deliver_pending()
    deliver_pending()
    line = list_notifications(bob.actor)[0]
    assert (line["kind"], line["payload"]["team_name"]) == ("invited_to_team", "Web")
    assert "team_id" not in line["payload"]


def test_an_address_without_an_account_is_invited_alike(ada: Person, team: Team) -> None:
    invitation_id, _ = invite(ada, team, email="newcomer@example.test")
    shown = queries.list_of_team(ada.actor, team.team_id)
    assert [(row["invitation_id"], row["email"]) for row in shown] == [
        (invitation_id, "newcomer@example.test")
    ]


def test_who_signs_up_later_needs_the_link(app: Flask, ada: Person, team: Team) -> None:
    """Whoever registers the address of somebody else who is invited must not come in by that."""
    later = make_person(app, "Later")
    known, _ = invite(ada, team, email=later.email)
    sql.execute_now(
        text("UPDATE users SET created_at = created_at + interval '1 hour' WHERE user_id = :id"),
        {"id": later.user_id},
    )
    assert queries.list_own(later.actor) == []
    with pytest.raises(NotFound):
        service.accept_invitation(later.actor, invitation_id=known)
    renewed = make_token()
    service.resend_invitation(ada.actor, team.team_id, known, token=renewed)
    assert (queries.list_own(later.actor), intents(later.user_id)) == ([], ["invited_to_team"])
    service.accept_invitation(later.actor, token=renewed.secret)
    assert later.user_id in roles(team, ada)


@pytest.fixture
def mail_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails reach the owners of addresses; nothing is sent."""
    config = config_of(app).replaced(smtp_url="smtp://mail.example.test")
    monkeypatch.setitem(app.config, "TASKFORGE", config)


@pytest.mark.usefixtures("mail_server")
def test_who_has_not_confirmed_the_address_needs_the_link(
    ada: Person, bob: Person, team: Team
) -> None:
    """Whoever invites an address sees the link, and could sign up with it before its owner does."""
    known, token = invite(ada, team, email=bob.email)
    assert (queries.list_own(bob.actor), intents(bob.user_id)) == ([], [])
    with pytest.raises(NotFound):
        service.accept_invitation(bob.actor, invitation_id=known)
    with pytest.raises(NotFound):
        service.decline_invitation(bob.actor, invitation_id=known)
    renewed = make_token()
    service.resend_invitation(ada.actor, team.team_id, known, token=renewed)
    assert (queries.list_own(bob.actor), intents(bob.user_id)) == ([], [])
    sql.execute_now(
        text("UPDATE users SET email_verified_at = now() WHERE user_id = :id"), {"id": bob.user_id}
    )
    assert [row["invitation_id"] for row in queries.list_own(bob.actor)] == [known]
    service.resend_invitation(ada.actor, team.team_id, known, token=make_token())
    assert intents(bob.user_id) == ["invited_to_team"]
    by_id(bob, known, token)
    assert bob.user_id in roles(team, ada)


@pytest.mark.usefixtures("mail_server")
def test_the_link_lets_in_who_has_not_confirmed_the_address(
    ada: Person, bob: Person, team: Team
) -> None:
    _, token = invite(ada, team, email=bob.email)
    service.accept_invitation(bob.actor, token=token)
    assert bob.user_id in roles(team, ada)


@pytest.mark.usefixtures("mail_server")
def test_who_is_invited_by_id_answers_without_the_link(
    ada: Person, bob: Person, team: Team
) -> None:
    known, token = invite(ada, team, user_id=bob.user_id)
    assert intents(bob.user_id) == ["invited_to_team"]
    by_id(bob, known, token)
    assert bob.user_id in roles(team, ada)


def test_what_is_stored_does_not_hold_the_token(ada: Person, bob: Person, team: Team) -> None:
    _, token = invite(ada, team, email=bob.email)
    for table in ("invitations", "audit_logs", "operations", "notification_intents"):
        rows = sql.rows(text(f"SELECT CAST(t AS text) AS words FROM {table} t"), {})
        assert not any(token in row["words"] for row in rows)


@both_ways
def test_it_works_once(ada: Person, bob: Person, team: Team, accept: Accept) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    accept(bob, invitation_id, token)
    with pytest.raises(Conflict, match="used already"):
        accept(bob, invitation_id, token)
    teams.remove_member(ada.actor, team.team_id, bob.user_id)
    with pytest.raises(Conflict, match="used already"):
        accept(bob, invitation_id, token)
    assert bob.user_id not in roles(team, ada)


@both_ways
def test_it_ends_after_seven_days(ada: Person, bob: Person, team: Team, accept: Accept) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    age(invitation_id, 6)
    assert len(queries.list_own(bob.actor)) == 1
    age(invitation_id, 1)
    with pytest.raises(Conflict, match="expired"):
        accept(bob, invitation_id, token)
    assert queries.list_own(bob.actor) == []
    assert queries.list_of_team(ada.actor, team.team_id)[0]["status"] == "expired"


@both_ways
def test_what_was_taken_back_lets_nobody_in(
    ada: Person, bob: Person, team: Team, accept: Accept
) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    service.revoke_invitation(ada.actor, team.team_id, invitation_id)
    with pytest.raises(Conflict, match="taken back"):
        accept(bob, invitation_id, token)
    assert roles(team, ada) == {ada.user_id: "admin"}


@both_ways
def test_it_is_for_nobody_else(
    ada: Person, bob: Person, eve: Person, team: Team, accept: Accept
) -> None:
    invitation_id, token = invite(ada, team, email=bob.email)
    with pytest.raises((NotFound, Forbidden)) as refused:
        accept(eve, invitation_id, token)
    assert bob.email not in refused.value.message
    with pytest.raises((NotFound, Forbidden)):
        service.decline_invitation(eve.actor, token=token)
    assert state_of(invitation_id) == "open"
    assert len(events_of(team.team_id)) == 2


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 43, "ä" * 43, "x" * 44, "../" * 14 + "x", "\n" * 43]
)
def test_a_guessed_link_is_unknown(bob: Person, token: str) -> None:
    with pytest.raises(NotFound):
        service.accept_invitation(bob.actor, token=token)


@both_ways
@pytest.mark.parametrize("loss", ["removed", "demoted", "right", "suspended"])
def test_it_dies_with_the_right_of_its_sender(
    ada: Person, bob: Person, grace: Person, team: Team, accept: Accept, loss: str
) -> None:
    teams.add_member(ada.actor, team.team_id, role="admin", user_id=grace.user_id)
    invitation_id, token = invite(grace, team, "admin", email=bob.email)
    if loss == "removed":
        teams.remove_member(ada.actor, team.team_id, grace.user_id)
    elif loss == "demoted":
        teams.change_role(ada.actor, team.team_id, grace.user_id, role="member")
    elif loss == "right":
        take_away(team, "admin")
    else:
        sql.execute_now(
            text("UPDATE users SET suspended_at = now() WHERE user_id = :id"),
            {"id": grace.user_id},
        )
    with pytest.raises(Conflict, match="invite people any more"):
        accept(bob, invitation_id, token)
    assert queries.list_own(bob.actor) == []
    assert bob.user_id not in roles(team, ada)


def take_away(team: Team, role: str) -> None:
    sql.execute_now(
        text(
            "DELETE FROM role_permissions WHERE team_id = :team AND role = :role AND permission_id = :id"
        ),
        {"team": team.team_id, "role": role, "id": Permission.TEAM_MANAGE_MEMBERS.number},
    )


def test_somebody_else_can_send_a_dead_invitation_again(
    ada: Person, bob: Person, grace: Person, team: Team
) -> None:
    teams.add_member(ada.actor, team.team_id, role="admin", user_id=grace.user_id)
    invitation_id, old = invite(grace, team, email=bob.email)
    teams.remove_member(ada.actor, team.team_id, grace.user_id)
    assert queries.list_of_team(ada.actor, team.team_id)[0]["status"] == "void"
    new = make_token()
    service.resend_invitation(ada.actor, team.team_id, invitation_id, token=new)
    with pytest.raises(NotFound):
        service.accept_invitation(bob.actor, token=old)
    service.accept_invitation(bob.actor, token=new.secret)
    assert bob.user_id in roles(team, ada)
